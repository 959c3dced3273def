-- By which numbers Invoicing knows each customer, so that a bureau finds the right company. A row is kept without any, for
-- its version.
create table company_numbers (
    customer_id         uuid   not null constraint company_numbers_pkey primary key,
    registration_number text   null,
    tax_id              text   null,
    version             bigint not null
);

-- Documents of cases as they came; the folder of the case names them. They are no read model: nothing makes them again.
create table case_documents (
    document_id    uuid        not null constraint case_documents_pkey primary key,
    application_id uuid        not null,
    content        bytea       not null,
    kept_at        timestamptz not null
);
alter table case_documents alter column content set storage external;
