-- Who looks after a queue where nobody was told to look after the receipt itself.
alter table receipts add column queue_owner text null;
