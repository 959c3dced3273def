-- Read model: segments of customers with a limit.
create table credit_segments (
    legal_entity text          not null,
    segment      text          not null,
    limit_amount numeric(19,4) not null,
    currency     text          not null,
    expires_on   date          null,
    constraint credit_segments_pkey primary key (legal_entity, segment)
);
create index credit_accounts_segment on credit_accounts (legal_entity, segment) where segment is not null;

-- Whoever gives credit to customers of a segment without a limit holds this lock with all others who do, whoever
-- changes the limit holds it alone: so no order that knew of none is still on its way when the first one is decided on
-- it.
create function credit_segment_key(entity text, segment text) returns bigint language sql immutable as $$
    select hashtextextended('credit-segment:' || entity || ':' || segment, 0)
$$;

-- Part of every write that approves orders without a decision on a segment: raises what a stream raises that has moved
-- on where the segment of a customer has a limit. The segments come in order, so that two writes cannot deadlock here.
create function check_credit_segments(customers uuid[]) returns void language plpgsql as $$
declare
    entity text;
    name   text;
begin
    for entity, name in
        select distinct a.legal_entity, a.segment from credit_accounts a
        where a.customer_id = any(customers) and a.segment is not null order by 1, 2
    loop
        perform pg_advisory_xact_lock_shared(credit_segment_key(entity, name));
        -- A statement of its own, so it sees what was committed while this waited for the lock.
        if exists (select 1 from credit_segments s where s.legal_entity = entity and s.segment = name) then
            perform otc_version_conflict();
        end if;
    end loop;
end $$;
