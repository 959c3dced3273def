-- Replica of what customers have agreed to with Collections: promises to pay and payment plans.
create table agreements (
    id           uuid          not null constraint agreements_pkey primary key,
    kind         text          not null,
    legal_entity text          not null,
    customer_id  uuid          not null,
    status       text          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    due_on       date          not null,
    level        integer       not null,
    steps        jsonb         not null,
    items        jsonb         not null,
    version      bigint        not null
);
create index agreements_customer on agreements (customer_id, due_on);
create index agreements_in_force on agreements (customer_id) where status in ('open', 'active');
