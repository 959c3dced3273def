-- What processors keep of a settlement is booked to an account of its own.

alter table bank_accounts add column fee_account text null;
