-- A refund of a credit memo has no receipt. Its entries are on the refund itself.
alter table refunds alter column receipt_id drop not null, alter column receipt_number drop not null;
alter table refunds add column credit_memo_id uuid null, add column credit_memo_number text null;
create index refunds_credit_memo on refunds (credit_memo_id) where credit_memo_id is not null;
alter table bank_postings alter column receipt_id drop not null;
