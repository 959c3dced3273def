create table holds (
    id           uuid          not null primary key,
    legal_entity text          not null,
    customer_id  uuid          not null,
    kind         text          not null,
    invoice_id   uuid          null,
    installment  integer       null,
    currency     text          null,
    amount       numeric(19,4) null,
    until        date          null,
    releasers    text[]        not null,
    reason       text          not null,
    status       text          not null,
    placed_at    timestamptz   not null,
    placed_by    text          not null,
    ended_at     timestamptz   null,
    ended_by     text          null,
    version      bigint        not null
);
create index holds_customer on holds (customer_id);
create index holds_active_item on holds (invoice_id) where status = 'active' and invoice_id is not null;
create index holds_active_until on holds (legal_entity, until) where status = 'active';

create table disputes (
    id                 uuid          not null primary key,
    legal_entity       text          not null,
    customer_id        uuid          not null,
    invoice_id         uuid          not null,
    installment        integer       not null,
    currency           text          not null,
    amount             numeric(19,4) not null,
    accepted           numeric(19,4) not null,
    disputed           numeric(19,4) not null,
    reason             text          not null,
    root_cause         text          null,
    team               text          not null,
    owner              text          null,
    due_on             date          not null,
    status             text          not null,
    overdue            boolean       not null,
    deduction_id       uuid          null,
    credit_memo_number text          null,
    note               text          null,
    opened_at          timestamptz   not null,
    opened_by          text          not null,
    settled_at         timestamptz   null,
    version            bigint        not null
);
create index disputes_item on disputes (invoice_id, installment) where disputed > 0;
create index disputes_customer on disputes (customer_id, opened_at);
create index disputes_undecided on disputes (legal_entity, due_on) where status in ('open', 'investigating');

-- Unapplied money may be several customers'.
create table receipt_shares (
    receipt_id  uuid          not null,
    customer_id uuid          not null,
    currency    text          not null,
    unapplied   numeric(19,4) not null,
    version     bigint        not null,
    primary key (receipt_id, customer_id)
);
create index receipt_shares_customer on receipt_shares (customer_id) where unapplied > 0;
insert into receipt_shares (receipt_id, customer_id, currency, unapplied, version)
select id, customer_id, currency, unapplied, version from receipts where customer_id is not null;
