-- Lists of all customers in their usual order.
create index notices_date on notices (date, id);
create index contact_log_occurred_at on contact_log (occurred_at, id);
create index disputes_opened_at on disputes (opened_at, id);
create index promises_made_at on promises (made_at, id);
create index holds_placed_at on holds (placed_at, id);
-- Shares of receipts are in receipt_shares since they can be split.
drop index receipts_unapplied;
