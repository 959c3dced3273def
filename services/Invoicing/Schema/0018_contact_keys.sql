-- The key of each person among the contacts. Not part of any read model; backups that are kept for long leave it out.
create table contact_keys (
    contact_id  uuid        not null constraint contact_keys_pkey primary key,
    customer_id uuid        not null,
    key         bytea       not null,
    created_at  timestamptz not null
);
