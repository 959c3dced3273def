-- Read model: what somebody should look at.
create table credit_alerts (
    alert_id        uuid        not null constraint credit_alerts_pkey primary key,
    customer_id     uuid        not null,
    kind            text        not null,
    detail          text        not null,
    raised_at       timestamptz not null,
    acknowledged_at timestamptz null,
    acknowledged_by text        null
);
create index credit_alerts_open on credit_alerts (raised_at, alert_id) where acknowledged_at is null;

-- Read model: requests for terms.
create table terms_requests (
    request_id     uuid          not null constraint terms_requests_pkey primary key,
    status         text          not null,
    customer_id    uuid          not null,
    customer_name  text          not null,
    legal_entity   text          not null,
    agreed_terms   text          not null,
    terms          text          not null,
    schedule       text          null,
    annual_billing numeric(19,4) not null,
    currency       text          not null,
    cost           numeric(19,4) not null,
    requested_at   timestamptz   not null,
    requested_by   text          not null
);
create index terms_requests_queue on terms_requests (status, requested_at, request_id);
