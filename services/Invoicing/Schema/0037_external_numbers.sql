-- The number under which another system billed an invoice.
alter table invoices add column external_number text null;
create index invoices_external_number on invoices (external_number) where external_number is not null;
