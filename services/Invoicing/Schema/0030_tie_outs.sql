-- When the ledger was held against itself last, and how many sums and items did not tie. One instance does it and the
-- others tell what it found; another one begins anew where it has not ended.
create table tie_outs (
    is_only     boolean     not null default true constraint tie_outs_pkey primary key check (is_only),
    begun_at    timestamptz not null,
    checked_at  timestamptz not null,
    differences integer     not null
);
insert into tie_outs (begun_at, checked_at, differences) values ('2000-01-01 00:00 UTC', '2000-01-01 00:00 UTC', 0);

-- Entries are only ever added, and none below a close: so those above the last one say whether something came. Counting
-- all since the beginning took longer with each year, and keeps whoever posts waiting where it is counted at the close.
create or replace function close_evidence(books text, through date) returns text language sql stable as $$
    with closed as (
        select coalesce((select closed_through from accounting_calendars where legal_entity = books), '-infinity') as day)
    select concat_ws(
        '/',
        closed.day,
        (select count(*) from journal_entries
            where legal_entity = books and posting_date > closed.day and posting_date <= through),
        (select count(*) from received_journal_entries
            where legal_entity = books and posting_date > closed.day and posting_date <= through),
        (select md5(string_agg(concat_ws(':', type, currency, day, rate), ',' order by type, currency, day))
            from exchange_rates where legal_entity = books and exchange_rates.day between through - 10 and through))
    from closed
$$;
