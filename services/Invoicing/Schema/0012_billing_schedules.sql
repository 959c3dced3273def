-- Read model "billing_schedules": what is to be billed next, and to whom.
create table billing_schedules (
    schedule_id     uuid    not null constraint billing_schedules_pkey primary key,
    legal_entity    text    not null,
    customer_id     uuid    not null,
    name            text    not null,
    kind            text    not null,
    currency        text    not null,
    next_bill_on    date    null,
    is_paused       boolean not null default false,
    ended_on        date    null,
    billed          integer not null default 0,
    -- Day on which the last try failed, and why; null after one that did not.
    refused_on      date    null,
    refused_code    text    null,
    version         bigint  not null
);
create index billing_schedules_customer on billing_schedules (customer_id);
create index billing_schedules_next on billing_schedules (next_bill_on) where next_bill_on is not null;
