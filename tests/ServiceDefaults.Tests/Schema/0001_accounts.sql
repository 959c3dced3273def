create table accounts (
    id           uuid not null constraint accounts_pkey primary key,
    legal_entity text not null,
    name         text not null constraint accounts_name_key unique,
    kind         text not null,
    opened       date not null
);

create table turnover (
    id     uuid           not null constraint turnover_pkey primary key,
    amount numeric(19, 4) not null
);
