-- What an item bills without tax; null where its invoice was told to a version that did not keep it.
alter table open_items add column net numeric(19,4) null;

-- Which bank keeps the payer's account, where that is told apart from its number.
alter table receipts add column payer_bank text null;
