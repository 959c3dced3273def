-- What rows that were there before have in the column of 0037; apart, so that nobody who reads waits for it.
update customer_versions v
    set parent_id = (case e.type when 'customer_registered' then e.data else e.data->'After' end->>'ParentId')::uuid
    from mt_events e where e.stream_id = v.customer_id and e.version = v.version;
