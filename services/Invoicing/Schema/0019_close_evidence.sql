-- Names what the checklist of a month end was read from, so that a close can see whether something came meanwhile.
-- Entries are only ever added, so their number says it.
create function close_evidence(books text, through date) returns text language sql stable as $$
    select concat_ws(
        '/',
        (select count(*) from journal_entries where legal_entity = books and posting_date <= through),
        (select count(*) from received_journal_entries where legal_entity = books and posting_date <= through),
        (select md5(string_agg(concat_ws(':', type, currency, day, rate), ',' order by type, currency, day))
            from exchange_rates where legal_entity = books and day between through - 10 and through))
$$;

-- The same in the transaction that closes, where nobody else posts. Raises what a stream raises that has moved on.
create function check_close_evidence(books text, through date, seen text) returns void language plpgsql as $$
begin
    if close_evidence(books, through) <> seen then
        perform otc_version_conflict();
    end if;
end $$;
