-- Finds the customers that a mail address belongs to, as it is compared everywhere: without blanks around it, in lower case.
create function mail_addresses(contacts jsonb) returns text[] language sql immutable parallel safe as $$
    select coalesce(array_agg(lower(trim(p->>'Email'))) filter (where p->>'Email' is not null), '{}')
    from jsonb_array_elements(case when jsonb_typeof(contacts) = 'array' then contacts else '[]' end) p;
$$;
create index customers_mail_addresses on customers using gin (mail_addresses(contacts));
