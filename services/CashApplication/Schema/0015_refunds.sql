-- Read model: refunds, and the files in which the bank is told to pay them.
create table refunds (
    id              uuid          not null constraint refunds_pkey primary key,
    legal_entity    text          not null,
    receipt_id      uuid          not null,
    receipt_number  text          not null,
    customer_id     uuid          not null,
    currency        text          not null,
    amount          numeric(19,4) not null,
    payee_name      text          not null,
    reason          text          not null,
    requested_by    text          not null,
    requested_at    timestamptz   not null,
    status          text          not null,
    payment_file_id uuid          null,
    version         bigint        not null
);
create index refunds_payable on refunds (legal_entity, currency, requested_at) where status = 'approved';
create index refunds_receipt on refunds (receipt_id);
create index refunds_requested on refunds (requested_at, id);

create table payment_files (
    id             uuid          not null constraint payment_files_pkey primary key,
    legal_entity   text          not null,
    bank_account   text          not null,
    currency       text          not null,
    amount         numeric(19,4) not null,
    payments       integer       not null,
    execution_date date          not null,
    created_at     timestamptz   not null,
    status         text          not null,
    version        bigint        not null
);
create index payment_files_created on payment_files (created_at, id);
