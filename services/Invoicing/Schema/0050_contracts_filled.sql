-- What rows that were there before have in the column of 0049; apart, so that nobody who reads waits for it.
update invoices i set contract_reference = e.data->>'ContractReference'
    from mt_events e
    where e.stream_id = i.invoice_id and e.type = 'invoice_issued' and e.data->>'ContractReference' is not null;

-- Lists of what few invoices have in common.
create index invoices_contract on invoices (contract_reference) where contract_reference is not null;
create index invoices_purchase_order on invoices (purchase_order) where purchase_order is not null;
