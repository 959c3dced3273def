-- Read model: money on its way. No receipt, nothing in the books; it settles, fails or expires once.
create table pending_payments (
    id                  uuid          not null constraint pending_payments_pkey primary key,
    legal_entity        text          not null,
    customer_id         uuid          null,
    method              text          not null,
    stage               text          not null,
    status              text          not null,
    currency            text          not null,
    amount              numeric(19,4) not null,
    since               date          not null,
    expected_on         date          not null,
    expires_on          date          not null,
    payer_name          text          null,
    payer_account       text          null,
    payer_key           text          null,
    reference           text          null,
    refs                text          null,
    bank_account        text          null,
    check_number        text          null,
    processor_reference text          null,
    import_id           uuid          null,
    items               jsonb         not null,
    receipt_id          uuid          null,
    reason              text          null,
    recorded_at         timestamptz   not null,
    version             bigint        not null
);
create index pending_payments_pending on pending_payments (legal_entity, currency, amount) where status = 'pending';
create index pending_payments_customer on pending_payments (customer_id) where status = 'pending';
create index pending_payments_recorded on pending_payments (recorded_at, id);
-- A receipt is the money of one pending payment.
create unique index pending_payments_receipt on pending_payments (receipt_id) where receipt_id is not null;
create index receipts_amount on receipts (legal_entity, currency, amount) where status <> 'reversed';
