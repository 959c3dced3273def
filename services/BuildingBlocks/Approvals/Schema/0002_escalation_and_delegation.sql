-- When a request that still waits is shown to others, and since when it is.
alter table approvals
    add column if not exists escalates_at timestamptz,
    add column if not exists escalated_at timestamptz;
create index if not exists approvals_escalating on approvals (escalates_at)
    where status = 'Waiting' and escalates_at is not null and escalated_at is null;

-- Read model "approval_delegations": who decides by whose roles, from when until when.
create table if not exists approval_delegations (
    delegation_id uuid        not null constraint approval_delegations_pkey primary key,
    legal_entity  text        not null,
    delegated_by  text        not null,
    delegated_to  text        not null,
    roles         text[]      not null,
    starts_at     timestamptz not null,
    ends_at       timestamptz not null,
    revoked       boolean     not null,
    version       bigint      not null
);
create index if not exists approval_delegations_to on approval_delegations (delegated_to, ends_at);
create index if not exists approval_delegations_of_entity
    on approval_delegations (legal_entity, starts_at, delegation_id);
