-- The number under which another system billed an invoice; payers quote it or the order. Null where there is none, and in
-- rows of versions that kept it as the order's reference.
alter table open_items add column external_number     text null;
alter table open_items add column external_number_key text null;
create index open_items_external_number on open_items (external_number_key) where external_number_key is not null;

-- How far a cash discount is accepted after discount_until: the last value date (null for not at all, infinity for no
-- end), and so much in all (null for no bound).
alter table open_items add column unearned_until date          null;
alter table open_items add column unearned_left  numeric(19,4) null;
