create table contact_attempts (
    id           uuid        not null primary key,
    legal_entity text        not null,
    customer_id  uuid        not null,
    channel      text        not null,
    address      text        null,
    contact_name text        null,
    outcome      text        not null,
    rule         text        null,
    detail       text        null,
    until        timestamptz null,
    conversation boolean     not null,
    notice_id    uuid        null,
    activity_id  uuid        null,
    at           timestamptz not null,
    by           text        not null
);
create index contact_attempts_customer on contact_attempts (customer_id, at);
create index contact_attempts_legal_entity on contact_attempts (legal_entity, at);

create table failed_addresses (
    customer_id uuid        not null,
    address     text        not null,
    detail      text        not null,
    at          timestamptz not null,
    primary key (customer_id, address)
);

create table tasks (
    id           uuid        not null primary key,
    legal_entity text        not null,
    customer_id  uuid        not null,
    kind         text        not null,
    text         text        not null,
    due_on       date        not null,
    assignee     text        null,
    notice_id    uuid        null,
    state        text        not null,
    result       text        null,
    created_at   timestamptz not null,
    created_by   text        not null,
    ended_at     timestamptz null,
    ended_by     text        null,
    version      bigint      not null
);
create index tasks_customer on tasks (customer_id) where state = 'open';
create index tasks_legal_entity on tasks (legal_entity, due_on);

create table escalations (
    id              uuid        not null primary key,
    legal_entity    text        not null,
    customer_id     uuid        not null,
    target          text        not null,
    cause           text        not null,
    source_id       uuid        null,
    text            text        not null,
    acknowledge_by  date        not null,
    status          text        not null,
    acknowledged_by text        null,
    result          text        null,
    raised_at       timestamptz not null,
    raised_by       text        not null,
    ended_at        timestamptz null,
    version         bigint      not null
);
create index escalations_customer on escalations (customer_id) where status <> 'closed';
create index escalations_legal_entity on escalations (legal_entity, acknowledge_by);

create table recommendations (
    id           uuid          not null primary key,
    legal_entity text          not null,
    customer_id  uuid          not null,
    kind         text          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    items        integer       not null,
    score        integer       not null,
    reason       text          not null,
    approval_id  uuid          null,
    status       text          not null,
    under_way    boolean       not null,
    detail       text          null,
    made_at      timestamptz   not null,
    made_by      text          not null,
    settled_at   timestamptz   null,
    version      bigint        not null
);
create unique index recommendations_under_way on recommendations (customer_id, kind) where under_way;
create index recommendations_customer on recommendations (customer_id, made_at);
create index recommendations_legal_entity on recommendations (legal_entity, made_at);

create table recommendation_items (
    recommendation_id uuid    not null,
    invoice_id        uuid    not null,
    installment       integer not null,
    primary key (recommendation_id, invoice_id, installment)
);

create table placements (
    id                 uuid          not null primary key,
    legal_entity       text          not null,
    customer_id        uuid          not null,
    agency             text          not null,
    commission_percent numeric(7,4)  not null,
    currency           text          not null,
    amount             numeric(19,4) not null,
    received           numeric(19,4) not null,
    commission         numeric(19,4) not null,
    reason             text          not null,
    approval_id        uuid          null,
    status             text          not null,
    proposed_at        timestamptz   not null,
    proposed_by        text          not null,
    placed_at          timestamptz   null,
    ended_at           timestamptz   null,
    version            bigint        not null
);
create index placements_customer on placements (customer_id);
create index placements_legal_entity on placements (legal_entity, agency);

create table placement_items (
    placement_id   uuid    not null,
    invoice_id     uuid    not null,
    installment    integer not null,
    source_version bigint  not null,
    placed         boolean not null,
    primary key (placement_id, invoice_id, installment)
);
create unique index placement_items_placed on placement_items (invoice_id, installment) where placed;
