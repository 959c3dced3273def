-- Who looks after a customer, as Collections said it, and since when that was known here: reports are printed again as
-- they were known. No read model of ours: Collections tells it again when it is asked.
create table collector_versions (
    customer_id uuid        not null,
    version     bigint      not null,
    recorded_at timestamptz not null,
    collector   text        null,
    constraint collector_versions_pkey primary key (customer_id, version)
);
