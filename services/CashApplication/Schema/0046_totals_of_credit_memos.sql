-- What a credit memo credits, and what was done to it since: the rest must be open. Null where it was told to a version
-- that did not keep it; such a one is not checked.
alter table credit_memos add column total numeric(19,4) null;
create index credit_memos_of_customer on credit_memos (customer_id);

create table credit_memo_movements (
    credit_memo_id uuid          not null,
    version        bigint        not null,
    kind           text          not null,
    settled        numeric(19,4) not null,
    constraint credit_memo_movements_pkey primary key (credit_memo_id, version, kind)
);
