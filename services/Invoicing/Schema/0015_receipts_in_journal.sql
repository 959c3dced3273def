-- The receipt whose money an entry applies or takes back: a receipt may pay what others of its payer's group owe, and
-- what is left of it is its payer's. Both journals have the same columns; of the other, the receipt is the source.
alter table journal_entries add column receipt_id uuid null;
alter table received_journal_entries add column receipt_id uuid null;
update journal_entries j set receipt_id = (e.data->>'ReceiptId')::uuid
    from mt_events e where e.id = j.entry_id and e.type in ('payment_applied', 'payment_reversed');
create index journal_entries_receipt on journal_entries (receipt_id) where receipt_id is not null;
drop index journal_entries_customer;
