-- What a legal entity reported when it closed a month, byte for byte, as it was known then: one set per close, under the
-- event that closed it. No read model: once the books were opened again, nothing but a report of that moment makes it again.
create table month_end_documents (
    close_id uuid  not null,
    name     text  not null,
    content  bytea not null,
    sha256   text  not null generated always as (encode(sha256(content), 'hex')) stored,
    constraint month_end_documents_pkey primary key (close_id, name)
);

-- The contract that an invoice bills under: lists are cut down to one. An older version writes none; where one did,
-- "invoices" can be rebuilt.
alter table invoices add column contract_reference text null;
