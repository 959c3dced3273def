-- The last day of a bank account that is closed, for lists. Null in rows of accounts that were closed before this, until the
-- read model bank_accounts is rebuilt or the account is defined again.
alter table bank_accounts add column closed_on date null;
