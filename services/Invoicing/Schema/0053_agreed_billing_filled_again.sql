-- As 0048, once more: of agreements that a version before 0047 took note of while it ran beside one with 0048, the way of
-- billing was left as it was before. Only rows that say something else are written; the last agreement that named a way counts.
update customers c set agreed_billing = known.billing
    from (
        select one.customer_id, told.billing from customers one cross join lateral (
            select e.data->'After'->>'AgreedBilling' as billing from mt_events e
            where e.stream_id = one.customer_id and e.type = 'customer_changed'
                and e.data->'After'->>'AgreedBilling' is not null
            order by e.version desc limit 1) told) known
    where known.customer_id = c.customer_id and c.agreed_billing is distinct from known.billing;
