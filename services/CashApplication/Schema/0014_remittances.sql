-- Read model: remittance advices and the receipts that follow them.
create table remittances (
    id            uuid          not null constraint remittances_pkey primary key,
    legal_entity  text          not null,
    format        text          not null,
    reference     text          null,
    reference_key text          null,
    currency      text          not null,
    amount        numeric(19,4) not null,
    payment_date  date          null,
    payer_name    text          null,
    payer_account text          null,
    customer_id   uuid          null,
    lines         integer       not null,
    status        text          not null,
    receipt_id    uuid          null,
    received_at   timestamptz   not null,
    content_hash  text          not null,
    advice        jsonb         not null,
    version       bigint        not null
);
-- The same advice sent twice is one.
create unique index remittances_content on remittances (legal_entity, content_hash);
create index remittances_waiting_amount on remittances (legal_entity, currency, amount) where status = 'waiting';
create index remittances_waiting_reference on remittances (legal_entity, reference_key) where status = 'waiting';
create index remittances_receipt on remittances (receipt_id) where receipt_id is not null;
create index remittances_received on remittances (received_at, id);
