-- Customers that Invoicing has found to be duplicates; no survivor where the merge was undone. What they owe is asked for
-- as the survivor's: then billed_to says who was billed. What an instance of the version before writes of such an item is
-- put right when the customer is looked at next.
create table merged_customers (
    customer_id uuid   not null primary key,
    survivor_id uuid   null,
    version     bigint not null
);
create index merged_customers_survivor on merged_customers (survivor_id) where survivor_id is not null;

alter table open_items add column billed_to uuid null;
create index open_items_billed_to on open_items (billed_to) where billed_to is not null;

-- What is open of credit memos. Only the issue names the customer; a change that comes before it waits here for it.
create table credit_memos (
    id          uuid          not null primary key,
    customer_id uuid          null,
    currency    text          not null,
    open        numeric(19,4) not null,
    version     bigint        not null
);
create index credit_memos_open on credit_memos (customer_id) where open > 0;
