-- What a word says was written off of the item by it; below zero for what was recovered of that, null for other words
-- and for what was told before or to an instance of the version before. Where a word before it has not come yet, the
-- balances alone do not say it: the difference to the last known one is more.
alter table item_history add column given_up numeric(19,4) null;
