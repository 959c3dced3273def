-- Credit memos of Invoicing: what a payer may take off.
create table credit_memos (
    credit_memo_id uuid          not null constraint credit_memos_pkey primary key,
    number         text          null,
    legal_entity   text          null,
    customer_id    uuid          null,
    invoice_id     uuid          null,
    credit_date    date          null,
    currency       text          not null,
    open           numeric(19,4) not null,
    compact_key    text          null,
    loose_key      text          null,
    version        bigint        not null
);
create index credit_memos_customer on credit_memos (customer_id, credit_date, number) where open > 0;
create index credit_memos_compact_key on credit_memos (compact_key) where open > 0;
create index credit_memos_loose_key on credit_memos (loose_key) where open > 0;

-- Read model: credit memos that are to be applied with an allocation, and what they settle of its item.
create table allocation_credits (
    allocation_id  uuid          not null,
    credit_memo_id uuid          not null,
    amount         numeric(19,4) not null,
    constraint allocation_credits_pkey primary key (allocation_id, credit_memo_id)
);
create index allocation_credits_memo on allocation_credits (credit_memo_id);
alter table allocations add column credited numeric(19,4) not null default 0;
