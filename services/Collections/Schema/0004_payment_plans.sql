create table payment_plans (
    id               uuid          not null primary key,
    legal_entity     text          not null,
    customer_id      uuid          not null,
    currency         text          not null,
    amount           numeric(19,4) not null,
    received         numeric(19,4) not null,
    grace_days       integer       not null,
    status           text          not null,
    rescheduling     text          null,
    request_id       uuid          null,
    approval_id      uuid          null,
    missed           integer       null,
    first_due_date   date          not null,
    last_due_date    date          not null,
    note             text          null,
    proposed_at      timestamptz   not null,
    proposed_by      text          not null,
    version          bigint        not null
);
create index payment_plans_customer on payment_plans (customer_id, proposed_at);
create index payment_plans_legal_entity on payment_plans (legal_entity, status);

create table plan_installments (
    plan_id  uuid          not null,
    number   integer       not null,
    due_date date          not null,
    amount   numeric(19,4) not null,
    primary key (plan_id, number)
);

create table plan_items (
    plan_id        uuid          not null,
    invoice_id     uuid          not null,
    installment    integer       not null,
    covered        numeric(19,4) not null,
    source_version bigint        not null,
    active         boolean       not null,
    primary key (plan_id, invoice_id, installment)
);
create unique index plan_items_active on plan_items (invoice_id, installment) where active;
