-- What was reported up to a moment is reported again in the same way: nothing is recorded at or before a moment that a
-- report was told. "told" is the latest of these moments; "settled" the latest one before which nobody is writing any more.
create table report_moments (
    is_only boolean     not null default true constraint report_moments_pkey primary key check (is_only),
    told    timestamptz not null,
    settled timestamptz not null
);
insert into report_moments (told, settled) values ('2000-01-01 00:00 UTC', '2000-01-01 00:00 UTC');

-- The latest moment that was told, for somebody who writes: under a lock that all writers share, so that a report sees who
-- had asked before it told its own moment. Each statement of the function sees what was committed before it.
create function last_moment_told() returns timestamptz language plpgsql as $$
declare
    last_told timestamptz;
begin
    perform pg_advisory_xact_lock_shared(1919247472, 1);
    select told into last_told from report_moments;
    return last_told;
end $$;

-- Part of every append. Raised where its moment is told already, with the one after which it must be.
create function check_recorded_at(at timestamptz) returns void language plpgsql as $$
declare
    last_told timestamptz := last_moment_told();
begin
    if at <= last_told then
        raise exception 'reports know all of this moment' using errcode = 'OT410',
            hint = to_char(last_told at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    end if;
end $$;

-- The same for rows that are no events: the moment itself, or the first one that is not told.
create function recorded_from(at timestamptz) returns timestamptz language sql volatile as $$
    select greatest(at, last_moment_told() + interval '1 microsecond')
$$;

-- The transactions that have asked and not ended.
create function moment_writers() returns setof text language sql volatile as $$
    select virtualtransaction from pg_locks
    where locktype = 'advisory' and classid = 1919247472 and objid = 1 and objsubid = 2 and granted
        and database = (select oid from pg_database where datname = current_database())
$$;
