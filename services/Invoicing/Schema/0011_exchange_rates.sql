-- Read model "exchange_rates": base currency per unit, by legal entity, type and day.
create table exchange_rates (
    legal_entity text    not null,
    type         text    not null,
    currency     text    not null,
    day          date    not null,
    rate         numeric not null,
    constraint exchange_rates_pkey primary key (legal_entity, type, currency, day)
);

-- What a document in another currency is in the books, by its booked rate. Null where it is in the books' currency: there
-- the amount itself is meant, also in rows of a version that knows no such column.
alter table open_items add column base_balance numeric(19,4) null;
alter table credit_memos add column base_open numeric(19,4) null;
alter table journal_lines add column base_debit numeric(19,4) null;
alter table journal_lines add column base_credit numeric(19,4) null;
alter table received_journal_lines add column base_debit numeric(19,4) null;
alter table received_journal_lines add column base_credit numeric(19,4) null;

-- By the rate of this day an entry of cash application is translated; null for our own, which bring their amounts along.
alter table journal_entries add column value_date date null;
alter table received_journal_entries add column value_date date null;

-- What the money of a receipt is worth in the books: fixed once, when the first of its entry and its applications needs
-- it, so that what comes in and what goes out is the same, whatever rates are set in between.
create table receipt_rates (
    legal_entity text    not null,
    receipt_id   uuid    not null,
    currency     text    not null,
    day          date    not null,
    rate         numeric not null,
    constraint receipt_rates_pkey primary key (legal_entity, receipt_id, currency)
);

-- The rate of a receipt, fixed now where it was not before; no row where there is none. The rule is that of every posting:
-- the latest daily rate of the day or ten days before.
create function receipt_rate(books text, receipt uuid, money text, value_day date)
returns table (day date, rate numeric) language plpgsql as $$
begin
    return query select r.day, r.rate from receipt_rates r
        where r.legal_entity = books and r.receipt_id = receipt and r.currency = money;
    if found then
        return;
    end if;
    insert into receipt_rates
        select books, receipt, money, x.day, x.rate from exchange_rates x
        where x.legal_entity = books and x.type = 'daily' and x.currency = money
            and x.day between value_day - 10 and value_day
        order by x.day desc limit 1
    on conflict do nothing;
    -- A statement of its own, so it sees the row of whoever came first.
    return query select r.day, r.rate from receipt_rates r
        where r.legal_entity = books and r.receipt_id = receipt and r.currency = money;
end $$;

-- Gives received lines in other currencies their base amounts as far as rates are known: those of one entry, or those that
-- rates of one day were missing for. What a closed period holds stays as it is.
create function translate_received(books text, base text, units integer, entry uuid, rate_day date) returns void
language sql as $$
    update received_journal_lines l set base_debit = round(l.debit * t.rate, units),
        base_credit = round(l.credit * t.rate, units)
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

-- The received entry that a period cannot be closed with yet: the first one without a worth in the books.
create function first_untranslated(books text, base text, through date)
returns table (source_number text, currency text, value_day date) language sql stable as $$
    select e.source_number, n.currency, coalesce(e.value_date, e.dated, e.posting_date)
    from received_journal_entries e join received_journal_lines n on n.entry_id = e.entry_id
    where e.legal_entity = books and e.posting_date <= through and n.currency <> base and n.base_debit is null
    order by e.posting_date, e.entry_id limit 1
$$;

-- Part of the write that closes a period, once nobody posts any more. Raises what a stream raises that has moved on.
create function check_translated(books text, base text, through date) returns void language plpgsql as $$
begin
    if exists (select 1 from first_untranslated(books, base, through)) then
        perform otc_version_conflict();
    end if;
end $$;
