-- Who does not want mail: the next contact is written to instead, or a letter. What an instance of the version before
-- keeps from now on is not in it: rebuild "contact_attempts" once the last of them is gone.
create table opted_out_addresses (
    customer_id uuid        not null,
    channel     text        not null,
    address     text        not null,
    at          timestamptz not null,
    primary key (customer_id, channel, address)
);
insert into opted_out_addresses (customer_id, channel, address, at)
select s.customer_id, s.channel, s.address, s.at from (
    select distinct on (e.stream_id, e.data->'Point'->>'Channel', lower(trim(e.data->'Point'->>'Address')))
           (e.data->'Point'->>'CustomerId')::uuid as customer_id, lower(e.data->'Point'->>'Channel') as channel,
           lower(trim(e.data->'Point'->>'Address')) as address, e.timestamp as at,
           (e.data->>'Granted')::boolean as granted
    from mt_streams m join mt_events e on e.stream_id = m.id
    where m.type = 'contact_profile' and e.type = 'consent_stated' and e.data->'Point'->>'Address' is not null
    order by e.stream_id, e.data->'Point'->>'Channel', lower(trim(e.data->'Point'->>'Address')), e.version desc) s
where not s.granted;
