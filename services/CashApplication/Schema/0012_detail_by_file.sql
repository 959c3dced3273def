-- Payments that come one by one in a file of their own; statements show their sum.

alter table bank_accounts add column lockbox_by_file boolean not null default false;
alter table bank_accounts add column ach_by_file boolean not null default false;
create index statement_lines_lumps on statement_lines (bank_account, currency, amount) where class = 'lump';
