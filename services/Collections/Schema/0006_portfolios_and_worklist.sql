-- Which rule gave a customer to its collector; null where a person did.
alter table collectors add column rule text null, add column by_hand boolean not null default true,
    add column done_with text null;

create table overdue_states (
    customer_id  uuid        not null primary key,
    legal_entity text        not null,
    state        text        null,
    entered_on   date        not null,
    retries      integer     not null,
    arrears      jsonb       not null,
    changed_at   timestamptz not null
);
create index overdue_states_state on overdue_states (legal_entity, state) where state is not null;

-- Holds of a customer's credit, as Credit tells. The two messages of a hold may come in any order.
create table credit_holds (
    id          uuid    not null primary key,
    customer_id uuid    not null,
    code        text    not null,
    until       date    null,
    released    boolean not null
);
create index credit_holds_customer on credit_holds (customer_id) where not released;

-- Who needs attention, written whenever a customer is looked at.
create table worklist (
    customer_id  uuid          not null,
    currency     text          not null,
    legal_entity text          not null,
    name         text          not null,
    rank         numeric(24,4) not null,
    overdue      numeric(19,4) not null,
    days_overdue integer       not null,
    fingerprint  text          not null,
    work         jsonb         not null,
    primary key (customer_id, currency)
);
create index worklist_rank on worklist (legal_entity, rank desc);
