-- The last day of a bank account that is closed, for lists; null in rows of accounts that were closed before this, until the
-- projection is rebuilt or the account is defined again.
alter table bank_accounts add column closed_on date null;
