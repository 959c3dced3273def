-- The event tables have Marten's names, columns, types and constraints exactly, so that a team may open the database with
-- Marten. Nothing of ours is added to these three tables: Marten's schema check drops what it does not know.

create sequence mt_events_sequence;

create table mt_streams (
    id          uuid        not null constraint pkey_mt_streams_id primary key,
    type        varchar     null,
    version     bigint      null,
    timestamp   timestamptz not null default now(),
    created     timestamptz not null default now(),
    tenant_id   varchar     null default '*DEFAULT*',
    is_archived bool        null default false
);

create table mt_events (
    seq_id         bigint       not null default nextval('mt_events_sequence') constraint pkey_mt_events_seq_id primary key,
    id             uuid         not null,
    stream_id      uuid         null constraint fkey_mt_events_stream_id references mt_streams (id) on delete cascade,
    version        bigint       not null,
    data           jsonb        not null,
    bdata          bytea        null,
    type           varchar(500) not null,
    timestamp      timestamptz  not null default now(),
    tenant_id      varchar      null default '*DEFAULT*',
    mt_dotnet_type varchar      null,
    correlation_id varchar      null,
    causation_id   varchar      null,
    headers        jsonb        null,
    user_name      varchar      null,
    is_archived    bool         null default false
);

alter sequence mt_events_sequence owned by mt_events.seq_id;
create unique index pk_mt_events_stream_and_version on mt_events (stream_id, version);

create table mt_event_progression (
    name         varchar     not null constraint pk_mt_event_progression primary key,
    last_seq_id  bigint      null,
    last_updated timestamptz null default transaction_timestamp()
);

-- Raised inside a write when a stream is not at the version that the decision was made on. The whole write rolls back;
-- the SQLSTATE is ours, so that the loss is told from every other failure without reading a text.
create function otc_version_conflict() returns integer language plpgsql as $$
begin
    raise exception 'a stream has moved on' using errcode = 'OT409';
end $$;

-- Messages already handled, per consumer: the row and the change it guards commit together, so twice is once.
create table otc_inbox (
    consumer    text        not null,
    message_id  uuid        not null,
    received_at timestamptz not null default now(),
    constraint otc_inbox_pkey primary key (consumer, message_id)
);
create index otc_inbox_received_at on otc_inbox (received_at);

-- Answers already given, per caller and Idempotency-Key; written in the transaction of the change they answer.
create table otc_idempotency_keys (
    caller       text        not null,
    key          text        not null,
    request_hash bytea       not null,
    status       integer     not null,
    location     text        null,
    etag         text        null,
    body         bytea       not null,
    created_at   timestamptz not null default now(),
    constraint otc_idempotency_keys_pkey primary key (caller, key)
);
create index otc_idempotency_keys_created_at on otc_idempotency_keys (created_at);

-- What each queue of this service was bound to, and that its source was asked for what it had published before that.
create table otc_bindings (
    queue       text        not null,
    routing_key text        not null,
    asked_at    timestamptz not null default now(),
    constraint otc_bindings_pkey primary key (queue, routing_key)
);
