-- Replica of Invoicing's legal entities: in whose calendar a limit expires.
create table legal_entities (
    code      text   not null constraint legal_entities_pkey primary key,
    time_zone text   not null,
    version   bigint not null
);

-- Read model: accounts and their limits.
create table credit_accounts (
    customer_id      uuid        not null constraint credit_accounts_pkey primary key,
    legal_entity     text        not null,
    number           text        not null,
    name             text        not null,
    currency         text        not null,
    limit_amount     numeric(19,4) null,
    limit_expires_on date        null,
    opened_at        timestamptz not null
);
create index credit_accounts_legal_entity on credit_accounts (legal_entity, name);

-- Read model: what is at risk. Apart from the accounts, because the first invoice may be known before its customer.
create table credit_exposures (
    customer_id      uuid          not null,
    currency         text          not null,
    open_receivables numeric(19,4) not null,
    open_orders      numeric(19,4) not null,
    unapplied_cash   numeric(19,4) not null,
    constraint credit_exposures_pkey primary key (customer_id, currency)
);

-- Read model: orders and the last decision on each.
create table order_checks (
    customer_id uuid          not null,
    order_id    text          not null,
    id          uuid          not null,
    status      text          not null,
    amount      numeric(19,4) not null,
    reserved    numeric(19,4) not null,
    currency    text          not null,
    available   numeric(19,4) not null,
    reasons     jsonb         not null,
    decided_at  timestamptz   not null,
    decided_by  text          not null,
    constraint order_checks_pkey primary key (customer_id, order_id)
);
create index order_checks_order on order_checks (order_id);
create index order_checks_queue on order_checks (status, decided_at, id);

-- Whose order an order id is: one customer's per legal entity, until it is cancelled. Not a read model, because a rebuild
-- replays streams side by side and must not trip over an id that changed hands.
create table order_claims (
    legal_entity text not null,
    order_id     text not null,
    customer_id  uuid not null,
    constraint order_claims_pkey primary key (legal_entity, order_id)
);

-- Whose money a receipt is and as of which version; moved by compare-and-set, so that one that changes hands is counted once.
create table receipt_owners (
    receipt_id  uuid   not null constraint receipt_owners_pkey primary key,
    customer_id uuid   null,
    version     bigint not null
);
