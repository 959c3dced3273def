-- How many payments with the receipt came before it was known when its money came: whoever tells that counts them all.
alter table receipt_owners add column payments int not null default 0;
