-- What each queue of this service was bound to, and that its source was asked for what it had published before that.
create table otc_bindings (
    queue       text        not null,
    routing_key text        not null,
    asked_at    timestamptz not null default now(),
    constraint otc_bindings_pkey primary key (queue, routing_key)
);
