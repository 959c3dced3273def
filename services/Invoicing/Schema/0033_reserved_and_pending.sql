-- What of a credit memo is kept for refunds that wait for an approval.
alter table credit_memos add column reserved numeric(19,4) not null default 0;

-- What pending payments are expected to pay, as cash application said it: nothing else settles that by itself. No read
-- model of ours: cash application tells it again when it is asked. Each is told once and ends once, so there is no version.
create table pending_payments (
    item_id    uuid          not null constraint pending_payments_pkey primary key,
    invoice_id uuid          not null,
    installment integer      not null,
    amount     numeric(19,4) not null,
    pending    boolean       not null
);
create index pending_payments_invoice on pending_payments (invoice_id, installment) where pending;

-- What cash application has asked to be applied or taken back, and whether it has heard the answer: the checklist of a
-- month end wants none that was asked for in the month and is not answered. No read model of ours either.
create table asked_allocations (
    allocation_id uuid          not null constraint asked_allocations_pkey primary key,
    legal_entity  text          null,
    currency      text          null,
    amount        numeric(19,4) null,
    asked_at      timestamptz   null,
    answered      boolean       not null default false,
    reversal_at   timestamptz   null,
    reversed      boolean       not null default false
);
create index asked_allocations_open on asked_allocations (legal_entity)
    where (asked_at is not null and not answered) or (reversal_at is not null and not reversed);
