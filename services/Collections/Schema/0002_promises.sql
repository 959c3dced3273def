-- What a customer is and where it is decides how it may be contacted.
alter table legal_entities add column base_currency text null;
alter table customers
    add column country text null,
    add column status text not null default 'active',
    add column may_suspend boolean not null default false;

alter table open_items
    add column invoice_date date null,
    add column original_due_date date null,
    add column kind text not null default 'invoice';

-- Every word about an item, for balances as of a day.
create table item_history (
    invoice_id   uuid          not null,
    installment  integer       not null,
    version      bigint        not null,
    legal_entity text          not null,
    customer_id  uuid          not null,
    kind         text          not null,
    posting_date date          not null,
    due_date     date          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    balance      numeric(19,4) not null,
    primary key (invoice_id, installment, version)
);
create index item_history_customer on item_history (customer_id);

-- What was settled by payments and credits. The two messages of one settlement may come in any order.
create table settlements (
    id           uuid          not null primary key,
    invoice_id   uuid          not null,
    installment  integer       not null,
    legal_entity text          not null,
    customer_id  uuid          not null,
    kind         text          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    value_date   date          not null,
    due_date     date          not null,
    version      bigint        not null,
    reversed     boolean       not null
);
create index settlements_item on settlements (invoice_id, installment);
create index settlements_customer on settlements (customer_id, value_date);

-- The replicas above gain what these queues have told before: they ask for it again, and take it again.
delete from otc_inbox where consumer in ('collections-customers', 'collections-open-items');
delete from otc_bindings where queue in ('collections-customers', 'collections-open-items');

-- Customers to be looked at again. A request that comes while one is looked at is not lost: it raises the count.
create table reviews (
    customer_id uuid        not null primary key,
    requests    bigint      not null,
    due_at      timestamptz not null,
    taken_until timestamptz null,
    failures    integer     not null default 0
);
create index reviews_due on reviews (due_at);

-- The last day each legal entity was seen to begin.
create table days (
    legal_entity text not null primary key,
    day          date not null
);

create table promises (
    id           uuid          not null primary key,
    legal_entity text          not null,
    customer_id  uuid          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    received     numeric(19,4) not null,
    tolerance    numeric(19,4) not null,
    promised_for date          not null,
    judged_after date          not null,
    level        integer       not null,
    status       text          not null,
    contact_name text          null,
    note         text          null,
    made_at      timestamptz   not null,
    made_by      text          not null,
    settled_at   timestamptz   null,
    version      bigint        not null
);
create index promises_customer on promises (customer_id, made_at);
create index promises_legal_entity on promises (legal_entity, promised_for);

create table promise_items (
    promise_id     uuid          not null,
    invoice_id     uuid          not null,
    installment    integer       not null,
    invoice_number text          not null,
    balance        numeric(19,4) not null,
    source_version bigint        not null,
    failed         boolean       not null,
    open           boolean       not null,
    primary key (promise_id, invoice_id, installment)
);
create unique index promise_items_open on promise_items (invoice_id, installment) where open;
create index promise_items_item on promise_items (invoice_id, installment);
