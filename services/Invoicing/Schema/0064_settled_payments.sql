-- When cash application said that a pending payment is a receipt, by the clock of this database. What it was to pay is about to be paid: the
-- message that asks for it comes by another queue and may be later. Null: it is none, or an older instance took the word.
alter table pending_payments add column settled_at timestamptz null;
create index pending_payments_settled on pending_payments (invoice_id, installment, settled_at) where not pending and settled_at is not null;

-- What nothing but that money is to settle by itself.
create view expected_payments as
select invoice_id, installment, amount from pending_payments where pending
union all
select invoice_id, installment, amount from pending_payments
where not pending and settled_at > now() - interval '15 minutes';
