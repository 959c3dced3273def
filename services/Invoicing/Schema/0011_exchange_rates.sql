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

-- Gives received lines in other currencies their base amounts as far as rates are known: those of one entry, or those that
-- rates of one day were missing for. The rule is that of every posting: the latest daily rate of the day or ten days before.
create function translate_received(books text, base text, units integer, entry uuid, rate_day date) returns void
language sql as $$
    update received_journal_lines l set base_debit = round(l.debit * t.rate, units),
        base_credit = round(l.credit * t.rate, units)
    from (
        select n.entry_id, n.line, r.rate from received_journal_entries e
        join received_journal_lines n on n.entry_id = e.entry_id
        cross join lateral (
            select x.rate from exchange_rates x where x.legal_entity = books and x.type = 'daily'
                and x.currency = n.currency and x.day <= coalesce(e.value_date, e.dated, e.posting_date)
                and x.day >= coalesce(e.value_date, e.dated, e.posting_date) - 10
            order by x.day desc limit 1) r
        where e.legal_entity = books and (entry is null or e.entry_id = entry)
            and (rate_day is null
                or coalesce(e.value_date, e.dated, e.posting_date) between rate_day and rate_day + 10)
            and n.currency <> base and n.base_debit is null) t
    where l.entry_id = t.entry_id and l.line = t.line
$$;
