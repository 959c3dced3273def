-- What names a payment and no other of its payer tells which one of several alike comes back. A debit that takes back none
-- of our receipts is closed by a person, who says what it is.

alter table receipts add column own_reference text null;
alter table returned_payments add column own_reference text null;
alter table returned_payments add column closed text null;
alter table returned_credits add column own_reference text null;
create index returned_payments_sought on returned_payments (import_id, statement, entry, detail)
    where receipt_id is null and closed is null;

-- Pending payments look for their money among receipts of the same amount and days, a slice at a time; what they are to
-- pay is looked for by invoice.

drop index receipts_amount;
create index receipts_amount_day on receipts (legal_entity, currency, amount, value_date) where status <> 'reversed';
create index pending_payments_items on pending_payments using gin (items jsonb_path_ops) where status = 'pending';
