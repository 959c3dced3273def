-- What rows that were there before have in the column of 0047; apart, so that nobody who reads waits for it.
update customers c set agreed_billing = e.billing
    from (
        select distinct on (stream_id) stream_id, data->'After'->>'AgreedBilling' as billing
        from mt_events where type = 'customer_changed' and data->'After'->>'AgreedBilling' is not null
        order by stream_id, version desc) e
    where e.stream_id = c.customer_id;
