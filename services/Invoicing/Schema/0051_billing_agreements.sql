-- Ways of billing that Credit has agreed on with customers, each to be set up as a billing schedule once. It is no read
-- model: Credit tells of them, and tells of all that it ever agreed on when it is asked to (catch-up).
create table billing_agreements (
    agreement_id uuid        not null constraint billing_agreements_pkey primary key,
    customer_id  uuid        not null,
    words        text        not null,
    plan         jsonb       null,
    schedule_id  uuid        not null,
    told_at      timestamptz not null default now()
);
create index billing_agreements_by_customer on billing_agreements (customer_id);
create index billing_agreements_by_time on billing_agreements (told_at, agreement_id);
