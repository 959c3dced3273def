using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.UseCases;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>What a month came to for one collector in one currency, in amounts and counts.</summary>
/// <param name="Beginning">Open when the month began.</param>
/// <param name="Sales">Invoiced in it, less what was voided; a chargeback takes over what an invoice has sold.</param>
/// <param name="Ending">Open when it ended.</param>
/// <param name="EndingCurrent">Of that, not overdue.</param>
/// <param name="EndingOld">Of that, overdue for more than 90 days.</param>
/// <param name="Cash">Payments with a value date in it, without those taken back.</param>
public sealed record ResultSums(
    string? Collector, Currency Currency, decimal Beginning, decimal Sales, decimal Ending, decimal EndingCurrent,
    decimal EndingOld, decimal Cash);

/// <summary>What was done in a month by one collector, whatever the currency.</summary>
/// <param name="Attempts">Contacts that were made or tried.</param>
/// <param name="Conversations">Of them, with somebody spoken to.</param>
/// <param name="Promises">Promises judged.</param>
/// <param name="PromisesKept">Of them kept; a partly kept one counts half.</param>
/// <param name="Disputes">Disputes settled.</param>
/// <param name="DisputeDays">Days from opening to settling, over all of them.</param>
/// <param name="Holds">Holds that were released or ended by themselves.</param>
/// <param name="HoldDays">Days from placing to that, over all of them.</param>
public sealed record ResultCounts(
    string? Collector, int Attempts, int Conversations, int Promises, decimal PromisesKept, int Disputes,
    decimal DisputeDays, int Holds, decimal HoldDays);

/// <summary>Money that went from one age to another, or was settled, in a month; of one collector.</summary>
/// <param name="Collector">Subject; null where nobody looks after the customers.</param>
/// <param name="From">Age at its beginning; <c>new</c> for what was invoiced in it.</param>
/// <param name="To">Age at its end; <c>settled</c> for what was paid, credited or written off.</param>
public sealed record RolledSum(string? Collector, string From, string To, Money Amount);

/// <summary>
/// Reads results of a month from what is known of every item on every day. What is open and was invoiced counts for
/// whoever looked after the customer at the end of the month, money and work for whoever did on their day: handing
/// customers on changes no month that is over. A later posting into the month changes the report; a closed period
/// forbids those. While the month is not over its end is today.
/// </summary>
public sealed class ResultsReader(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Snapshots =
        """
        with beginning as (
            select distinct on (h.invoice_id, h.installment) h.* from item_history h
            where h.legal_entity = $1 and h.posting_date < $2 order by h.invoice_id, h.installment, h.version desc),
        ending as (
            select distinct on (h.invoice_id, h.installment) h.* from item_history h
            where h.legal_entity = $1 and h.posting_date <= $3 order by h.invoice_id, h.installment, h.version desc)
        """;

    /// <summary>Who looked after the customer of a row of <c>p</c> at the end of its day.</summary>
    private const string CollectorOfTheDay =
        """
        left join lateral (
            select h.collector from collector_history h
            where h.customer_id = p.customer_id and h.at < (p.day + 1)::timestamp at time zone $5
            order by h.version desc limit 1) k on true
        """;

    private const string Sums =
        $"""
        {Snapshots},
        parts as (
            select customer_id, $4 as day, currency, balance as b, 0 as s, 0 as e, 0 as c, 0 as o, 0 as m from beginning
            union all
            select customer_id, $4, currency, 0, 0, balance, case when due_date >= $4 then balance else 0 end,
                   case when $4 - due_date > 90 then balance else 0 end, 0 from ending
            union all
            select customer_id, $4, currency, 0, case kind when 'issued' then amount else -amount end, 0, 0, 0, 0
            from item_history h
            where h.legal_entity = $1 and h.kind in ('issued', 'voided') and h.posting_date between $2 and $3
                and (h.kind = 'issued' or not exists (
                    select 1 from item_history c where c.invoice_id = h.invoice_id
                        and c.installment = h.installment and c.kind = 'chargeback-issued'))
            union all
            select customer_id, value_date, currency, 0, 0, 0, 0, 0, amount from settlements
            where legal_entity = $1 and kind = 'payment' and not reversed and value_date between $2 and $3),
        daily as (
            select customer_id, day, currency, sum(b) as b, sum(s) as s, sum(e) as e, sum(c) as c, sum(o) as o,
                   sum(m) as m
            from parts group by 1, 2, 3)
        select k.collector, p.currency, sum(b), sum(s), sum(e), sum(c), sum(o), sum(m)
        from daily p {CollectorOfTheDay}
        group by 1, 2 order by 2, 1 nulls last
        """;

    private const string Counts =
        $"""
        with parts as (
            select a.customer_id, (a.at at time zone $5)::date as day, 1 as a,
                   case when a.conversation then 1 else 0 end as t, 0 as p, 0.0 as k, 0 as d, 0.0 as y,
                   0 as h, 0.0 as z
            from contact_attempts a where a.legal_entity = $1 and a.outcome = 'attempted' and not a.is_copy
                and (a.at at time zone $5)::date between $2 and $3
            union all
            select p.customer_id, (p.settled_at at time zone $5)::date, 0, 0, 1,
                   case p.status when 'kept' then 1 when 'partly-kept' then 0.5 else 0 end, 0, 0, 0, 0
            from promises p where p.legal_entity = $1 and p.status in ('kept', 'partly-kept', 'broken')
                and (p.settled_at at time zone $5)::date between $2 and $3
            union all
            select d.customer_id, (d.settled_at at time zone $5)::date, 0, 0, 0, 0, 1,
                   (d.settled_at at time zone $5)::date - (d.opened_at at time zone $5)::date, 0, 0
            from disputes d where d.legal_entity = $1 and (d.settled_at at time zone $5)::date between $2 and $3
            union all
            select h.customer_id, (h.ended_at at time zone $5)::date, 0, 0, 0, 0, 0, 0, 1,
                   (h.ended_at at time zone $5)::date - (h.placed_at at time zone $5)::date
            from holds h where h.legal_entity = $1 and (h.ended_at at time zone $5)::date between $2 and $3)
        select k.collector, sum(a)::int, sum(t)::int, sum(p.p)::int, sum(p.k), sum(d)::int, sum(y), sum(h)::int, sum(z)
        from parts p {CollectorOfTheDay} group by 1
        """;

    /// <summary>Ages at the end of the day before the month, and at the end of its last day or of today.</summary>
    private const string Rolled =
        $"""
        {Snapshots},
        pairs as (
            select coalesce(e.customer_id, b.customer_id) as customer_id, coalesce(b.currency, e.currency) as currency,
                   coalesce(b.balance, 0) as was, coalesce(e.balance, 0) as now,
                   case when b.invoice_id is null then null else $2 - 1 - b.due_date end as old, $4 - e.due_date as age
            from beginning b full join ending e on e.invoice_id = b.invoice_id and e.installment = b.installment),
        moves as (
            select customer_id, currency, old, null::int as age, was - now as amount
            from pairs where was > now and old is not null
            union all
            select customer_id, currency, old, age, now from pairs where now > 0),
        daily as (
            select customer_id, $4 as day, currency,
                   case when old is null then 'new' when old <= 0 then 'current' when old <= 30 then '1-30'
                        when old <= 60 then '31-60' when old <= 90 then '61-90' else 'over-90' end as was,
                   case when age is null then 'settled' when age <= 0 then 'current' when age <= 30 then '1-30'
                        when age <= 60 then '31-60' when age <= 90 then '61-90' else 'over-90' end as now,
                   sum(amount) as amount
            from moves group by 1, 3, 4, 5)
        select k.collector, p.currency, p.was, p.now, sum(p.amount)
        from daily p {CollectorOfTheDay}
        group by 1, 2, 3, 4
        """;

    /// <summary>Amounts by collector and currency.</summary>
    public Task<List<ResultSums>> SumsAsync(
        LegalEntity entity, ResultPeriod period, CancellationToken cancellation) => ReadAsync(
            Sums, entity, period,
            row => new ResultSums(
                row.Text(0), Currency.Of(row.GetString(1)), row.GetDecimal(2), row.GetDecimal(3), row.GetDecimal(4),
                row.GetDecimal(5), row.GetDecimal(6), row.GetDecimal(7)),
            cancellation);

    /// <summary>Work by collector.</summary>
    public Task<List<ResultCounts>> CountsAsync(
        LegalEntity entity, ResultPeriod period, CancellationToken cancellation) => ReadAsync(
            Counts, entity, period,
            row => new ResultCounts(
                row.Text(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetDecimal(4), row.GetInt32(5),
                row.GetDecimal(6), row.GetInt32(7), row.GetDecimal(8)),
            cancellation);

    /// <summary>What went from which age to which, by collector and currency.</summary>
    public Task<List<RolledSum>> RolledAsync(
        LegalEntity entity, ResultPeriod period, CancellationToken cancellation) => ReadAsync(
            Rolled, entity, period,
            row => new RolledSum(row.Text(0), row.GetString(2), row.GetString(3), row.Money(4, 1)), cancellation);

    /// <summary>The entity, the first and the last day, the day that ages are of, and the zone of all days.</summary>
    private async Task<List<T>> ReadAsync<T>(
        string sql, LegalEntity entity, ResultPeriod period, Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation)
    {
        // What falls due later in a month that is not over is not overdue.
        var today = clock.Today(entity.TimeZone);
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.Code });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = period.First });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = period.Last });
        command.Parameters.Add(
            new NpgsqlParameter<DateOnly> { TypedValue = period.Last < today ? period.Last : today });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.TimeZone });
        return await command.ReadAsync(read, cancellation);
    }
}
