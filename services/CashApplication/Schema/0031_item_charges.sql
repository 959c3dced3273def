-- What a late charge is: a fee or interest; null where that is not told.
alter table open_items add column charge text null;
