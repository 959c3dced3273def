-- Receipts that were entered, and the statement credits of the same money. What has no statement was entered, whichever
-- version wrote it. A processor's reference names one receipt of a legal entity: claimed by the write that records it,
-- for a receipt that was an error lets go of its reference, and the read model is built anew in no order across receipts.

alter table receipts add column processor_reference text    null;
alter table receipts add column is_entered          boolean not null default false;
alter table receipts add column is_announced        boolean not null default false;
update receipts set is_entered = true where import_id is null;
create index receipts_processor_reference on receipts (legal_entity, processor_reference)
    where processor_reference is not null;
create index receipts_to_clear on receipts (legal_entity, currency, amount)
    where import_id is null and status <> 'reversed';
create index receipts_to_announce on receipts (legal_entity, currency, amount)
    where import_id is not null and not is_entered and not is_announced and status <> 'reversed';

create table processor_references (
    legal_entity text not null,
    reference    text not null,
    receipt_id   uuid not null,
    constraint processor_references_pkey primary key (legal_entity, reference)
);
