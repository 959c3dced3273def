-- Forecasts as they were made; what came is looked up when they are scored.
create table forecasts (
    id           uuid        not null primary key,
    legal_entity text        not null,
    as_of        date        not null,
    through      date        not null,
    items        integer     not null,
    content      jsonb       not null,
    made_at      timestamptz not null,
    made_by      text        not null,
    unique (legal_entity, as_of)
);
