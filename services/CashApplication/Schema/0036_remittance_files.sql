-- Files of remittance advices as they came, and which advices each had. An advice that came alone, or was taken by an older
-- version, has none.
create table remittance_files (
    id           uuid        not null constraint remittance_files_pkey primary key,
    legal_entity text        not null,
    content      bytea       not null,
    received_at  timestamptz not null,
    received_by  text        not null
);
alter table remittance_files alter column content set storage external;

create table remittance_file_advices (
    remittance_id uuid not null constraint remittance_file_advices_pkey primary key,
    file_id       uuid not null
);
