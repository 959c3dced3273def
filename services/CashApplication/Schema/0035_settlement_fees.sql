-- Ledger account of what processors keep of settlements to a bank account; null where none is named.
alter table bank_accounts add column fee_account text null;
