using System.Text.Json;
using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>A customer with everything that is known of it, as a score needs it.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Version">Version of its account.</param>
/// <param name="Currency">Currency of its account.</param>
/// <param name="RiskClass">The class it is in, or null.</param>
/// <param name="Score">The score it has, or null.</param>
/// <param name="BehaviourScore">The same from its behaviour alone.</param>
/// <param name="Facts">What is known.</param>
public sealed record ScoredCustomer(
    Guid CustomerId, long Version, string Currency, string? RiskClass, int? Score, int? BehaviourScore,
    CustomerFacts Facts);

/// <summary>
/// Reads what scores are made of, for one customer or for thousands in the same few statements over sets. What is
/// overdue and not disputed counts as if it were paid today: who does not pay at all is later than who pays late. So
/// does what was written off, for as long as payments count. Amounts of other currencies count by the day's rates;
/// without a rate as they are, so that nobody is punctual for want of one, and are billing only with one. What is
/// billed anew is billing once. What a duplicate has paid, owes and was billed is its survivor's, too, for as long as
/// the two are merged; reports and figures are of each alone.
/// </summary>
public sealed class FactsReader(EventStore store)
{
    /// <summary>Payments older than this say nothing any more.</summary>
    private const int PaymentDays = 730;

    /// <summary>Days after which a payment counts for half.</summary>
    private const int HalfLifeDays = 180;

    private const int IncidentDays = 365;

    private const int MonthsOfYear = 12;

    private const string Customers =
        """
        with page as (
            select a.customer_id, a.legal_entity, a.currency, a.country, a.risk_class, a.score, a.behaviour_score,
                   a.opened_at::date as opened_on
            from credit_accounts a
            where ($1::uuid is null or a.customer_id = $1)
              and ($2::text is null or a.legal_entity = $2) and a.customer_id > $3
            order by a.customer_id limit $4
        ), members as (
            select g.customer_id, g.customer_id as member, g.legal_entity, g.currency from page g
            union
            select g.customer_id, x.duplicate_id, g.legal_entity, g.currency
            from page g join credit_absorbed x on x.survivor_id = g.customer_id
        ), entities as (
            select e.code, e.base_currency from legal_entities e
            where e.base_currency is not null and e.code in (select legal_entity from page)
        ), rates as (
            select e.code, r.currency, r.rate
            from entities e
            cross join lateral (
                select distinct on (x.currency) x.currency, x.rate from entity_rates(e.code, e.base_currency) x
                where x.day between $5::date - $10::int and $5::date
                order by x.currency, x.day desc, x.is_own desc) r
            union all
            select code, base_currency, 1 from entities
        ), factors as (
            select i.code, f.currency, i.currency as into, f.rate / i.rate as factor
            from rates f join rates i on i.code = f.code
        ), paid as (
            select g.customer_id, max(p.value_date) as last_payment, sum(w.weight) as weight,
                   sum(w.weight * (p.value_date - p.due_date)) as days,
                   sum(w.weight) filter (where p.value_date <= p.due_date) as on_time
            from members g
            join credit_payments p on p.customer_id = g.member
            left join factors f on f.code = g.legal_entity and f.currency = p.currency and f.into = g.currency
                and p.currency <> g.currency
            cross join lateral (
                select (p.amount * coalesce(f.factor, 1))::float8
                    * power(0.5::float8, ($5::date - p.value_date)::float8 / $7) as weight) w
            where not p.is_reversed and p.value_date > $5::date - $6::int and p.value_date <= $5::date
            group by g.customer_id
        ), billed as (
            select g.customer_id, min(r.invoice_date) filter (where r.invoice_date <= $5::date) as first_invoice,
                   sum(r.amount * case when r.currency = g.currency then 1 else f.factor end) filter (
                       where r.invoice_date <= $5::date
                       and r.invoice_date > $5::date - $8::int * interval '1 month') / $8 as monthly,
                   sum((r.balance - r.disputed) * coalesce(f.factor, 1)) filter (
                       where r.due_date < $5::date)::float8 as overdue,
                   sum((r.balance - r.disputed) * coalesce(f.factor, 1) * ($5::date - r.due_date)) filter (
                       where r.due_date < $5::date)::float8 as overdue_days
            from members g join credit_receivables r on r.customer_id = g.member
            left join factors f on f.code = g.legal_entity and f.currency = r.currency and f.into = g.currency
                and r.currency <> g.currency
            group by g.customer_id
        ), credited as (
            select g.customer_id, sum(c.amount * case when c.currency = g.currency then 1 else f.factor end) / $8
                as monthly
            from members g
            join billing_sources c on c.customer_id = g.member and c.source_id <> c.invoice_id
            join lateral (
                select min(r.invoice_date) as day from credit_receivables r
                where r.invoice_id = c.invoice_id and r.amount > 0) r on true
            left join factors f on f.code = g.legal_entity and f.currency = c.currency and f.into = g.currency
                and c.currency <> g.currency
            where r.day <= $5::date and r.day > $5::date - $8::int * interval '1 month'
            group by g.customer_id
        ), lost as (
            select l.customer_id, sum(l.amount)::float8 as amount,
                   sum(l.amount * greatest($5::date - l.due_date, 0))::float8 as days
            from (
                select g.customer_id, sum(c.amount * coalesce(f.factor, 1)) as amount, min(c.due_date) as due_date
                from members g join credit_losses c on c.customer_id = g.member
                left join factors f on f.code = g.legal_entity and f.currency = c.currency and f.into = g.currency
                    and c.currency <> g.currency
                where c.day > $5::date - $6::int and c.day <= $5::date
                group by g.customer_id, c.invoice_id, c.installment) l
            where l.amount > 0
            group by l.customer_id
        ), incidents as (
            select g.customer_id, count(*) filter (where i.kind <> 'returned-payment') as broken,
                   count(*) filter (where i.kind = 'returned-payment') as returned
            from members g join credit_incidents i on i.customer_id = g.member
            where i.holds and i.day > $5::date - $9::int and i.day <= $5::date
            group by g.customer_id
        )
        select g.customer_id, s.version, g.currency, g.country, g.risk_class, g.score, g.behaviour_score,
               least(g.opened_on, b.first_invoice), round((w.days / w.weight)::numeric, 2),
               round((coalesce(p.on_time, 0) * 100 / w.weight)::numeric, 2),
               p.last_payment, round(b.monthly - coalesce(t.monthly, 0), 2), coalesce(i.broken, 0)::int,
               coalesce(i.returned, 0)::int,
               u.is_known, u.subject, u.name, u.failure_percentile, u.delinquency_score, u.paydex, u.max_credit,
               u.max_currency, u.start_year, u.findings, f.content::text
        from page g
        join mt_streams s on s.id = g.customer_id
        left join paid p on p.customer_id = g.customer_id
        left join billed b on b.customer_id = g.customer_id
        left join credited t on t.customer_id = g.customer_id
        left join lost l on l.customer_id = g.customer_id
        cross join lateral (
            select nullif(coalesce(p.weight, 0) + coalesce(b.overdue, 0) + coalesce(l.amount, 0), 0) as weight,
                   coalesce(p.days, 0) + coalesce(b.overdue_days, 0) + coalesce(l.days, 0) as days) w
        left join incidents i on i.customer_id = g.customer_id
        left join bureau_reports u on u.customer_id = g.customer_id
        left join credit_financials f on f.customer_id = g.customer_id
        order by g.customer_id
        """;

    /// <summary>One customer; null where it has no account.</summary>
    public async Task<ScoredCustomer?> OneAsync(
        Guid customerId, DecisionFacts facts, CancellationToken cancellation) =>
        (await ReadAsync(customerId, null, Guid.Empty, 1, facts, cancellation)).FirstOrDefault();

    /// <summary>
    /// What is billed to a customer in a year, by the average of its months, in its currency; null without invoices.
    /// </summary>
    public async Task<Money?> AnnualBillingAsync(
        Guid customerId, DecisionFacts facts, CancellationToken cancellation)
    {
        var known = await OneAsync(customerId, facts, cancellation);
        return known?.Facts.Behaviour.MonthlyBilling is { } monthly
            ? Money.Round(monthly * MonthsOfYear, Currency.Of(known.Currency))
            : null;
    }

    /// <summary>The next customers of a legal entity after one, by id.</summary>
    public Task<List<ScoredCustomer>> PageAsync(
        string legalEntity, Guid after, int limit, DecisionFacts facts, CancellationToken cancellation) =>
        ReadAsync(null, legalEntity, after, limit, facts, cancellation);

    private async Task<List<ScoredCustomer>> ReadAsync(
        Guid? customerId, string? legalEntity, Guid after, int limit, DecisionFacts facts,
        CancellationToken cancellation)
    {
        var policy = facts.Policy.Policy;
        await using var command = store.Database.CreateCommand(Customers);
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = customerId });
        parameters.Add(new NpgsqlParameter<string?> { TypedValue = legalEntity });
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = facts.Today });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = PaymentDays });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = HalfLifeDays });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = policy.Limits.BillingMonths });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = IncidentDays });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = policy.Exposure.RateDays });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var customers = new List<ScoredCustomer>();
        while (await reader.ReadAsync(cancellation))
            customers.Add(Read(reader, facts.Today));
        return customers;
    }

    private static ScoredCustomer Read(NpgsqlDataReader row, DateOnly today) => new(
        row.GetGuid(0), row.GetInt64(1), row.GetString(2), Text(row, 4), Number(row, 5), Number(row, 6),
        new CustomerFacts(
            today, row.GetString(3), Day(row, 7), Report(row),
            Text(row, 24) is { } figures ? JsonSerializer.Deserialize<Financials>(figures, Json.Stored) : null,
            new Behaviour(
                Amount(row, 8), Amount(row, 9), row.GetInt32(12), row.GetInt32(13), Amount(row, 11), Day(row, 10))));

    private static BureauReport? Report(NpgsqlDataReader row) => row.IsDBNull(14) || !row.GetBoolean(14)
        ? null
        : new BureauReport(
            row.GetString(15), row.GetString(16), Number(row, 17), Number(row, 18), Number(row, 19), Amount(row, 20),
            Text(row, 21), Number(row, 22), row.GetFieldValue<string[]>(23));

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static int? Number(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetInt32(column);

    private static decimal? Amount(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetDecimal(column);

    private static DateOnly? Day(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);
}
