-- Read model "accounting_calendars": which days of a legal entity take no posting any more.
create table accounting_calendars (
    legal_entity        text   not null constraint accounting_calendars_pkey primary key,
    closed_through      date   null,
    soft_closed_through date   null,
    adjusting_roles     text[] not null default '{}',
    version             bigint not null
);

-- Whoever posts holds this lock with all others who post, whoever closes or reopens holds it alone: so a period is never
-- closed between the decision to post into it and the commit of that.
create function accounting_calendar_key(entity text) returns bigint language sql immutable as $$
    select hashtextextended('accounting-calendar:' || entity, 0)
$$;

-- Part of every write with postings; the entities come in order, so that two writes cannot deadlock here. Raises what a
-- stream raises that has moved on: what was decided rests on a calendar that is no longer true.
create function check_posting_days(entities text[], days date[], adjusting boolean[]) returns void
language plpgsql as $$
declare
    entity text;
begin
    foreach entity in array entities loop
        perform pg_advisory_xact_lock_shared(accounting_calendar_key(entity));
    end loop;
    -- A statement of its own, so it sees what was committed while this waited for the lock.
    if exists (
        select 1 from unnest(entities, days, adjusting) p (entity, day, adjusting)
        join accounting_calendars c on c.legal_entity = p.entity
        where p.day <= c.closed_through or (p.day <= c.soft_closed_through and not p.adjusting)) then
        perform otc_version_conflict();
    end if;
end $$;

-- The day itself, or the first one after it that takes a posting which nobody can be asked about.
create function open_posting_day(entity text, day date) returns date language plpgsql as $$
declare
    first_open date;
begin
    perform pg_advisory_xact_lock_shared(accounting_calendar_key(entity));
    select greatest(closed_through, soft_closed_through) + 1 into first_open
    from accounting_calendars where legal_entity = entity;
    return greatest(day, first_open);
end $$;

-- Both tables grow alike, for they are read as one.
alter table journal_entries add column adjusting boolean not null default false;
alter table received_journal_entries add column adjusting boolean not null default false;
-- The day that cash application gave, where that period was closed here and the entry went to a later day; else null.
alter table journal_entries add column dated date null;
alter table received_journal_entries add column dated date null;
