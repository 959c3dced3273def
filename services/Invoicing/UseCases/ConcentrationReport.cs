using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// How much of a legal entity's receivables its largest customers owe, in the books' currency by booked rates; formulas
/// in <see cref="Concentration"/>. What a merged customer owes is its survivor's. Customers in credit, and documents
/// booked without a rate, are left out.
/// </summary>
public static class ConcentrationReport
{
    /// <summary>One of the largest.</summary>
    /// <param name="Share">Of all receivables, in percent, to two decimals.</param>
    /// <param name="Cumulative">Its share with those of all that owe more.</param>
    public sealed record Row(Guid CustomerId, string Name, Money Owed, decimal Share, decimal Cumulative);

    /// <summary>The report.</summary>
    /// <param name="Customers">How many owe something.</param>
    /// <param name="Index">Herfindahl–Hirschman index, 0 to 10,000; null where nobody owes anything.</param>
    /// <param name="Rows">The largest, those that owe most first.</param>
    public sealed record Report(
        string LegalEntity, DateOnly AsOf, DateTimeOffset? KnownAt, Money Owed, int Customers, decimal? Index,
        IReadOnlyList<Row> Rows);

    private const int MaxTop = 100;

    private const string Sums =
        """
        with known as (
            select distinct on (customer_id) customer_id, name, merged_into from customer_versions
            where @knownAt::timestamptz is null or recorded_at <= @knownAt order by customer_id, version desc),
        owed as (
            select customer_id, sum(base_amount) as amount from subledger_entries
            where legal_entity = @legalEntity and posting_date <= @asOf
                and (@knownAt::timestamptz is null or recorded_at <= @knownAt)
            group by 1)
        select c.customer_id, c.name, sum(w.amount) as amount
        from owed w
        join known o on o.customer_id = w.customer_id
        join known c on c.customer_id = coalesce(o.merged_into, o.customer_id)
        group by 1, 2 having sum(w.amount) > 0 order by 3 desc, 1
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/concentration", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("The largest debtors, their shares and the Herfindahl–Hirschman index, as of any day");

    private static async Task<IResult> HandleAsync(
        HttpContext http, string legalEntity, Caller caller, EventStore store, ReportMoments moments,
        TimeProvider clock, CancellationToken cancellation, DateOnly? asOf = null, int? top = null,
        DateTimeOffset? knownAt = null)
    {
        var (definition, refusal) = await ReadPeriods.FindAsync(legalEntity, caller, store, cancellation);
        if (definition is null)
            return Problems.From(refusal!);
        if (top is < 1 or > MaxTop)
            return Problems.Malformed("bad-top", "/top", $"top is 1 to {MaxTop}.");
        var day = asOf ?? clock.Today(definition.TimeZone);
        knownAt = await moments.KnownAsync(knownAt, cancellation);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var owed = (await connection.QueryAsync<(Guid Id, string Name, decimal Amount)>(new CommandDefinition(
            Sums, new { legalEntity, asOf = day, knownAt }, cancellationToken: cancellation))).ToList();
        var amounts = owed.ConvertAll(one => one.Amount);
        var shares = Concentration.Shares(amounts);
        var (rows, cumulative) = (new List<Row>(), 0m);
        foreach (var (index, (id, name, amount)) in owed.Take(top ?? 10).Index())
        {
            cumulative += shares[index];
            rows.Add(new Row(
                id, name, Money.Of(amount, definition.BaseCurrency), decimal.Round(shares[index], 2),
                decimal.Round(cumulative, 2)));
        }

        var report = new Report(
            legalEntity, day, knownAt, Money.Of(amounts.Sum(), definition.BaseCurrency), owed.Count,
            Concentration.Index(amounts), rows);
        return Tables.Result(http, report, () => Table.Of(rows));
    }
}
