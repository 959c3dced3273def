-- Replicas: what this service knows from the others. Each row keeps the version of the stream it came from, and an older
-- message never replaces a newer row, so messages may come twice and in any order.

create table legal_entities (
    code      text   not null primary key,
    name      text   not null,
    country   text   not null,
    time_zone text   not null,
    version   bigint not null
);

create table customers (
    id           uuid   not null primary key,
    number       text   not null,
    legal_entity text   not null,
    name         text   not null,
    currency     text   not null,
    language     text   not null,
    segment      text   null,
    parent_id    uuid   null,
    contacts     jsonb  not null,
    version      bigint not null
);
create index customers_legal_entity on customers (legal_entity);

create table open_items (
    invoice_id     uuid          not null,
    installment    integer       not null,
    invoice_number text          not null,
    legal_entity   text          not null,
    customer_id    uuid          not null,
    due_date       date          not null,
    currency       text          not null,
    amount         numeric(19,4) not null,
    balance        numeric(19,4) not null,
    version        bigint        not null,
    primary key (invoice_id, installment)
);
create index open_items_open on open_items (legal_entity, due_date) where balance > 0;
create index open_items_customer on open_items (customer_id) where balance > 0;

-- An allocation is open from its request to its answer. The answer may come first; then the request finds it closed.
create table pending_allocations (
    allocation_id uuid          not null primary key,
    invoice_id    uuid          not null,
    installment   integer       not null,
    amount        numeric(19,4) not null,
    open          boolean       not null
);
create index pending_allocations_open on pending_allocations (invoice_id, installment) where open;

create table receipts (
    id          uuid          not null primary key,
    customer_id uuid          null,
    currency    text          not null,
    unapplied   numeric(19,4) not null,
    version     bigint        not null
);
create index receipts_unapplied on receipts (customer_id) where unapplied > 0;

-- Read models of this service's own events.

create table collectors (
    customer_id  uuid   not null primary key,
    collector    text   null
);
create index collectors_collector on collectors (collector);

create table dunning_runs (
    id               uuid        not null primary key,
    legal_entity     text        not null,
    date             date        not null,
    playbook         text        not null,
    playbook_version bigint      not null,
    at               timestamptz not null,
    by               text        not null,
    notices          jsonb       not null
);
create index dunning_runs_legal_entity on dunning_runs (legal_entity, date);

create table notices (
    id           uuid          not null primary key,
    run_id       uuid          not null,
    legal_entity text          not null,
    customer_id  uuid          not null,
    date         date          not null,
    step         text          not null,
    channel      text          not null,
    status       text          not null,
    reason       text          null,
    recipient    text          not null,
    subject      text          not null,
    amount       numeric(19,4) not null,
    currency     text          not null,
    items        integer       not null,
    prepared_at  timestamptz   not null,
    settled_at   timestamptz   null,
    version      bigint        not null
);
create index notices_customer on notices (customer_id, date);
create index notices_prepared on notices (customer_id) where status = 'prepared';

create table notice_items (
    notice_id   uuid    not null,
    invoice_id  uuid    not null,
    installment integer not null,
    step        text    not null,
    step_offset integer not null,
    counts      boolean not null,
    primary key (notice_id, invoice_id, installment)
);
create index notice_items_item on notice_items (invoice_id, installment) where counts;

create table contact_log (
    id           uuid        not null primary key,
    customer_id  uuid        not null,
    legal_entity text        not null,
    channel      text        not null,
    outcome      text        not null,
    summary      text        not null,
    contact_name text        null,
    notice_id    uuid        null,
    occurred_at  timestamptz not null,
    by           text        not null
);
create index contact_log_customer on contact_log (customer_id, occurred_at);
