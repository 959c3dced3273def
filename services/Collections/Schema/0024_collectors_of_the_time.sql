-- Who looked after a customer from when on. What an instance of the version before assigns from now on is not in it:
-- rebuild "collectors" once the last of them is gone.
create table collector_history (
    customer_id uuid        not null,
    version     bigint      not null,
    collector   text        null,
    at          timestamptz not null,
    primary key (customer_id, version)
);
insert into collector_history (customer_id, version, collector, at)
select (e.data->>'CustomerId')::uuid, e.version, e.data->>'Collector', e.timestamp
from mt_streams m join mt_events e on e.stream_id = m.id
where m.type = 'collection_account' and e.type = 'collector_assigned';
