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

-- Read model "invoice_drafts": what is written down to be billed and has no number yet.
create table invoice_drafts (
    draft_id       uuid          not null constraint invoice_drafts_pkey primary key,
    legal_entity   text          not null,
    customer_id    uuid          not null,
    status         text          not null,
    purchase_order text          null,
    currency       text          not null,
    net            numeric(19,4) not null,
    tax            numeric(19,4) not null,
    total          numeric(19,4) not null,
    invoice_id     uuid          null,
    invoice_number text          null,
    saved_at       timestamptz   not null,
    saved_by       text          not null,
    version        bigint        not null
);
create index invoice_drafts_open on invoice_drafts (legal_entity, draft_id) where status = 'open';
create index invoice_drafts_customer on invoice_drafts (customer_id);
