-- What the contract of a customer lets be charged for a dunning notice, in the currency of its account; null for
-- nothing.
alter table customers add column reminder_fee numeric(19,4) null;

-- What a notice says it costs the customer.
alter table notices add column fee numeric(19,4) null, add column fee_currency text null;

-- The steps whose fee was asked of Invoicing because the notice went out. A step of an item costs once: also where the
-- notice came back afterwards, was written anew, or the item has come to another customer by a merge.
create table charged_steps (
    invoice_id   uuid    not null,
    installment  integer not null,
    step         text    not null,
    legal_entity text    not null,
    customer_id  uuid    not null,
    notice_id    uuid    not null,
    primary key (invoice_id, installment, step)
);
create index charged_steps_notice on charged_steps (notice_id);

-- What Invoicing has answered: the debit memo, or why there is none.
create table reminder_fees (
    notice_id       uuid not null primary key,
    document_id     uuid null,
    document_number text null,
    refusal         text null
);

-- Runs over many customers are made part by part. Of runs of a version before, what they decided stands in their row.
alter table dunning_runs add column under_way boolean not null default false,
    add column broken_off boolean not null default false, add column notice_count integer null;
create index dunning_runs_under_way on dunning_runs (at) where under_way;

create table dunning_run_notices (
    run_id    uuid    not null,
    number    integer not null,
    notice_id uuid    null,
    decided   jsonb   not null,
    primary key (run_id, number)
);

-- The next customers of a run, in the order of their identifiers.
create index open_items_next_customer on open_items (legal_entity, customer_id, due_date) where balance > 0;
