-- What rows that were there before have in the columns of 0020; apart, so that nobody who reads waits for it.
update subledger_entries s
    set value_date = (e.data->>'ValueDate')::date, allocation_id = (e.data->>'AllocationId')::uuid
    from mt_events e where e.id = s.event_id and e.type in ('payment_applied', 'payment_reversed');
update invoices i set agreed_terms = e.data->>'AgreedTerms'
    from mt_events e where e.stream_id = i.invoice_id and e.type = 'invoice_issued' and i.terms_mismatch;
