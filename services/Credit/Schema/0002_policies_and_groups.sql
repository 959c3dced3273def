alter table legal_entities add column base_currency text null;

-- What Invoicing tells of the customer, and what was found of its risk.
alter table credit_accounts
    add column country          text not null default '',
    add column segment          text null,
    add column terms            text not null default '',
    add column status           text not null default 'active',
    add column parent_id        uuid null,
    add column merged_into      uuid null,
    add column temporary_limit  numeric(19,4) null,
    add column temporary_from   date null,
    add column temporary_until  date null,
    add column score            int null,
    add column risk_class       text null,
    add column behaviour_score  int null,
    add column assessed_at      timestamptz null;
create index credit_accounts_parent on credit_accounts (parent_id) where parent_id is not null;

alter table credit_exposures
    add column disputed     numeric(19,4) not null default 0,
    add column open_credits numeric(19,4) not null default 0;

alter table order_checks
    add column terms          text null,
    add column needed_on      date null,
    add column reserved_until date null,
    add column decided_on     date null,
    add column policy         int  null;
create index order_checks_lapsing on order_checks (reserved_until) where reserved > 0;
create index order_checks_customer_held on order_checks (customer_id) where status = 'held';

-- Read model: every installment, closed ones too, for behaviour and back-tests.
create table credit_receivables (
    invoice_id     uuid          not null,
    installment    int           not null,
    customer_id    uuid          not null,
    invoice_number text          not null,
    currency       text          not null,
    amount         numeric(19,4) not null,
    balance        numeric(19,4) not null,
    disputed       numeric(19,4) not null,
    due_date       date          null,
    closed_on      date          null,
    constraint credit_receivables_pkey primary key (invoice_id, installment)
);
create index credit_receivables_customer on credit_receivables (customer_id, due_date);
create index credit_receivables_open on credit_receivables (due_date, customer_id) where balance > 0;

-- Read model: holds that were not let go.
create table credit_holds (
    hold_id     uuid        not null constraint credit_holds_pkey primary key,
    customer_id uuid        not null,
    code        text        not null,
    detail      text        not null,
    by_rule     boolean     not null,
    until       date        null,
    placed_at   timestamptz not null,
    placed_by   text        not null
);
create index credit_holds_customer on credit_holds (customer_id);

-- Read model: guarantees and insurance.
create table credit_cover (
    cover_id    uuid          not null constraint credit_cover_pkey primary key,
    customer_id uuid          not null,
    kind        text          not null,
    provider    text          not null,
    reference   text          not null,
    amount      numeric(19,4) not null,
    currency    text          not null,
    percent     numeric(7,4)  not null,
    valid_from  date          not null,
    valid_until date          null
);
create index credit_cover_customer on credit_cover (customer_id);

-- Read model: policies, one row per version.
create table credit_policies (
    legal_entity text        not null,
    number       int         not null,
    content      jsonb       not null,
    defined_at   timestamptz not null,
    defined_by   text        not null,
    constraint credit_policies_pkey primary key (legal_entity, number)
);

-- Read model: exchange rates.
create table exchange_rates (
    base     text    not null,
    currency text    not null,
    day      date    not null,
    rate     numeric not null,
    constraint exchange_rates_pkey primary key (base, currency, day)
);

-- Read model: groups with a limit.
create table credit_groups (
    customer_id  uuid          not null constraint credit_groups_pkey primary key,
    legal_entity text          not null,
    limit_amount numeric(19,4) not null,
    currency     text          not null,
    expires_on   date          null
);

-- Whoever changes which customers belong to which group does so on the version he has read: of two at once one begins
-- again.
create table group_membership (
    only_row boolean not null default true constraint group_membership_pkey primary key check (only_row),
    version  bigint  not null
);
insert into group_membership (version) values (0);

-- Whose credit memo it is, and what is open of it as of which version. News of it may come before its issue is known.
create table credit_memo_owners (
    credit_memo_id uuid          not null constraint credit_memo_owners_pkey primary key,
    customer_id    uuid          null,
    open_amount    numeric(19,4) not null,
    currency       text          not null,
    version        bigint        not null
);

-- Days whose daily run is done.
create table credit_daily_runs (
    legal_entity text        not null,
    day          date        not null,
    done_at      timestamptz not null,
    constraint credit_daily_runs_pkey primary key (legal_entity, day)
);
