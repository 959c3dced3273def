alter table credit_receivables add column invoice_date date null;

-- Read model: cases, the queue of those in review among them.
create table credit_applications (
    application_id  uuid          not null constraint credit_applications_pkey primary key,
    kind            text          not null,
    status          text          not null,
    customer_id     uuid          not null,
    customer_name   text          not null,
    legal_entity    text          not null,
    requested       numeric(19,4) not null,
    currency        text          not null,
    requested_terms text          null,
    trigger         text          not null,
    submitted_at    timestamptz   not null,
    submitted_by    text          not null,
    score           int           null,
    risk_class      text          null,
    recommendation  text          null,
    policy          int           null,
    due_by          timestamptz   null,
    assigned_to     text          null,
    approval_id     uuid          null,
    granted         numeric(19,4) null,
    decided_at      timestamptz   null,
    decided_by      text          null,
    by_policy       boolean       null,
    round           int           not null default 1
);
create index credit_applications_queue on credit_applications (status, due_by, application_id);
create index credit_applications_customer on credit_applications (customer_id, submitted_at);
create index credit_applications_decided on credit_applications (legal_entity, decided_at);

-- Read model: the newest answer of the bureau about each customer.
create table bureau_reports (
    customer_id        uuid    not null constraint bureau_reports_pkey primary key,
    report_id          uuid    not null,
    received_on        date    not null,
    is_known           boolean not null,
    subject            text    null,
    name               text    null,
    failure_percentile int     null,
    delinquency_score  int     null,
    paydex             int     null,
    max_credit         numeric null,
    max_currency       text    null,
    start_year         int     null,
    findings           text[]  not null
);

-- Read model: the newest figures that were declared for each customer.
create table credit_financials (
    customer_id uuid        not null constraint credit_financials_pkey primary key,
    content     jsonb       not null,
    recorded_at timestamptz not null
);

-- What was paid to us, and how late; a payment that was taken back counts no more.
create table credit_payments (
    allocation_id uuid          not null constraint credit_payments_pkey primary key,
    customer_id   uuid          not null,
    currency      text          not null,
    amount        numeric(19,4) not null,
    value_date    date          not null,
    due_date      date          not null,
    is_reversed   boolean       not null
);
create index credit_payments_customer on credit_payments (customer_id, value_date) where not is_reversed;

-- Broken promises, breached plans, lost disputes, bounced payments.
create table credit_incidents (
    source_id   uuid   not null,
    kind        text   not null,
    customer_id uuid   not null,
    day         date   not null,
    version     bigint not null,
    holds       boolean not null,
    constraint credit_incidents_pkey primary key (source_id, kind)
);
create index credit_incidents_customer on credit_incidents (customer_id, day) where holds;

-- All whose unapplied money is in a receipt, where it is several customers'; null where it is customer_id's alone.
alter table receipt_owners add column sharers uuid[] null;
