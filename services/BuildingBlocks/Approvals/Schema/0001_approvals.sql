-- Read model "approvals": what waits for an approval, and what became of it. Where an earlier version of a service made
-- the table in a file of its own, that one stays.
create table if not exists approvals (
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
alter table approvals add column if not exists expires_at timestamptz;
create index if not exists approvals_waiting on approvals (requested_at) where status = 'Waiting';
create index if not exists approvals_by_time on approvals (requested_at, approval_id);
create index if not exists approvals_expiring on approvals (expires_at)
    where status = 'Waiting' and expires_at is not null;
