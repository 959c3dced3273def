-- Due date that was last found to have passed unpaid. What is open under another one is looked for by the clock: of each
-- legal entity the few whose day has come, from this index alone.
alter table open_items add column passed_due_date date null;
create index open_items_passing on open_items (legal_entity, due_date) include (invoice_id)
    where balance > 0 and passed_due_date is distinct from due_date;
