-- The workbench asks for an invoice by its number, and for what is open in the order of its due dates.
create index open_items_invoice_number on open_items (invoice_number);
create index open_items_due on open_items (due_date) where balance > 0;
-- Replaced by the tables of 0013 and read by nobody since.
drop table promised;
drop table payer_accounts;
