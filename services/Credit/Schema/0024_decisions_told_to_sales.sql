-- What sales is told of decisions by mail, and what came of it: a row waits until it is sent or given up. It is no read
-- model and is not built anew from the log: what is out stays out.
create table credit_decision_mails (
    mail_id         uuid        not null constraint credit_decision_mails_pkey primary key,
    application_id  uuid        not null,
    decision        bigint      not null,
    customer_id     uuid        not null,
    address         text        not null,
    from_name       text        not null,
    subject         text        not null,
    content         text        not null,
    queued_at       timestamptz not null,
    tries           int         not null default 0,
    next_try_at     timestamptz not null,
    failure         text        null,
    sent_at         timestamptz null,
    given_up_at     timestamptz null,
    acknowledged_at timestamptz null,
    acknowledged_by text        null,
    constraint credit_decision_mails_once unique (application_id, decision)
);
create index credit_decision_mails_waiting on credit_decision_mails (next_try_at)
    where sent_at is null and given_up_at is null;
create index credit_decision_mails_given_up on credit_decision_mails (customer_id) where given_up_at is not null;
