-- What a legal entity or a customer has otherwise than most; null and zero are the standard.
alter table legal_entities add column other_accounts jsonb null;
alter table legal_entities add column calendar jsonb null;
alter table customers add column discount_grace_days integer not null default 0;
