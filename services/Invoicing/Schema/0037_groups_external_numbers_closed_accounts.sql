-- The number under which another system billed an invoice.
alter table invoices add column external_number text null;
create index invoices_external_number on invoices (external_number) where external_number is not null;

-- To whose group a customer belonged, as it was known: statements of groups and the aging by parent are printed again.
alter table customer_versions add column parent_id uuid null;
create index customer_versions_parent on customer_versions (parent_id) where parent_id is not null;

-- The last day of a bank account that is closed, as cash application said it.
alter table bank_accounts add column closed_on date null;
