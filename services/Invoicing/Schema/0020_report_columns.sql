-- When the money of a payment counted at the bank, and which allocation a row applies or takes back: how late customers
-- pay is told by value dates, of what was not taken back.
alter table subledger_entries add column value_date date null;
alter table subledger_entries add column allocation_id uuid null;

-- The terms that were agreed where an invoice has others.
alter table invoices add column agreed_terms text null;

-- Since when a line of a received entry has its worth in the books; null where it always had, or has none. Of our own
-- it is null, but both journals have the same columns.
alter table journal_lines add column translated_at timestamptz null;
alter table received_journal_lines add column translated_at timestamptz null;

-- As before, and it says when.
create or replace function translate_received(books text, base text, units integer, entry uuid, rate_day date)
returns void language sql as $$
    update received_journal_lines l set base_debit = round(l.debit * t.rate, units),
        base_credit = round(l.credit * t.rate, units), translated_at = clock_timestamp()
    from (
        select n.entry_id, n.line, r.rate from received_journal_entries e
        join received_journal_lines n on n.entry_id = e.entry_id
        cross join lateral receipt_rate(
            books, e.source_id, n.currency, coalesce(e.value_date, e.dated, e.posting_date)) r
        where e.legal_entity = books and (entry is null or e.entry_id = entry)
            and (rate_day is null
                or coalesce(e.value_date, e.dated, e.posting_date) between rate_day and rate_day + 10)
            and n.currency <> base and n.base_debit is null
            and not exists (
                select 1 from accounting_calendars c
                where c.legal_entity = books and e.posting_date <= c.closed_through)) t
    where l.entry_id = t.entry_id and l.line = t.line
$$;
