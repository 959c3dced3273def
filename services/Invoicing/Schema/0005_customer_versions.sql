-- What was known of a customer when, for reports printed again: part of read model "customers".
create table customer_versions (
    customer_id uuid        not null,
    version     bigint      not null,
    recorded_at timestamptz not null,
    name        text        not null,
    country     text        not null,
    segment     text        null,
    merged_into uuid        null,
    constraint customer_versions_pkey primary key (customer_id, version)
);
insert into customer_versions (customer_id, version, recorded_at, name, country, segment, merged_into)
    select customer_id, 1, registered_at, name, country, segment, null from customers;
