-- Payments of ours that come back are credits: of a refund, or what a person says they are. A payment that a bank takes
-- back in part may be one of several of its receipt.

alter table returned_payments add column is_credit boolean not null default false;
alter table returned_payments add column refund_id uuid    null;
alter table returned_payments add column closed    text    null;
alter table returned_payments add column is_part   boolean not null default false;
drop index returned_payments_receipt;
create unique index returned_payments_receipt on returned_payments (receipt_id)
    where receipt_id is not null and not is_credit and not is_part;
create unique index returned_payments_refund on returned_payments (refund_id) where refund_id is not null;
create index returned_payments_taken on returned_payments (receipt_id) where receipt_id is not null;
drop index returned_payments_open;
create index returned_payments_open on returned_payments (bank_account, booking_date)
    where receipt_id is null and refund_id is null and closed is null;
create index returned_payments_credits on returned_payments (bank_account, booking_date) where is_credit;
create index refunds_out on refunds (legal_entity, currency, amount) where status in ('paid', 'returned');

alter table bank_postings add column refund_id uuid null;
create index bank_postings_refund on bank_postings (refund_id) where refund_id is not null;
