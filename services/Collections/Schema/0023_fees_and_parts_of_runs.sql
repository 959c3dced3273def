-- What the contract of a customer lets be charged for a dunning notice, in the currency of its account; null for
-- nothing.
alter table customers add column reminder_fee numeric(19,4) null;

-- What a notice costs the customer, and whether it was asked of Invoicing: the notice went out.
alter table notices add column fee numeric(19,4) null, add column fee_currency text null,
    add column fee_asked boolean not null default false;
create index notices_fee_came_back on notices (legal_entity) where fee_asked and status in ('failed', 'withdrawn');

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
