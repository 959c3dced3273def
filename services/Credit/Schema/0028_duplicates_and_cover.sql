-- How a customer pays, as its score sees it, as of the last daily run.
alter table credit_figures
    add column days_beyond_terms numeric null,
    add column on_time_percent   numeric null,
    add column monthly_billing   numeric null;

-- What holds a customer: its own holds, and those of its duplicates but for what its own rules see in what it took over.
create view credit_standing_holds as
select h.customer_id, h.hold_id, h.code, h.until from credit_holds h
union all
select x.survivor_id, h.hold_id, h.code, h.until
from (select distinct survivor_id, duplicate_id from credit_absorbed) x
join credit_holds h on h.customer_id = x.duplicate_id
where not (h.by_rule and h.code in ('past-due', 'over-limit-hold'));

-- As before; of cover in another currency, too, its part of what counts is secured, up to its sum at the day's rate.
create or replace function credit_positions_of(at timestamptz, entity text, ids uuid[])
returns table (
    customer_id uuid, legal_entity text, currency text, today date, limit_set numeric, limit_until date,
    granted numeric, gross numeric, secured numeric, counted numeric, has_unknown boolean)
language sql stable as $$
    with books as (
        select e.code, e.base_currency, (at at time zone e.time_zone)::date as today,
               p.content->'Exposure' as exposure, p.content->'Limits' as limits
        from legal_entities e
        left join lateral (
            select content from credit_policies where legal_entity = e.code order by number desc limit 1) p on true
    ), settings as (
        select code, base_currency, today,
               coalesce((exposure->>'Disputed')::boolean, true) as disputed,
               coalesce((exposure->>'OpenOrders')::boolean, true) as orders,
               coalesce((exposure->>'UnbilledDeliveries')::boolean, true) as deliveries,
               coalesce((exposure->>'UnappliedCash')::boolean, true) as cash,
               coalesce((exposure->>'UnappliedPercent')::numeric, 100) as cash_percent,
               coalesce((exposure->>'OpenCredits')::boolean, false) as credits,
               coalesce((exposure->>'Secured')::boolean, true) as secured,
               coalesce((limits->>'WithoutExpiryGrants')::boolean, true) as without_expiry,
               (exposure->>'HorizonDays')::int as horizon,
               coalesce((exposure->>'RateDays')::int, 7) as rate_days
        from books
    ), rates as (
        select s.code, r.currency, r.rate
        from settings s
        cross join lateral (
            select distinct on (x.currency) x.currency, x.rate from entity_rates(s.code, s.base_currency) x
            where x.day between s.today - s.rate_days and s.today
            order by x.currency, x.day desc, x.is_own desc) r
        union all
        select code, base_currency, 1 from settings where base_currency is not null
    ), accounts as (
        select a.*, coalesce(s.today, (at at time zone 'UTC')::date) as on_day, s.horizon,
               coalesce(s.disputed, true) as with_disputed, coalesce(s.orders, true) as with_orders,
               coalesce(s.deliveries, true) as with_deliveries,
               coalesce(s.cash, true) as with_cash, coalesce(s.cash_percent, 100) as cash_percent,
               coalesce(s.credits, false) as with_credits,
               coalesce(s.secured, true) as with_cover, coalesce(s.without_expiry, true) as without_expiry
        from credit_accounts a left join settings s on s.code = a.legal_entity
        where (entity is null or a.legal_entity = entity) and (ids is null or a.customer_id = any(ids))
    ), unsettled as (
        select a.customer_id, u.currency, sum(u.unapplied) as unapplied, sum(u.spent) as spent
        from accounts a join credit_unsettled u on u.customer_id = a.customer_id and u.until >= a.on_day
        group by a.customer_id, u.currency
    ), unsettled_of_duplicates as (
        select x.duplicate_id, u.currency, sum(u.unapplied) as unapplied, sum(u.spent) as spent
        from accounts a
        join credit_absorbed x on x.survivor_id = a.customer_id
        join credit_unsettled u on u.customer_id = x.duplicate_id and u.currency = x.currency and u.until >= a.on_day
        group by x.duplicate_id, u.currency
    ), parts as (
        select a.customer_id, x.currency,
               x.open_receivables - case when a.with_disputed then 0 else x.disputed end
               + case when a.with_orders then x.open_orders - coalesce((
                     select sum(o.reserved) from order_checks o
                     where o.customer_id = a.customer_id and o.currency = x.currency and o.reserved > 0
                       and o.needed_on > a.on_day + a.horizon), 0) else 0 end
               + case when a.with_deliveries then x.unbilled_deliveries else 0 end
               - case when a.with_cash then round((x.unapplied_cash - coalesce(u.unapplied, 0)) * a.cash_percent / 100,
                     minor_units(x.currency)) else 0 end
               + coalesce(u.spent, 0)
               - case when a.with_credits then x.open_credits else 0 end as amount,
               case when x.currency = a.currency then 1 else f.rate / t.rate end as rate, a.currency as into
        from accounts a
        join credit_exposures x on x.customer_id = a.customer_id
        left join unsettled u on u.customer_id = a.customer_id and u.currency = x.currency
        left join rates f on f.code = a.legal_entity and f.currency = x.currency
        left join rates t on t.code = a.legal_entity and t.currency = a.currency
        union all
        select a.customer_id, x.currency,
               x.open_receivables - case when a.with_disputed then 0 else x.disputed end
               + case when a.with_orders then x.open_orders else 0 end
               + case when a.with_deliveries then x.unbilled_deliveries else 0 end
               - case when a.with_cash then round((x.unapplied_cash - coalesce(u.unapplied, 0)) * a.cash_percent / 100,
                     minor_units(x.currency)) else 0 end
               + coalesce(u.spent, 0)
               - case when a.with_credits then x.open_credits else 0 end,
               case when x.currency = a.currency then 1 else f.rate / t.rate end, a.currency
        from accounts a
        join credit_absorbed x on x.survivor_id = a.customer_id
        left join unsettled_of_duplicates u on u.duplicate_id = x.duplicate_id and u.currency = x.currency
        left join rates f on f.code = a.legal_entity and f.currency = x.currency
        left join rates t on t.code = a.legal_entity and t.currency = a.currency
    ), sums as (
        select p.customer_id,
               coalesce(sum(round(p.amount * p.rate, minor_units(p.into))), 0) as gross,
               bool_or(p.rate is null and p.amount > 0) as has_unknown
        from parts p group by p.customer_id
    ), cover as (
        select a.customer_id,
               sum(least(w.most, round(coalesce(s.gross, 0) * c.percent / 100, minor_units(a.currency))))
                   filter (where w.most is not null) as amount
        from accounts a
        join credit_cover c on c.customer_id = a.customer_id
            and c.valid_from <= a.on_day and (c.valid_until is null or c.valid_until >= a.on_day)
        left join sums s on s.customer_id = a.customer_id
        left join rates f on f.code = a.legal_entity and f.currency = c.currency
        left join rates t on t.code = a.legal_entity and t.currency = a.currency
        cross join lateral (
            select case when c.currency = a.currency then c.amount
                   else round(c.amount * f.rate / t.rate, minor_units(a.currency)) end as most) w
        group by a.customer_id
    ), limits as (
        select a.customer_id,
               a.temporary_limit is not null and a.on_day between a.temporary_from and a.temporary_until as some,
               coalesce(a.limit_expires_on >= a.on_day, a.without_expiry) as holds
        from accounts a
    )
    select a.customer_id, a.legal_entity, a.currency, a.on_day,
           case when l.some then a.temporary_limit else a.limit_amount end,
           case when l.some then a.temporary_until else a.limit_expires_on end,
           case when l.some then a.temporary_limit when l.holds then coalesce(a.limit_amount, 0) else 0 end,
           g.gross, g.secured, g.gross - g.secured, coalesce(s.has_unknown, false)
    from accounts a
    join limits l on l.customer_id = a.customer_id
    left join sums s on s.customer_id = a.customer_id
    left join cover c on c.customer_id = a.customer_id
    cross join lateral (
        select coalesce(s.gross, 0) as gross,
               case when a.with_cover and coalesce(s.gross, 0) > 0
                   then least(coalesce(c.amount, 0), s.gross) else 0 end as secured) g
$$;
