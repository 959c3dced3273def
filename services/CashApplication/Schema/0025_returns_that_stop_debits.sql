-- What a person has done about a returned payment that stops further debits. The same entry is told by payer and
-- amount.

alter table returned_payments add column reviewed text null;
create index returned_payments_payer on returned_payments (bank_account, account, amount) where account is not null;
