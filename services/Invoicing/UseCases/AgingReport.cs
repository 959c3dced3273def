using System.Text.Json.Serialization;
using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// What was owed on a day, by how long it had been overdue then: the sum of the subledger, so it is the same for a past
/// day whatever was paid since, and its buckets hold the whole ledger. What a merged customer owes is shown with
/// the customer it was merged into. Unapplied cash, where it is asked for, is a bucket of its own below zero.
/// </summary>
public static class AgingReport
{
    /// <summary>One row: a group and what it owes in one currency, or one item.</summary>
    /// <param name="Key">What is grouped by; of an item the document's identifier, a slash and the installment.</param>
    /// <param name="Name">Of the group; of an item who owes it.</param>
    /// <param name="Number">What people call the customer, parent or document; null for other groups.</param>
    /// <param name="Item">More of an item; null for groups.</param>
    public sealed record Row(
        string Key, string Name, string Currency, IReadOnlyDictionary<string, decimal> Amounts, decimal Total,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Number = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Item? Item = null);

    /// <summary>An installment that is open, or a credit memo.</summary>
    /// <param name="DocumentId">The invoice or credit memo.</param>
    /// <param name="Kind"><c>invoice</c>, <c>debit-memo</c>, <c>deposit</c> or <c>credit-memo</c>.</param>
    /// <param name="CustomerId">In whose row of the aging by customer it is.</param>
    /// <param name="Days">Since the date it is aged by; below zero until that has come.</param>
    /// <param name="Disputed">How much of it was disputed on that day.</param>
    public sealed record Item(
        Guid DocumentId, int Installment, string Kind, Guid CustomerId, DateOnly DocumentDate, DateOnly DueDate,
        int Days, decimal Disputed);

    /// <summary>What is owed in one currency.</summary>
    public sealed record CurrencyTotals(string Currency, IReadOnlyDictionary<string, decimal> Amounts, decimal Total);

    /// <summary>The report.</summary>
    /// <param name="Currency">The one currency of all rows; null where there are several.</param>
    /// <param name="Totals">Of that one currency; null where there are several, since currencies never add.</param>
    /// <param name="TotalsByCurrency">Of each currency.</param>
    public sealed record Report(
        DateOnly AsOf, DateTimeOffset? KnownAt, string? LegalEntity, string By, string Basis, string? Currency,
        IReadOnlyList<string> Buckets, IReadOnlyList<Row> Rows, CurrencyTotals? Totals,
        IReadOnlyList<CurrencyTotals> TotalsByCurrency);

    /// <summary>Which part of the ledger is asked for.</summary>
    /// <param name="AsOf">End of this day; today in the legal entity's calendar, or in UTC where none is named.</param>
    /// <param name="LegalEntity">Who is owed; all that the caller may see by default.</param>
    /// <param name="By"><c>customer</c>, <c>parent</c> (who is on top of the customer's group, in the legal entity),
    /// <c>collector</c> (empty for customers that nobody looks after), <c>currency</c>, <c>legal-entity</c>,
    /// <c>country</c> or <c>segment</c>; or <c>document</c> for the items behind all of these, at most 50,000.</param>
    /// <param name="Currency">One currency only.</param>
    /// <param name="CustomerId">One customer only, with its duplicates; a duplicate stands for its survivor.</param>
    /// <param name="Basis">Aged by <c>due</c> date (default), <c>agreed</c> due date as first agreed, or
    /// <c>document</c> date.</param>
    /// <param name="KnownAt">Only what was recorded up to this moment: the report as it was printed then.</param>
    /// <param name="Unapplied">With money of the customers that is not applied yet, as bucket <c>unapplied</c> below
    /// zero: the total is then what is owed less that. False by default.</param>
    /// <param name="Buckets">Last days of the overdue buckets, such as <c>30,60,90,120</c>, which is the default; what
    /// is overdue for longer is in one more.</param>
    /// <param name="Bucket">By document: the items of one bucket only, by its name.</param>
    public sealed record Query(
        DateOnly? AsOf, string? LegalEntity, string? By, string? Currency, Guid? CustomerId, string? Basis,
        DateTimeOffset? KnownAt, bool? Unapplied, string? Buckets, string? Bucket);

    private const string UnappliedCash = "unapplied";

    /// <summary>
    /// Days that are nearer to now than to the beginning of the ledger: few movements are to be taken back.
    /// </summary>
    private const int RecentDays = 31;

    /// <summary>For a close, which nobody waits for.</summary>
    private const int MaxSeconds = 1_200;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/aging", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Receivables by age as of any day");

    private static async Task<IResult> HandleAsync(
        HttpContext http, [AsParameters] Query query, Caller caller, EventStore store, ReportMoments moments,
        TimeProvider clock, CancellationToken cancellation)
    {
        var entities = caller.EntityFilter(query.LegalEntity);
        var by = query.By ?? "customer";
        if (!AgingSql.Groups.Contains(by))
            return Problems.Malformed("bad-grouping", "/by", $"by is one of {string.Join(", ", AgingSql.Groups)}.");
        if (query.Basis is not (null or "due" or "agreed" or "document"))
            return Problems.Malformed("bad-basis", "/basis", "basis is due, agreed or document.");
        if (AgingBuckets.Parse(query.Buckets) is not { } buckets)
            return Problems.Malformed("bad-buckets", "/buckets", AgingBuckets.Expected);
        if (by == AgedItems.By && query.Unapplied is true)
            return Problems.Malformed("bad-grouping", "/by", "Cash that is not applied is in no document.");
        if (by != AgedItems.By && query.Bucket is not null)
            return Problems.Malformed("bad-bucket", "/bucket", "One bucket is asked for by document.");
        var asOf = query.AsOf ?? await TodayAsync(query.LegalEntity, store, clock, cancellation);
        var sql = query is not { KnownAt: null, Basis: null or "due" } ? AgingSql.Known
            : asOf >= clock.Today("UTC").AddDays(-RecentDays) ? AgingSql.Recent
            : AgingSql.LongAgo;
        var asked = query with
        {
            AsOf = asOf,
            By = by,
            Unapplied = query.Unapplied is true,
            KnownAt = await moments.KnownAsync(query.KnownAt, cancellation),
        };
        if (by == AgedItems.By)
        {
            var items = ReportOf(
                asked, buckets.Names, await AgedItems.ReadAsync(asked, buckets, entities, store, cancellation));
            return Tables.Result(http, items, () => WithSummary(AgedItems.TableOf(items), items));
        }

        var report = await ReadAsync(asked, buckets, sql, entities, null, store, cancellation);
        return Tables.Result(http, report, () => TableOf(report));
    }

    /// <summary>
    /// What a legal entity was owed by each customer, as it was known at a moment; nobody waits for it.
    /// </summary>
    internal static Task<Report> FindAsync(
        string legalEntity, DateOnly asOf, DateTimeOffset knownAt, EventStore store, CancellationToken cancellation) =>
        ReadAsync(
            new Query(asOf, legalEntity, "customer", null, null, null, knownAt, false, null, null), AgingBuckets.Usual,
            AgingSql.Known, null, MaxSeconds, store, cancellation);

    /// <summary>The rows, and their title and totals on a sheet behind them, for spreadsheets.</summary>
    internal static Table TableOf(Report report) => WithSummary(
        new Table(
            ["key", "name", "currency", .. report.Buckets, "total", "number"],
            report.Rows.Select(row => (IReadOnlyList<object?>)
                [row.Key, row.Name, row.Currency, .. report.Buckets.Select(bucket => (object?)row.Amounts[bucket]),
                    row.Total, row.Number])),
        report);

    private static Table WithSummary(Table table, Report report) => table with
    {
        Summary = new TableSummary(TitleOf(report), new Table(
            ["currency", .. report.Buckets, "total"],
            report.TotalsByCurrency.Select(totals => (IReadOnlyList<object?>)
                [totals.Currency, .. report.Buckets.Select(bucket => (object?)totals.Amounts[bucket]),
                    totals.Total]))),
    };

    private static string TitleOf(Report report) => string.Join(", ", new[]
    {
        FormattableString.Invariant($"Receivables by age as of {report.AsOf:yyyy-MM-dd}"), report.LegalEntity,
        $"by {report.By}", report.Basis == "due" ? null : $"aged by {report.Basis}",
        report.KnownAt is { } knownAt
            ? FormattableString.Invariant($"as known at {knownAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")
            : null,
    }.OfType<string>());

    private static async Task<Report> ReadAsync(
        Query query, AgingBuckets ages, string sql, string[]? entities, int? seconds, EventStore store,
        CancellationToken cancellation)
    {
        var parameters = new DynamicParameters(query);
        parameters.Add("entities", entities);
        parameters.Add("starts", ages.Starts);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        parameters.Add("customers", await CustomersAsync(connection, query, parameters, cancellation));
        await connection.ExecuteAsync(new CommandDefinition(AgingSql.Planning, cancellationToken: cancellation));
        var sums = await connection.QueryAsync<(string Key, string Name, string Currency, int Bucket, decimal Amount)>(
            new CommandDefinition(
            sql, parameters, commandTimeout: seconds, cancellationToken: cancellation));
        IReadOnlyList<string> buckets = query.Unapplied is true ? [.. ages.Names, UnappliedCash] : ages.Names;
        var rows = sums
            .GroupBy(sum => (sum.Key, sum.Name, sum.Currency))
            .Select(group => new Row(
                group.Key.Key, group.Key.Name, group.Key.Currency,
                ByBucket(buckets, group.Key.Currency, group.Select(sum => (sum.Bucket, sum.Amount))),
                Money.Of(group.Sum(sum => sum.Amount), group.Key.Currency).Amount))
            .Where(row => row.Amounts.Values.Any(amount => amount != 0))
            .ToList();
        if (query.By is "customer" or "parent")
        {
            var numbers = await NumbersAsync(connection, rows.ConvertAll(row => Guid.Parse(row.Key)), cancellation);
            rows = rows.ConvertAll(row => row with { Number = numbers[Guid.Parse(row.Key)] });
        }

        return ReportOf(query, buckets, rows);
    }

    /// <summary>The customer that is asked for and its duplicates; null where none is.</summary>
    internal static async Task<Guid[]?> CustomersAsync(
        NpgsqlConnection connection, Query query, DynamicParameters parameters, CancellationToken cancellation) =>
        query.CustomerId is null
            ? null
            : (await connection.QueryAsync<Guid>(new CommandDefinition(
                AgingSql.Customers, parameters, cancellationToken: cancellation))).ToArray();

    private static Report ReportOf(Query query, IReadOnlyList<string> buckets, IReadOnlyList<Row> rows)
    {
        var totals = rows.GroupBy(row => row.Currency).Select(group => Totals(buckets, group)).ToList();
        var single = totals.Count == 1 ? totals[0] : null;
        return new Report(
            query.AsOf!.Value, query.KnownAt, query.LegalEntity, query.By!, query.Basis ?? "due", single?.Currency,
            buckets, rows, single, totals);
    }

    /// <summary>Numbers of customers; they never change.</summary>
    private static async Task<Dictionary<Guid, string>> NumbersAsync(
        NpgsqlConnection connection, List<Guid> customers, CancellationToken cancellation) =>
        (await connection.QueryAsync<(Guid Id, string Number)>(new CommandDefinition(
            "select customer_id, number from customers where customer_id = any(@customers)", new { customers },
            cancellationToken: cancellation))).ToDictionary(row => row.Id, row => row.Number);

    private static CurrencyTotals Totals(IReadOnlyList<string> buckets, IGrouping<string, Row> rows) => new(
        rows.Key,
        ByBucket(
            buckets, rows.Key,
            rows.SelectMany(row => buckets.Select((bucket, index) => (index, row.Amounts[bucket])))),
        Money.Of(rows.Sum(row => row.Total), rows.Key).Amount);

    private static Dictionary<string, decimal> ByBucket(
        IReadOnlyList<string> buckets, string currency, IEnumerable<(int Bucket, decimal Amount)> sums)
    {
        var amounts = new decimal[buckets.Count];
        foreach (var (bucket, amount) in sums)
            amounts[bucket < 0 ? ^1 : bucket] += amount;
        return buckets.Zip(amounts).ToDictionary(x => x.First, x => Money.Of(x.Second, currency).Amount);
    }

    private static async Task<DateOnly> TodayAsync(
        string? legalEntity, EventStore store, TimeProvider clock, CancellationToken cancellation)
    {
        if (legalEntity is null)
            return clock.Today("UTC");
        var entity = await store.LoadAsync(LegalEntityStream.Type, LegalEntityStream.Id(legalEntity), cancellation);
        return clock.Today(entity.State.Definition?.TimeZone ?? "UTC");
    }
}
