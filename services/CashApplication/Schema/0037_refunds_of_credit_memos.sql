-- A refund of a credit memo has no receipt. Its entries are on the refund itself.
alter table refunds alter column receipt_id drop not null, alter column receipt_number drop not null;
alter table refunds add column credit_memo_id uuid null, add column credit_memo_number text null;
create index refunds_credit_memo on refunds (credit_memo_id) where credit_memo_id is not null;
alter table bank_postings alter column receipt_id drop not null;

-- Debits that name what may be a refund or payment file of ours. Which of these they paid is told when it is asked for.
create table ordered_payments (
    import_id    uuid          not null,
    statement    integer       not null,
    entry        integer       not null,
    detail       integer       not null,
    bank_account text          not null,
    booking_date date          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    names        uuid[]        not null,
    constraint ordered_payments_pkey primary key (import_id, statement, entry, detail)
);
create index ordered_payments_day on ordered_payments (bank_account, booking_date);
create index ordered_payments_booked on ordered_payments (booking_date);
create index ordered_payments_names on ordered_payments using gin (names);
create index refunds_file on refunds (payment_file_id) where payment_file_id is not null;
