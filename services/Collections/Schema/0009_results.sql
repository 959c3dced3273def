-- Balances as of a day, for a legal entity as a whole.
create index item_history_legal_entity on item_history (legal_entity, posting_date);
