-- What matching needs to know of open items and customers.

alter table open_items add column purchase_order  text          null;
alter table open_items add column order_reference text          null;
alter table open_items add column purchase_order_key  text      null;
alter table open_items add column order_reference_key text      null;
alter table open_items add column discount_until  date          null;
alter table open_items add column discount_rate   numeric(9,8)  null;
alter table open_items add column discounted      numeric(19,4) null;
alter table open_items add column disputed        numeric(19,4) not null default 0;
alter table open_items add column late_charge     boolean       not null default false;
alter table open_items add column terms           text          null;
create index open_items_purchase_order on open_items (purchase_order_key) where purchase_order_key is not null;
create index open_items_order_reference on open_items (order_reference_key) where order_reference_key is not null;
create index open_items_discounted on open_items (legal_entity, currency, discounted) where discounted is not null;

alter table customers add column parent_id   uuid null;
alter table customers add column status      text not null default 'active';
create index customers_parent on customers (parent_id) where parent_id is not null;

alter table legal_entities add column small_differences_account text null;

-- Under which keys a customer's name is looked for when a bank has written it a little differently.
create table customer_name_keys (
    key          text not null,
    legal_entity text not null,
    customer_id  uuid not null,
    constraint customer_name_keys_pkey primary key (legal_entity, key, customer_id)
);
create index customer_name_keys_customer on customer_name_keys (customer_id);
insert into customer_name_keys
select distinct word, legal_entity, id from customers, regexp_split_to_table(upper(name), '[^A-Z0-9]+') word
where length(word) >= 3;

-- Read model: receipts. Where money is that is neither free, applied nor gone, and why free money waits.

alter table receipts add column refunded     numeric(19,4) not null default 0;
alter table receipts add column written_off  numeric(19,4) not null default 0;
alter table receipts add column on_account   numeric(19,4) not null default 0;
alter table receipts add column touched      boolean       not null default false;
alter table receipts add column aside        text          null;
alter table receipts add column aside_detail text          null;
alter table receipts add column aside_since  timestamptz   null;
alter table receipts add column aside_due    date          null;
alter table receipts add column owner        text          null;
alter table receipts add column recorded_at  timestamptz   null;
alter table receipts add column check_number text          null;
alter table receipts add column payer_key    text          null;
alter table receipts drop constraint receipts_conserved;
alter table receipts drop constraint receipts_not_below_zero;
alter table receipts add constraint receipts_conserved
    check (amount = unapplied + pending + applied + refunded + written_off + reversed);
alter table receipts add constraint receipts_not_below_zero check (unapplied >= 0 and pending >= 0 and applied >= 0
    and refunded >= 0 and written_off >= 0 and reversed >= 0 and on_account between 0 and unapplied);
create index receipts_waiting on receipts (legal_entity, aside, aside_due) where unapplied > on_account;

-- Read model: allocations, from being asked for to being taken back.
create table allocations (
    allocation_id uuid          not null constraint allocations_pkey primary key,
    receipt_id    uuid          not null,
    decision_id   uuid          not null,
    legal_entity  text          not null,
    customer_id   uuid          not null,
    invoice_id    uuid          not null,
    installment   integer       not null,
    currency      text          not null,
    amount        numeric(19,4) not null,
    settled       numeric(19,4) not null,
    discount      numeric(19,4) not null,
    difference    numeric(19,4) not null,
    deduction     numeric(19,4) not null,
    deduction_reason text       null,
    rule          text          not null,
    confidence    numeric(5,4)  not null,
    automatic     boolean       not null,
    status        text          not null,
    requested_at  timestamptz   not null,
    answered_at   timestamptz   null,
    ended_at      timestamptz   null,
    corrected     boolean       not null default false
);
-- Money promised to an installment that Invoicing has not answered for yet.
create index allocations_promised on allocations (invoice_id, installment) where status = 'pending';
create index allocations_of_item on allocations (invoice_id, installment);
create index allocations_of_receipt on allocations (receipt_id);
create index allocations_of_customer on allocations (customer_id);
create index allocations_requested on allocations (legal_entity, requested_at);

insert into allocations
select (e.data->>'AllocationId')::uuid, e.stream_id, (e.data->>'AllocationId')::uuid, e.data->>'LegalEntity',
    (e.data->'Balance'->>'CustomerId')::uuid, (e.data->>'InvoiceId')::uuid, (e.data->>'Installment')::int,
    e.data->'Amount'->>'currency', (e.data->'Amount'->>'amount')::numeric, (e.data->'Amount'->>'amount')::numeric,
    0, 0, 0, null, e.data->>'Rule', (e.data->>'Confidence')::numeric, e.data->>'Rule' <> 'manual',
    coalesce(last.status, 'pending'), e.timestamp, last.timestamp, last.timestamp, false
from mt_events e
left join lateral (
    select case a.type when 'allocation_confirmed' then 'confirmed' when 'allocation_rejected' then 'rejected'
        when 'allocation_reversal_requested' then 'reversal-pending' else 'reversed' end as status, a.timestamp
    from mt_events a
    where a.stream_id = e.stream_id and a.data->>'AllocationId' = e.data->>'AllocationId'
        and a.type in ('allocation_confirmed', 'allocation_rejected', 'allocation_reversal_requested',
            'allocation_reversed')
    order by a.version desc limit 1
) last on true
where e.type = 'allocation_requested';

-- Read model: who is known by an account or a name. Taught by confirmed matches and by people; a person's correction
-- makes it forget. The customers' profiles say the same of themselves.
create table payer_memory (
    legal_entity text        not null,
    trait        text        not null,
    key          text        not null,
    customer_id  uuid        not null,
    forgotten    boolean     not null,
    constraint payer_memory_pkey primary key (legal_entity, trait, key, customer_id)
);
create index payer_memory_customer on payer_memory (customer_id);
insert into payer_memory select legal_entity, 'account', account, customer_id, false from payer_accounts;

-- Read model: what the receipts' entries moved on the ledger account of a bank account.
create table bank_postings (
    entry_id     uuid          not null constraint bank_postings_pkey primary key,
    receipt_id   uuid          not null,
    legal_entity text          not null,
    bank_account text          null,
    ledger_account text        not null,
    posting_date date          not null,
    kind         text          not null,
    currency     text          not null,
    amount       numeric(19,4) not null
);
create index bank_postings_day on bank_postings (legal_entity, posting_date);
create index bank_postings_receipt on bank_postings (receipt_id);

-- Read model: what holds for a customer's money beside the entity's policy.
create table cash_profiles (
    customer_id  uuid   not null constraint cash_profiles_pkey primary key,
    legal_entity text   not null,
    rule_set     text   null,
    hold         text   null,
    may_pay_for  uuid[] not null,
    aliases      text[] not null,
    accounts     text[] not null,
    version      bigint not null
);
create table profile_traits (
    customer_id  uuid not null,
    legal_entity text not null,
    trait        text not null,
    key          text not null,
    constraint profile_traits_pkey primary key (legal_entity, trait, key, customer_id)
);
create index profile_traits_customer on profile_traits (customer_id);

-- No longer written: promises are rows of allocations, accounts are in payer_memory. The version before this one still
-- reads them.
