-- Read model "approvals": what waits for an approval, and what became of it.
create table approvals (
    approval_id  uuid          not null constraint approvals_pkey primary key,
    kind         text          not null,
    legal_entity text          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    subject      text          not null,
    requested_by text          not null,
    requested_at timestamptz   not null,
    needed       integer       not null,
    given        integer       not null,
    roles        text[]        not null,
    status       text          not null,
    version      bigint        not null
);
create index approvals_waiting on approvals (requested_at) where status = 'Waiting';
