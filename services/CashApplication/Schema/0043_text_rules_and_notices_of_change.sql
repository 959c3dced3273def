-- Rules about texts of payments are found by their first word.
create index profile_traits_text on profile_traits (legal_entity, (split_part(key, ' ', 1))) where trait = 'text';

-- Notices of change are lines that book nothing; the account that one is about, where the line tells it.
alter table statement_lines add column changed_account text null;
create index statement_lines_notices on statement_lines (bank_account, booking_date)
    where class = 'information' and text ~ '^C[0-9]{2} [a-z ]*: ';

-- Read model: notices of change that a person has acted on.
create table acted_on_notices (
    import_id uuid        not null,
    statement integer     not null,
    entry     integer     not null,
    note      text        not null,
    acted_by  text        not null,
    acted_at  timestamptz not null,
    constraint acted_on_notices_pkey primary key (import_id, statement, entry)
);
