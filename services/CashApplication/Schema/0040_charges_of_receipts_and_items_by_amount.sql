-- What banks kept of a receipt on its way: it may be for so much more.
alter table receipts add column charges numeric(19,4) not null default 0;

-- Of the items of an amount those that are due first are wanted, however many there are.
create index open_items_of_balance on open_items
    (legal_entity, currency, balance, due_date, invoice_number, installment) where balance > 0;
create index open_items_of_discounted on open_items
    (legal_entity, currency, discounted, due_date, invoice_number, installment) where discounted is not null;
drop index open_items_open_balance;
drop index open_items_discounted;
