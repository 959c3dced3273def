-- Folded states of accounts with long streams, so that one that no instance remembers is not folded from its first event. A
-- cache: whatever is deleted here is folded again.
create table credit_account_snapshots (
    stream_id  uuid        not null,
    shape      int         not null,
    version    bigint      not null,
    state      bytea       not null,
    written_at timestamptz not null,
    constraint credit_account_snapshots_pkey primary key (stream_id, shape)
);
-- It is packed already.
alter table credit_account_snapshots alter column state set storage external;
