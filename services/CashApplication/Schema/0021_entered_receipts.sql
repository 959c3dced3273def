-- Receipts that were entered, and the statement credits of the same money. A processor's reference names one receipt of a
-- legal entity.

alter table receipts add column processor_reference text    null;
alter table receipts add column is_entered          boolean not null default false;
alter table receipts add column is_announced        boolean not null default false;
update receipts set is_entered = true where import_id is null;
create unique index receipts_processor_reference on receipts (legal_entity, processor_reference)
    where processor_reference is not null;
create index receipts_to_clear on receipts (legal_entity, currency, amount)
    where is_entered and import_id is null and status <> 'reversed';
create index receipts_to_announce on receipts (legal_entity, currency, amount)
    where not is_entered and not is_announced and status <> 'reversed';
