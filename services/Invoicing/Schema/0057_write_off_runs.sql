-- Read model "write_off_runs": runs that write off small balances of invoices, and what became of each rest. An older
-- version writes none and reads none.
create table write_off_runs (
    run_id            uuid          not null constraint write_off_runs_pkey primary key,
    legal_entity      text          not null,
    currency          text          not null,
    most              numeric(19,4) not null,
    posting_date      date          not null,
    reason            text          not null,
    requested_by      text          not null,
    requested_at      timestamptz   not null,
    status            text          not null,
    count             integer       not null,
    total             numeric(19,4) not null,
    done              integer       not null default 0,
    written_off_count integer       not null default 0,
    written_off       numeric(19,4) not null default 0,
    version           bigint        not null,
    -- No more is dealt with or given up than was asked for; here it would stop the write.
    constraint write_off_runs_bound check (done <= count and written_off_count <= done and written_off <= total)
);
create index write_off_runs_entity on write_off_runs (legal_entity, requested_at, run_id);

create table write_off_run_items (
    run_id         uuid          not null,
    ordinal        integer       not null,
    invoice_id     uuid          not null,
    invoice_number text          not null,
    installment    integer       not null,
    customer_id    uuid          not null,
    rest           numeric(19,4) not null,
    outcome        text          not null default 'waiting',
    code           text          null,
    detail         text          null,
    constraint write_off_run_items_pkey primary key (run_id, ordinal),
    constraint write_off_run_items_once unique (run_id, invoice_id, installment)
);
