-- What may tell what waiting money is for: new invoices and customers, learned payers, advices of files. Each is looked
-- at twice, for money whose recording is under way meanwhile does not show at first.

create table match_news (
    id        bigint      generated always as identity constraint match_news_pkey primary key,
    kind      text        not null,
    subject   uuid        not null,
    due_at    timestamptz not null default now(),
    looked_at timestamptz null
);
create index match_news_due on match_news (due_at, id);
create index receipts_waiting_account on receipts (legal_entity, payer_account)
    where unapplied > on_account and payer_account is not null;
create index receipts_waiting_payer on receipts (legal_entity, payer_key)
    where unapplied > on_account and payer_key is not null;
