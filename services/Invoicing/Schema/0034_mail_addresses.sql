-- When a statement that the mail server did not take is tried again.
alter table statements add column retry_at timestamptz null;
create index statements_retry on statements (statement_id) where retry_at is not null;

-- Mail addresses that nothing is sent to, as Collections said it: who has one does not want mail, or it does not arrive.
-- An address stands here by its fingerprint alone. No read model of ours: Collections tells it again when it is asked.
create table closed_addresses (
    fingerprint     uuid    not null constraint closed_addresses_pkey primary key,
    customer_id     uuid    not null,
    opted_out       boolean not null default false,
    consent_version bigint  not null default 0,
    failed          boolean not null default false,
    mail_version    bigint  not null default 0
);
create index closed_addresses_customer on closed_addresses (customer_id) where opted_out or failed;
