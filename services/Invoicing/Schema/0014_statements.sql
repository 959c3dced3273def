-- What a customer's money is, in both journals.
create index journal_entries_customer on journal_entries (customer_id) where customer_id is not null;
create index received_journal_entries_customer on received_journal_entries (customer_id) where customer_id is not null;

-- Who was a duplicate of whom, at any time.
create index customer_versions_merged on customer_versions (merged_into) where merged_into is not null;

-- Read model "statements": what was sent to whom, and what became of it.
create table statement_runs (
    run_id       uuid        not null constraint statement_runs_pkey primary key,
    legal_entity text        not null,
    cycle        text        not null,
    from_date    date        not null,
    to_date      date        not null,
    known_at     timestamptz not null,
    pdf          boolean     not null,
    started_by   text        not null,
    started_at   timestamptz not null,
    finished_at  timestamptz null,
    made         integer     null,
    made_before  integer     null,
    nothing      integer     null,
    failed       integer     null,
    version      bigint      not null
);
create index statement_runs_entity on statement_runs (legal_entity, started_at);

create table statements (
    statement_id uuid        not null constraint statements_pkey primary key,
    run_id       uuid        null,
    legal_entity text        not null,
    customer_id  uuid        not null,
    from_date    date        not null,
    to_date      date        not null,
    known_at     timestamptz not null,
    channel      text        not null,
    addressed    boolean     not null,
    pdf          boolean     not null,
    due          jsonb       not null,
    sha256       text        not null,
    status       text        not null,
    reason       text        null,
    sends        integer     not null,
    prepared_at  timestamptz not null,
    changed_at   timestamptz not null,
    version      bigint      not null
);
create index statements_customer on statements (customer_id, to_date);
create index statements_run on statements (run_id) where run_id is not null;
create index statements_status on statements (status, changed_at) where status in ('NotSent', 'Bounced');

-- Statements byte for byte as they were made and sent. No read model: nothing makes them a second time.
create table statement_documents (
    statement_id uuid  not null,
    name         text  not null,
    content      bytea not null,
    constraint statement_documents_pkey primary key (statement_id, name)
);
