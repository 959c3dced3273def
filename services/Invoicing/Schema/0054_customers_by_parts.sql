-- Every three letters that follow each other: whatever contains a text contains all of its threes. An extension would
-- do the same, and those who own a database may not create one everywhere.
create function customer_threes(words text) returns text[] language sql immutable parallel safe as $$
    select coalesce(array_agg(distinct substr(w, i, 3)), '{}')
    from (select lower(words)) as l (w), generate_series(1, length(w) - 2) as i
$$;

create index customers_threes on customers
    using gin (customer_threes(name || ' ' || number || ' ' || coalesce(external_id, '')));
