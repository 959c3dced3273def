-- What rows that were there before have in the column of 0047; apart, so that nobody who reads waits for it. Only this event
-- changes it, and takes it away from nobody.
update customers c set agreed_billing = known.billing
    from (
        select one.customer_id, told.billing from customers one cross join lateral (
            select e.data->'After'->>'AgreedBilling' as billing from mt_events e
            where e.stream_id = one.customer_id and e.type = 'customer_changed'
                and e.data->'After'->>'AgreedBilling' is not null
            order by e.version desc limit 1) told) known
    where known.customer_id = c.customer_id;
