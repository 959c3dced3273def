-- Replica: that Collections wants payment tried again, the newest word for each customer and currency; and how its
-- overdue states move on, for a word that an earlier state has said is over.
create table payment_retries (
    id           uuid          not null constraint payment_retries_pkey primary key,
    customer_id  uuid          not null,
    currency     text          not null,
    legal_entity text          not null,
    state        text          not null,
    attempt      integer       not null,
    amount       numeric(19,4) not null,
    asked_at     timestamptz   not null,
    version      bigint        not null
);
create index payment_retries_customer on payment_retries (customer_id, version);
create index payment_retries_asked on payment_retries (legal_entity, asked_at, id);

create table overdue_states (
    customer_id uuid   not null constraint overdue_states_pkey primary key,
    state       text   null,
    version     bigint not null
);

-- Replica: holds of Collections; while one on all of a customer lasts nothing of it is presented again, while one on an
-- invoice lasts nothing for that.
create table contact_holds (
    id          uuid    not null constraint contact_holds_pkey primary key,
    customer_id uuid    not null,
    kind        text    not null,
    invoice_id  uuid    null,
    installment integer null,
    until       date    not null,
    is_over     boolean not null default false,
    version     bigint  not null
);
create index contact_holds_customer on contact_holds (customer_id) where not is_over;

-- Read model: what was done about that, and each debit or card payment that was made of it.
create table presentations (
    id       uuid   not null constraint presentations_pkey primary key,
    answered bigint not null,
    refused  text   null,
    version  bigint not null
);

create table presentation_attempts (
    pending_id      uuid          not null constraint presentation_attempts_pkey primary key,
    presentation_id uuid          not null,
    customer_id     uuid          not null,
    number          bigint        not null,
    method          text          not null,
    instrument      text          not null,
    amount          numeric(19,4) not null,
    on_day          date          not null,
    is_final        boolean       not null default false
);
create index presentation_attempts_made on presentation_attempts (presentation_id, number);
create index presentation_attempts_final on presentation_attempts (customer_id, instrument) where is_final;
