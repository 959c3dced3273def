-- Ledger account of what banks charge; null where none is named.
alter table bank_accounts add column charges_account text null;

-- Fees of statements move the ledger account of a bank too: of no receipt, but of a line.
alter table bank_postings alter column receipt_id drop not null;
alter table bank_postings add column import_id uuid    null;
alter table bank_postings add column statement integer null;
alter table bank_postings add column entry     integer null;
create index bank_postings_line on bank_postings (import_id, statement, entry) where import_id is not null;

-- Fees of a day as it was closed: so much less came to the account than its receipts.
alter table cash_days add column fees numeric(19,4) not null default 0;
