-- Every three letters that follow each other, as customers have them (0054): whatever contains a text contains all of
-- its threes. Each write of an invoice makes these, so they are cut by three replacements, each from one letter
-- further, which costs a quarter of cutting one at a time. What is left at an end is a key that no search has. No
-- reference has the separator of units (a control character). Only functions of the system are called: an index is
-- made, analyzed and restored without a search path.
create function document_threes(words text) returns text[] language sql immutable parallel safe as $$
    select string_to_array(
        regexp_replace(lower(words), '...', E'\\&\x1f', 'g') || E'\x1f' ||
        regexp_replace(substr(lower(words), 2), '...', E'\\&\x1f', 'g') || E'\x1f' ||
        regexp_replace(substr(lower(words), 3), '...', E'\\&\x1f', 'g'), E'\x1f')
$$;

-- Keys are only looked up: the order of letters in a language would make each write of them cost a third more.
create index invoices_threes on invoices using gin (document_threes(
    number || ' ' || coalesce(external_number, '') || ' ' || coalesce(order_reference, '') || ' ' ||
    coalesce(purchase_order, '') || ' ' || coalesce(contract_reference, '')) collate "C");
