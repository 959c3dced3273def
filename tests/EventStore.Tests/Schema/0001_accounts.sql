-- The read models of the sample: every kind of thing that a rebuilt table must keep.
create table account_balances (
    account_id uuid        not null constraint account_balances_pkey primary key,
    owner      text        not null constraint account_balances_owner_key unique,
    balance    bigint      not null default 0 constraint account_balances_balance_check check (balance >= 0),
    closed     boolean     not null default false,
    version    bigint      not null,
    changed_at timestamptz not null,
    size       text        generated always as (case when balance >= 1000 then 'large' else 'small' end) stored
) with (fillfactor = 80);
create index account_balances_balance on account_balances (balance desc) where not closed;
create unique index account_balances_owner_folded on account_balances (lower(owner));

create table account_movements (
    movement_id bigint generated always as identity constraint account_movements_pkey primary key,
    account_id  uuid   not null,
    version     bigint not null,
    units       bigint not null,
    constraint account_movements_once unique (account_id, version) deferrable initially immediate
);
