using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// What was lost of a legal entity's sales, and what of its receivables is expected to be, in the books' currency by
/// booked rates; formulas in <see cref="BadDebt"/>. Losses are expected by the loss rates of the month-end policy as
/// they were known, customer by customer: what one has to its credit makes no safer what another owes. What a merged
/// customer owes is its survivor's. What is billed ahead, and documents booked without a rate, are left out.
/// </summary>
public static class BadDebtReport
{
    /// <summary>One of the customers of whom most is expected to be lost.</summary>
    /// <param name="Owed">Open at the end, credits taken off.</param>
    /// <param name="Overdue">What of it is overdue, credits taken off.</param>
    /// <param name="Expected">What of it is expected to be lost.</param>
    public sealed record Row(Guid CustomerId, string Name, Money Owed, Money Overdue, Money Expected);

    /// <summary>The report.</summary>
    /// <param name="Sales">Invoices less voids and credit memos, tax included as in receivables; no debit memos.
    /// </param>
    /// <param name="WrittenOff">In the period, tax included; of debit memos, too.</param>
    /// <param name="Recovered">In the period, of whenever it was written off.</param>
    /// <param name="BadDebtPercent">Of sales; null without any.</param>
    /// <param name="Owed">Open at the end, credits taken off.</param>
    /// <param name="CurrentPercent">Not overdue, of what is owed.</param>
    /// <param name="Over90Percent">Overdue for more than 90 days, of what is owed.</param>
    /// <param name="Expected">To be lost of what is owed; null where the legal entity has no loss rates.</param>
    /// <param name="Rows">Of whom most is expected to be lost, the most first.</param>
    public sealed record Report(
        string LegalEntity, DateOnly From, DateOnly To, DateTimeOffset? KnownAt, Money Sales, Money WrittenOff,
        Money Recovered, decimal? BadDebtPercent, Money Owed, decimal? CurrentPercent, decimal? Over90Percent,
        Money? Expected, IReadOnlyList<Row> Rows);

    private const int MaxTop = 100;

    private const string Trade =
        $"""
        with trade as not materialized (
            select * from subledger_entries
            where legal_entity = @legalEntity and posting_date <= @to and base_amount is not null
                and (@knownAt::timestamptz is null or recorded_at <= @knownAt)
                and {SalesOutstandingReport.IsTrade})
        """;

    private const string Sums =
        $"""
        {Trade}
        select
            coalesce(sum(base_amount) filter (
                where posting_date >= @from and {SalesOutstandingReport.IsSale}), 0) as sales,
            coalesce(-sum(base_amount) filter (
                where posting_date >= @from and kind = '{PostingKinds.WrittenOff}'), 0) as written_off,
            coalesce(sum(base_amount) filter (
                where posting_date >= @from and kind = '{PostingKinds.WriteOffRecovered}'), 0) as recovered,
            coalesce(sum(base_amount), 0) as owed,
            coalesce(sum(base_amount) filter (where due_date >= @to), 0) as current,
            coalesce(sum(base_amount) filter (where @to::date - due_date > 90), 0) as over90
        from trade
        """;

    /// <summary>What each customer owes per bucket of the matrix, and what the matrix asks for it.</summary>
    private const string Risks =
        $"""
        {Trade},
        known as (
            select distinct on (customer_id) customer_id, name, merged_into from customer_versions
            where @knownAt::timestamptz is null or recorded_at <= @knownAt order by customer_id, version desc),
        owed as (
            select coalesce(k.merged_into, k.customer_id) as customer_id,
                width_bucket(@to::date - t.due_date, @starts::int[]) as bucket, sum(t.base_amount) as amount,
                coalesce(sum(t.base_amount) filter (where t.due_date < @to), 0) as overdue
            from trade t join known k on k.customer_id = t.customer_id
            group by 1, 2),
        risks as (
            select customer_id, sum(amount) as owed, sum(overdue) as overdue,
                sum(greatest(amount, 0) * (@percents::numeric[])[bucket + 1] / 100) as expected
            from owed group by 1)
        select r.customer_id as id, k.name, r.owed, r.overdue, r.expected, sum(r.expected) over () as of_all
        from risks r join known k on k.customer_id = r.customer_id
        where r.expected > 0 order by r.expected desc, r.customer_id limit @top
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/bad-debt", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("What was lost of sales, what is expected to be lost of receivables, and of whom most");

    private static async Task<IResult> HandleAsync(
        HttpContext http, string legalEntity, DateOnly from, DateOnly to, Caller caller, EventStore store,
        StatementReader reader, ReportMoments moments, CancellationToken cancellation, int? top = null,
        DateTimeOffset? knownAt = null)
    {
        var (definition, refusal) = await ReadPeriods.FindAsync(legalEntity, caller, store, cancellation);
        if (definition is null)
            return Problems.From(refusal!);
        if (to < from)
            return Problems.Malformed("bad-range", "/to", "to is not before from.");
        if (top is < 1 or > MaxTop)
            return Problems.Malformed("bad-top", "/top", $"top is 1 to {MaxTop}.");
        knownAt = await moments.KnownAsync(knownAt, cancellation);
        var policy = await reader.KnownAsync(
            MonthEndPolicyStream.Type, MonthEndPolicyStream.Id(legalEntity), knownAt ?? DateTimeOffset.MaxValue,
            cancellation);
        IReadOnlyList<LossRate> rates = policy.Definition?.LossRates ?? [];
        var parameters = new
        {
            legalEntity,
            from,
            to,
            knownAt,
            starts = rates.SkipLast(1).Select(rate => rate.UpTo!.Value + 1).ToArray(),
            percents = rates.Select(rate => rate.Percent).ToArray(),
            top = top ?? 10,
        };
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = await connection.QuerySingleAsync<SumRow>(new CommandDefinition(
            Sums, parameters, cancellationToken: cancellation));
        var risks = rates.Count == 0 ? [] : (await connection.QueryAsync<RiskRow>(new CommandDefinition(
            Risks, parameters, cancellationToken: cancellation))).AsList();
        var books = Currency.Of(definition.BaseCurrency);
        List<Row> rows =
        [
            .. risks.Select(risk => new Row(
                risk.Id, risk.Name, Money.Of(risk.Owed, books), Money.Of(risk.Overdue, books),
                Money.Round(risk.Expected, books))),
        ];
        var report = new Report(
            legalEntity, from, to, knownAt, Money.Of(sums.Sales, books), Money.Of(sums.WrittenOff, books),
            Money.Of(sums.Recovered, books), BadDebt.ToSales(sums.WrittenOff, sums.Recovered, sums.Sales),
            Money.Of(sums.Owed, books), BadDebt.ShareOf(sums.Current, sums.Owed),
            BadDebt.ShareOf(sums.Over90, sums.Owed),
            rates.Count == 0 ? null : Money.Round(risks is [var most, ..] ? most.OfAll : 0, books), rows);
        return Tables.Result(http, report, () => Table.Of(rows));
    }

    private sealed class SumRow
    {
        public decimal Sales { get; init; }
        public decimal WrittenOff { get; init; }
        public decimal Recovered { get; init; }
        public decimal Owed { get; init; }
        public decimal Current { get; init; }
        public decimal Over90 { get; init; }
    }

    private sealed class RiskRow
    {
        public Guid Id { get; init; }
        public required string Name { get; init; }
        public decimal Owed { get; init; }
        public decimal Overdue { get; init; }
        public decimal Expected { get; init; }
        public decimal OfAll { get; init; }
    }
}
