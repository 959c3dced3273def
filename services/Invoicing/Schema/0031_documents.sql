-- Invoices and credit memos byte for byte as they were first given out. No read model: nothing makes them a second time.
create table issued_documents (
    document_id uuid  not null,
    name        text  not null,
    content     bytea not null,
    constraint issued_documents_pkey primary key (document_id, name)
);

-- Read model "document_deliveries": which document was mailed to whom, and what became of it.
create table document_deliveries (
    delivery_id  uuid        not null constraint document_deliveries_pkey primary key,
    document_id  uuid        not null,
    document     text        not null,
    number       text        not null,
    legal_entity text        not null,
    customer_id  uuid        not null,
    contact_id   uuid        null,
    status       text        not null,
    reason       text        null,
    language     text        null,
    pdf_sha256   text        null,
    sends        integer     not null,
    queued_at    timestamptz not null,
    changed_at   timestamptz not null,
    version      bigint      not null
);
create index document_deliveries_document on document_deliveries (document_id);
create index document_deliveries_customer on document_deliveries (customer_id, queued_at);
create index document_deliveries_entity on document_deliveries (legal_entity, queued_at);
create index document_deliveries_status on document_deliveries (status, queued_at)
    where status in ('Queued', 'Failed', 'Bounced');
