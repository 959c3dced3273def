-- Up to which day the statements of each bank account are in, as cash application said it. No read model of ours: cash
-- application tells it again when it is asked. The legal entity is null until the account itself was heard of.
create table bank_accounts (
    code               text   not null constraint bank_accounts_pkey primary key,
    legal_entity       text   null,
    version            bigint not null default 0,
    statements_through date   null
);
create index bank_accounts_entity on bank_accounts (legal_entity);
