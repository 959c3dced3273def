using Dapper;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Works out the figures of a year of all customers of a legal entity, in sets: the average of what they owed at the
/// end of each day in the entity's time zone, of as many days as are known; and days of sales outstanding, which are
/// what they owe now ÷ what was billed in the last 365 days × 365. Both are of what is in the currency of the account.
/// Beside them is kept how late they pay, as their scores see it.
/// Balances that no such day ends with are forgotten once the day is over everywhere.
/// </summary>
public sealed class CustomerFigures(EventStore store, DecisionBooks books, FactsReader reader)
{
    /// <summary>Each of them may have a balance for every quarter of an hour of a year.</summary>
    private const int SetSize = 100;

    private const string Page =
        "select customer_id from credit_accounts where legal_entity = @legalEntity and customer_id > @after " +
        "order by customer_id limit @SetSize";

    /// <summary>A day may be run again as it was some weeks ago.</summary>
    private const string Forget =
        """
        delete from credit_balance_moments b
        using credit_accounts a left join legal_entities e on e.code = a.legal_entity
        cross join lateral (select coalesce(e.time_zone, 'UTC') as zone) z
        where a.customer_id = any(@ids) and b.customer_id = a.customer_id
          and b.at < (@today::date - 2)::timestamp at time zone z.zone
          and exists (
              select from credit_balance_moments o
              where o.customer_id = b.customer_id and o.currency = b.currency and o.at > b.at
                and o.at < greatest(
                    ((b.at at time zone z.zone)::date + 1)::timestamp at time zone z.zone,
                    (@today::date - 400)::timestamp at time zone z.zone))
        """;

    private const string Refresh =
        """
        with page as (
            select a.customer_id, a.currency, coalesce(e.time_zone, 'UTC') as zone
            from credit_accounts a left join legal_entities e on e.code = a.legal_entity
            where a.customer_id = any(@ids)
        ), days as (
            select distinct on (b.customer_id, d.day) b.customer_id, d.day, b.balance
            from page p
            join credit_balance_moments b on b.customer_id = p.customer_id and b.currency = p.currency
            cross join lateral (select (b.at at time zone p.zone)::date as day) d
            where b.at < (@today::date + 1)::timestamp at time zone p.zone
              and b.at >= coalesce((
                  select max(o.at) from credit_balance_moments o
                  where o.customer_id = p.customer_id and o.currency = p.currency
                    and o.at < (@today::date - 363)::timestamp at time zone p.zone), '-infinity')
            order by b.customer_id, d.day, b.at desc
        ), spans as (
            select customer_id, balance, greatest(day, @today::date - 364) as first,
                   coalesce(lead(day) over (partition by customer_id order by day), @today::date + 1) as next
            from days
        ), owed as (
            select customer_id, sum(balance * (next - first)) / sum(next - first) as average
            from spans where next > first group by customer_id
        ), billed as (
            select p.customer_id, sum(r.balance) * 365 / nullif(sum(r.amount) filter (
                where r.invoice_date > @today::date - 365 and r.invoice_date <= @today), 0) as days
            from page p
            join credit_receivables r on r.customer_id = p.customer_id and r.currency = p.currency
            group by p.customer_id
        )
        insert into credit_figures (customer_id, as_of, average_balance, days_sales_outstanding)
        select p.customer_id, @today, round(o.average, minor_units(p.currency)), round(b.days, 1)
        from page p
        left join owed o on o.customer_id = p.customer_id
        left join billed b on b.customer_id = p.customer_id
        on conflict (customer_id) do update set as_of = excluded.as_of, average_balance = excluded.average_balance,
            days_sales_outstanding = excluded.days_sales_outstanding
        """;

    private const string Paying =
        """
        update credit_figures f set days_beyond_terms = e.days, on_time_percent = e.on_time, monthly_billing = e.billing
        from unnest(@ids::uuid[], @days::numeric[], @onTime::numeric[], @billing::numeric[])
            as e (customer_id, days, on_time, billing)
        where f.customer_id = e.customer_id
        """;

    /// <summary>Works them out as of a day; for how many customers.</summary>
    public async Task<int> RefreshAsync(string legalEntity, DateOnly today, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(legalEntity, cancellation) with { Today = today };
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var (done, after) = (0, Guid.Empty);
        while (true)
        {
            Guid[] ids =
            [
                .. await connection.QueryAsync<Guid>(new CommandDefinition(
                    Page, new { legalEntity, after, SetSize }, cancellationToken: cancellation)),
            ];
            if (ids.Length == 0)
                return done;
            foreach (var sql in new[] { Forget, Refresh })
            {
                await connection.ExecuteAsync(new CommandDefinition(
                    sql, new { ids, today }, cancellationToken: cancellation));
            }

            var known = await reader.PageAsync(legalEntity, after, SetSize, facts, cancellation);
            await connection.ExecuteAsync(new CommandDefinition(
                Paying,
                new
                {
                    ids = known.Select(one => one.CustomerId).ToArray(),
                    days = known.Select(one => one.Facts.Behaviour.DaysBeyondTerms).ToArray(),
                    onTime = known.Select(one => one.Facts.Behaviour.OnTimePercent).ToArray(),
                    billing = known.Select(one => one.Facts.Behaviour.MonthlyBilling).ToArray(),
                },
                cancellationToken: cancellation));
            (done, after) = (done + ids.Length, ids[^1]);
        }
    }
}
