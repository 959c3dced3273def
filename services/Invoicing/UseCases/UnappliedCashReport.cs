using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Money that came in and was not applied by a day, by how long it had been there: from both journals, so it is the
/// same for a past day whatever was applied since, and sums to the accounts for unapplied and unidentified cash. It
/// ages from the day it counted at the bank, or else was booked. Money that is not identified has no customer; what is
/// a merged customer's is its survivor's.
/// </summary>
public static class UnappliedCashReport
{
    /// <summary>Money of one customer, or of nobody yet, in one currency.</summary>
    /// <param name="Kind"><c>unapplied</c> or <c>unidentified</c>.</param>
    /// <param name="CustomerId">Whose it is; null while it is not identified.</param>
    /// <param name="Amounts">By bucket.</param>
    /// <param name="Oldest">The day from which the oldest of it ages.</param>
    public sealed record Row(
        string Kind, Guid? CustomerId, string? Name, string Currency, IReadOnlyDictionary<string, decimal> Amounts,
        decimal Total, DateOnly Oldest);

    /// <summary>All of one kind and currency.</summary>
    /// <param name="AverageDays">How long it has been there, weighted by amount, to one decimal; null where it sums to
    /// nothing.</param>
    public sealed record KindTotals(
        string Kind, string Currency, IReadOnlyDictionary<string, decimal> Amounts, decimal Total,
        decimal? AverageDays);

    /// <summary>The report.</summary>
    /// <param name="Buckets">By days since it came; <c>current</c> came on the day itself.</param>
    public sealed record Report(
        DateOnly AsOf, DateTimeOffset? KnownAt, string? LegalEntity, IReadOnlyList<string> Buckets,
        IReadOnlyList<Row> Rows, IReadOnlyList<KindTotals> Totals);

    /// <summary>Which money is asked for.</summary>
    /// <param name="AsOf">End of this day; today in the legal entity's calendar, or in UTC where none is named.</param>
    /// <param name="LegalEntity">Whose bank accounts it reached; all that the caller may see by default.</param>
    /// <param name="Currency">One currency only.</param>
    /// <param name="KnownAt">Only what was recorded up to this moment: the report as it was printed then.</param>
    /// <param name="Buckets">Last days of the buckets, such as <c>30,60,90,120</c>, which is the default.</param>
    /// <param name="Totals">True: the totals alone, without a row for each customer.</param>
    public sealed record Query(
        DateOnly? AsOf, string? LegalEntity, string? Currency, DateTimeOffset? KnownAt, string? Buckets,
        bool? Totals = null);

    /// <summary>
    /// What is left of each receipt, by whose it is. What an application takes is its payer's, whoever owes what it
    /// pays; the payer is who a receipt was identified as last.
    /// </summary>
    private const string Sums =
        """
        with asked as (
            select e.* from received_journal_entries e
            where e.posting_date <= @AsOf and (@KnownAt::timestamptz is null or e.recorded_at <= @KnownAt)
                and (@LegalEntity::text is null or e.legal_entity = @LegalEntity)
                and (@entities::text[] is null or e.legal_entity = any(@entities))),
        payers as (
            select distinct on (legal_entity, source_id) legal_entity, source_id, customer_id
            from asked where customer_id is not null
            order by legal_entity, source_id, recorded_at desc, entry_id desc),
        came as (
            select legal_entity, source_id, min(coalesce(value_date, dated, posting_date)) as day
            from asked group by 1, 2),
        cash as (
            select e.legal_entity, e.source_id, e.customer_id, l.role, l.currency, l.credit - l.debit as amount
            from asked e join received_journal_lines l on l.entry_id = e.entry_id
            where l.role in ('unapplied-cash', 'unidentified-cash')
            union all
            select c.legal_entity, c.source_id, p.customer_id, l.role, l.currency, l.credit - l.debit
            from came c
            left join payers p on p.legal_entity = c.legal_entity and p.source_id = c.source_id
            join journal_entries e on e.receipt_id = c.source_id and e.legal_entity = c.legal_entity
                and e.posting_date <= @AsOf and (@KnownAt::timestamptz is null or e.recorded_at <= @KnownAt)
            join journal_lines l on l.entry_id = e.entry_id and l.role = 'unapplied-cash'),
        rests as (
            select legal_entity, source_id, role, currency,
                case role when 'unapplied-cash' then customer_id end as customer_id, sum(amount) as amount
            from cash where @Currency::text is null or currency = @Currency
            group by 1, 2, 3, 4, 5 having sum(amount) <> 0),
        known as (
            select distinct on (customer_id) customer_id, name, merged_into from customer_versions
            where @KnownAt::timestamptz is null or recorded_at <= @KnownAt order by customer_id, version desc)
        select case r.role when 'unapplied-cash' then 'unapplied' else 'unidentified' end as kind,
            case when @Totals::boolean is not true then coalesce(c.customer_id, r.customer_id) end as customer_id,
            case when @Totals::boolean is not true then c.name end as name, r.currency,
            width_bucket(@AsOf::date - a.day, @starts::int[]) as bucket, sum(r.amount) as amount,
            sum(r.amount * (@AsOf::date - a.day)) as amount_days, min(a.day) as oldest
        from rests r
        join came a on a.legal_entity = r.legal_entity and a.source_id = r.source_id
        left join known o on o.customer_id = r.customer_id
        left join known c on c.customer_id = coalesce(o.merged_into, o.customer_id)
        group by 1, 2, 3, 4, 5 order by 1, 4, 3, 2, 5
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/unapplied-cash", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Unapplied and unidentified cash by age, as of any day");

    private static async Task<IResult> HandleAsync(
        HttpContext http, [AsParameters] Query query, Caller caller, EventStore store, ReportMoments moments,
        TimeProvider clock, CancellationToken cancellation)
    {
        var entities = caller.EntityFilter(query.LegalEntity);
        if (AgingBuckets.Parse(query.Buckets) is not { } buckets)
            return Problems.Malformed("bad-buckets", "/buckets", AgingBuckets.Expected);
        var zone = query.LegalEntity is null ? null : (await store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(query.LegalEntity), cancellation)).State.Definition?.TimeZone;
        var asked = query with
        {
            AsOf = query.AsOf ?? clock.Today(zone ?? "UTC"),
            KnownAt = await moments.KnownAsync(query.KnownAt, cancellation),
        };
        var parameters = new DynamicParameters(asked);
        parameters.Add("entities", entities);
        parameters.Add("starts", buckets.FirstDays.ToArray());
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = (await connection.QueryAsync<Sum>(new CommandDefinition(
            Sums, parameters, cancellationToken: cancellation))).AsList();
        var report = new Report(
            asked.AsOf.Value, asked.KnownAt, asked.LegalEntity, buckets.Names,
            asked.Totals == true ? [] : Rows(sums, buckets.Names),
            Totals(sums, buckets.Names));
        return Tables.Result(http, report, () => new Table(
            ["kind", "customerId", "name", "currency", .. report.Buckets, "total", "oldest"],
            report.Rows.Select(row => (IReadOnlyList<object?>)
                [row.Kind, row.CustomerId?.ToString(), row.Name, row.Currency,
                    .. report.Buckets.Select(bucket => (object?)row.Amounts[bucket]), row.Total, row.Oldest])));
    }

    private static List<Row> Rows(IEnumerable<Sum> sums, IReadOnlyList<string> buckets) =>
    [
        .. sums.GroupBy(sum => (sum.Kind, sum.CustomerId, sum.Name, sum.Currency)).Select(row => new Row(
            row.Key.Kind, row.Key.CustomerId, row.Key.Name, row.Key.Currency, ByBucket(row, buckets),
            row.Sum(sum => sum.Exact), row.Min(sum => sum.Oldest))),
    ];

    private static List<KindTotals> Totals(IEnumerable<Sum> sums, IReadOnlyList<string> buckets) =>
    [
        .. sums.GroupBy(sum => (sum.Kind, sum.Currency)).Select(all =>
        {
            var total = all.Sum(sum => sum.Exact);
            return new KindTotals(
                all.Key.Kind, all.Key.Currency, ByBucket(all, buckets), total,
                total == 0 ? null : decimal.Round(all.Sum(sum => sum.AmountDays) / total, 1));
        }),
    ];

    private static Dictionary<string, decimal> ByBucket(IEnumerable<Sum> sums, IReadOnlyList<string> buckets)
    {
        var amounts = sums.ToLookup(sum => sum.Bucket, sum => sum.Exact);
        return buckets.Index().ToDictionary(bucket => bucket.Item, bucket => amounts[bucket.Index].Sum());
    }

    private sealed class Sum
    {
        public required string Kind { get; init; }
        public Guid? CustomerId { get; init; }
        public string? Name { get; init; }
        public required string Currency { get; init; }
        public int Bucket { get; init; }
        public decimal Amount { get; init; }
        public decimal AmountDays { get; init; }
        public DateOnly Oldest { get; init; }

        /// <summary>With as many decimals as the currency has.</summary>
        public decimal Exact => Money.Of(Amount, Currency).Amount;
    }
}
