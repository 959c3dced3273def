-- In what order the parts of a legal entity's documents are settled, for issuing; null for the standard one. An older
-- version writes none: see the run book.
alter table legal_entities add column application_rules jsonb null;

-- As in 0020, and what it translates of an entry in one currency comes, together, to what the sum of it is worth: an entry
-- that balances in its currency balances in the books. A unit that rounding line by line has too much or too little is
-- given to the lines that it is closest to; to those of cash that is not applied only where no other can take it, since
-- they are taken off again at the very same worth.
create or replace function translate_received(books text, base text, units integer, entry uuid, rate_day date)
returns void language sql as $$
    update received_journal_lines l set
        base_debit = case when t.on_debit then t.worth else 0 end,
        base_credit = case when t.on_debit then 0 else -t.worth end, translated_at = clock_timestamp()
    from (
        select entry_id, line, on_debit, rounded + case when place <= abs(missing) then sign(missing) * unit else 0 end
            as worth
        from (
            select *, row_number() over (
                partition by entry_id, currency
                order by (exact - rounded) * sign(missing) > 0 desc, role in ('unapplied-cash', 'unidentified-cash'),
                    (exact - rounded) * sign(missing) desc, line) as place
            from (
                select *, (round(sum(exact) over lines, units) - sum(rounded) over lines) / unit as missing
                from (
                    select n.entry_id, n.line, n.currency, n.role, n.credit = 0 as on_debit,
                        (n.debit - n.credit) * r.rate as exact, round((n.debit - n.credit) * r.rate, units) as rounded,
                        power(10::numeric, -units) as unit
                    from received_journal_entries e
                    join received_journal_lines n on n.entry_id = e.entry_id
                    cross join lateral receipt_rate(
                        books, e.source_id, n.currency, coalesce(e.value_date, e.dated, e.posting_date)) r
                    where e.legal_entity = books and (entry is null or e.entry_id = entry)
                        and (rate_day is null
                            or coalesce(e.value_date, e.dated, e.posting_date) between rate_day and rate_day + 10)
                        and n.currency <> base and n.base_debit is null
                        and not exists (
                            select 1 from accounting_calendars c
                            where c.legal_entity = books and e.posting_date <= c.closed_through)) lines_at_rates
                window lines as (partition by entry_id, currency)) summed) placed) t
    where l.entry_id = t.entry_id and l.line = t.line
$$;
