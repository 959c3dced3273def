using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// What was owed on a day, by how long it had been overdue then: the sum of the subledger, so it is the same for a past
/// day whatever was paid since, and its buckets hold the whole ledger. What a merged customer owes is shown with
/// the customer it was merged into.
/// </summary>
public static class AgingReport
{
    /// <summary>One row: a group and what it owes in one currency.</summary>
    public sealed record Row(
        string Key, string Name, string Currency, IReadOnlyDictionary<string, decimal> Amounts, decimal Total);

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
    /// <param name="By"><c>customer</c>, <c>currency</c>, <c>legal-entity</c>, <c>country</c> or
    /// <c>segment</c>.</param>
    /// <param name="Currency">One currency only.</param>
    /// <param name="CustomerId">One customer only.</param>
    /// <param name="Basis">Aged by <c>due</c> date (default), <c>agreed</c> due date as first agreed, or
    /// <c>document</c> date.</param>
    /// <param name="KnownAt">Only what was recorded up to this moment: the report as it was printed then.</param>
    public sealed record Query(
        DateOnly? AsOf, string? LegalEntity, string? By, string? Currency, Guid? CustomerId, string? Basis,
        DateTimeOffset? KnownAt);

    private static readonly string[] Buckets = ["current", "1-30", "31-60", "61-90", "91-120", "120+"];

    private static readonly string[] Groups = ["customer", "currency", "legal-entity", "country", "segment"];

    /// <summary>Key and name per way to group, over rows of <c>s</c> and customers <c>c</c>.</summary>
    private const string Rows =
        """
        select case @by when 'customer' then c.customer_id::text when 'currency' then s.currency
                when 'legal-entity' then s.legal_entity when 'country' then c.country
                else coalesce(c.segment, '') end as key,
            case @by when 'customer' then c.name when 'currency' then s.currency
                when 'legal-entity' then s.legal_entity when 'country' then c.country
                else coalesce(c.segment, '') end as name,
            s.currency, s.bucket, sum(s.amount) as amount
        """;

    private const string ByRow = "group by 1, 2, 3, 4 order by 3, 2, 1, 4";

    private const string Asked =
        """
        (@entities::text[] is null or legal_entity = any(@entities))
            and (@LegalEntity::text is null or legal_entity = @LegalEntity)
            and (@Currency::text is null or currency = @Currency)
            and (@CustomerId::uuid is null or customer_id = @CustomerId)
        """;

    /// <summary>
    /// First the amounts <c>m</c> are cut down to one row per customer, currency and bucket, then these few rows meet
    /// their customers. An item is overdue from the day after its due date.
    /// </summary>
    private const string Sums =
        """
        s as (
            select legal_entity, customer_id, currency, sum(amount) as amount,
                case when day >= @AsOf then 0 when day >= @AsOf - 30 then 1 when day >= @AsOf - 60 then 2
                    when day >= @AsOf - 90 then 3 when day >= @AsOf - 120 then 4 else 5 end as bucket
            from m group by legal_entity, customer_id, currency, bucket)
        """;

    private const string WithCustomersOfToday =
        $"""
        {Rows}
        from s
        join customers o on o.customer_id = s.customer_id
        join customers c on c.customer_id = coalesce(o.merged_into, o.customer_id)
        {ByRow}
        """;

    /// <summary>
    /// The plan is made for what is asked: one for all cases could not use the index of one entity's days. The sums of
    /// ten thousand customers fit into memory. Both end with the transaction.
    /// </summary>
    private const string Planning = "set local plan_cache_mode = force_custom_plan; set local work_mem = '64MB'";

    /// <summary>
    /// Days that are nearer to now than to the beginning of the ledger: few movements are to be taken back.
    /// </summary>
    private const int RecentDays = 31;

    /// <summary>
    /// What is open now, without what was posted later. The sum of a document's movements is what is open of it, so
    /// this is the sum of the ledger, from far fewer rows.
    /// </summary>
    private const string Recent =
        $"""
        with m as (
            select legal_entity, customer_id, currency, due_date as day, balance as amount
            from open_items where balance > 0 and {Asked}
            union all
            select legal_entity, customer_id, currency, credit_date, -open_amount
            from credit_memos where open_amount > 0 and {Asked}
            union all
            select legal_entity, customer_id, currency, due_date, -amount
            from subledger_entries where posting_date > @AsOf and {Asked}),
        {Sums}
        {WithCustomersOfToday}
        """;

    /// <summary>The sum of the ledger up to a day.</summary>
    private const string LongAgo =
        $"""
        with m as (
            select legal_entity, customer_id, currency, due_date as day, amount
            from subledger_entries where posting_date <= @AsOf and {Asked}),
        {Sums}
        {WithCustomersOfToday}
        """;

    /// <summary>
    /// The same by another date of the item or as it was known at a moment: then only rows recorded up to it count, and
    /// the customers are as they were known then.
    /// </summary>
    private const string Known =
        $"""
        with m as (
            select legal_entity, customer_id, currency, amount,
                case @Basis when 'document' then coalesce(document_date, posting_date)
                    when 'agreed' then coalesce(agreed_due_date, due_date) else due_date end as day
            from subledger_entries
            where posting_date <= @AsOf and (@KnownAt::timestamptz is null or recorded_at <= @KnownAt) and {Asked}),
        {Sums},
        k as (
            select distinct on (customer_id) * from customer_versions
            where @KnownAt::timestamptz is null or recorded_at <= @KnownAt order by customer_id, version desc)
        {Rows}
        from s
        join k o on o.customer_id = s.customer_id
        join k c on c.customer_id = coalesce(o.merged_into, o.customer_id)
        {ByRow}
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/aging", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Receivables by age as of any day");

    private static async Task<IResult> HandleAsync(
        HttpContext http, [AsParameters] Query query, Caller caller, EventStore store, TimeProvider clock,
        CancellationToken cancellation)
    {
        if (query.LegalEntity is { } code && caller.Deny(code) is { } denied)
            return Problems.From(denied);
        var by = query.By ?? "customer";
        if (!Groups.Contains(by))
            return Problems.Malformed("bad-grouping", "/by", $"by is one of {string.Join(", ", Groups)}.");
        if (query.Basis is not (null or "due" or "agreed" or "document"))
            return Problems.Malformed("bad-basis", "/basis", "basis is due, agreed or document.");
        var asOf = query.AsOf ?? await TodayAsync(query.LegalEntity, store, clock, cancellation);
        var sums = query is not { KnownAt: null, Basis: null or "due" } ? Known
            : asOf >= clock.Today("UTC").AddDays(-RecentDays) ? Recent
            : LongAgo;
        var report = await ReadAsync(query with { AsOf = asOf }, by, sums, caller.EntityFilter(), store, cancellation);
        return Tables.Result(http, report, () => new Table(
            ["key", "name", "currency", .. Buckets, "total"],
            report.Rows.Select(row => (IReadOnlyList<object?>)
                [row.Key, row.Name, row.Currency, .. Buckets.Select(bucket => (object?)row.Amounts[bucket]),
                    row.Total])));
    }

    private static async Task<Report> ReadAsync(
        Query query, string by, string sql, string[]? entities, EventStore store, CancellationToken cancellation)
    {
        var parameters = new DynamicParameters(query with { KnownAt = query.KnownAt?.ToUniversalTime() });
        parameters.Add("entities", entities);
        parameters.Add("by", by);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(Planning);
        var sums = await connection.QueryAsync<(string Key, string Name, string Currency, int Bucket, decimal Amount)>(
            sql, parameters);
        var rows = sums
            .GroupBy(sum => (sum.Key, sum.Name, sum.Currency))
            .Select(group => new Row(
                group.Key.Key, group.Key.Name, group.Key.Currency,
                ByBucket(group.Key.Currency, group.Select(sum => (sum.Bucket, sum.Amount))),
                Money.Of(group.Sum(sum => sum.Amount), group.Key.Currency).Amount))
            .Where(row => row.Amounts.Values.Any(amount => amount != 0))
            .ToList();
        var totals = rows.GroupBy(row => row.Currency).Select(Totals).ToList();
        var single = totals.Count == 1 ? totals[0] : null;
        return new Report(
            query.AsOf!.Value, query.KnownAt, query.LegalEntity, by, query.Basis ?? "due", single?.Currency, Buckets,
            rows, single, totals);
    }

    private static CurrencyTotals Totals(IGrouping<string, Row> rows) => new(
        rows.Key,
        ByBucket(rows.Key, rows.SelectMany(row => Buckets.Select((bucket, index) => (index, row.Amounts[bucket])))),
        Money.Of(rows.Sum(row => row.Total), rows.Key).Amount);

    private static Dictionary<string, decimal> ByBucket(string currency, IEnumerable<(int Bucket, decimal Amount)> sums)
    {
        var amounts = new decimal[Buckets.Length];
        foreach (var (bucket, amount) in sums)
            amounts[bucket] += amount;
        return Buckets.Zip(amounts).ToDictionary(x => x.First, x => Money.Of(x.Second, currency).Amount);
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
