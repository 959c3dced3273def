-- Lists of all customers in their usual order.
create index invoices_date on invoices (invoice_date, invoice_id);
create index credit_memos_date on credit_memos (credit_date, credit_memo_id);
create index statements_date on statements (to_date, statement_id);
