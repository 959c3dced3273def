-- When the money of a payment counted at the bank, and which allocation a row applies or takes back: how late customers
-- pay is told by value dates, of what was not taken back.
alter table subledger_entries add column value_date date null;
alter table subledger_entries add column allocation_id uuid null;
update subledger_entries s
    set value_date = (e.data->>'ValueDate')::date, allocation_id = (e.data->>'AllocationId')::uuid
    from mt_events e where e.id = s.event_id and e.type in ('payment_applied', 'payment_reversed');

-- The terms that were agreed where an invoice has others.
alter table invoices add column agreed_terms text null;
update invoices i set agreed_terms = e.data->>'AgreedTerms'
    from mt_events e where e.stream_id = i.invoice_id and e.type = 'invoice_issued' and i.terms_mismatch;
