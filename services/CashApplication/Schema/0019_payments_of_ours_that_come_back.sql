-- Payments of ours that come back are credits: of a refund, or what a person says they are. They have a table of their
-- own, for whatever looks for the receipts that a bank takes back, of any version, must not take them for such. A payment
-- that a bank takes back in part may be one of several of its receipt.

create table returned_credits (
    import_id    uuid          not null,
    statement    integer       not null,
    entry        integer       not null,
    detail       integer       not null,
    bank_account text          not null,
    booking_date date          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    reason       text          not null,
    code         text          null,
    refs         text          not null,
    account      text          null,
    check_number text          null,
    text         text          null,
    receipt_id   uuid          null,
    found_by     text          null,
    refund_id    uuid          null,
    closed       text          null,
    constraint returned_credits_pkey primary key (import_id, statement, entry, detail)
);
-- A refund comes back once.
create unique index returned_credits_refund on returned_credits (refund_id) where refund_id is not null;
create index returned_credits_open on returned_credits (bank_account, booking_date)
    where receipt_id is null and refund_id is null and closed is null;
create index returned_credits_day on returned_credits (bank_account, booking_date);
create index refunds_out on refunds (legal_entity, currency, amount) where status in ('paid', 'returned');

alter table returned_payments add column is_part     boolean not null default false;
alter table returned_payments add column reversal_id uuid    null;
drop index returned_payments_receipt;
create unique index returned_payments_receipt on returned_payments (receipt_id)
    where receipt_id is not null and not is_part;
create unique index returned_payments_reversal on returned_payments (reversal_id) where reversal_id is not null;
create index returned_payments_taken on returned_payments (receipt_id) where receipt_id is not null;

alter table bank_postings add column refund_id uuid null;
create index bank_postings_refund on bank_postings (refund_id) where refund_id is not null;
update bank_postings p set refund_id = (e.data->>'RefundId')::uuid
from mt_events e
where e.stream_id = p.receipt_id and e.type in ('refund_paid_out', 'refund_came_back')
    and (e.data->'Entry'->>'EntryId')::uuid = p.entry_id;
