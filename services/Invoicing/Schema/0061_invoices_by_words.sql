-- A document is found by how a word of its numbers and references begins or ends: words are kept forwards and
-- backwards, and a beginning is what the index looks for. Each three letters, as customers have them, would cost each
-- write three times as much; an extension would not be there everywhere.
create function words_of(words text) returns text[] language sql immutable parallel safe as $$
    select array_remove(string_to_array(regexp_replace(lower(words), '[^[:alnum:]]+', ' ', 'g'), ' '), '')
$$;

create function document_words(words text) returns tsvector language sql immutable parallel safe as $$
    select array_to_tsvector(words_of(words || ' ' || reverse(words)))
$$;

-- What contains "o-10 b" has a word that ends with "o", the word "10", and one that begins with "b".
create function document_search(q text) returns tsquery language sql immutable parallel safe as $$
    select case cardinality(w)
        when 1 then (w[1] || ':* | ' || reverse(w[1]) || ':*')::tsquery
        else (reverse(w[1]) || ':* & ' || array_to_string(w[2:], ' & ') || ':*')::tsquery end
    from (select words_of(q)) as words (w)
$$;

create index invoices_words on invoices using gin (document_words(
    number || ' ' || coalesce(external_number, '') || ' ' || coalesce(order_reference, '') || ' ' ||
    coalesce(purchase_order, '') || ' ' || coalesce(contract_reference, '')));
