using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// How many days after the due date customers pay, weighted by amount: Σ (value date − due date) × settled ÷ Σ settled,
/// over the payments posted in a period that were not taken back in it; the second measure beside average days
/// delinquent in the literature (average days beyond terms; D365 calls days from the document average payment days,
/// learn.microsoft.com, cm-periodic-tasks). Paid early counts below zero. Worked example, also a test: 300 paid ten
/// days late and 100 two days early come to (3,000 − 200) ÷ 400 = 7 days.
/// </summary>
public static class DaysLateReport
{
    /// <summary>One customer and currency; duplicates are their survivor's.</summary>
    /// <param name="Settled">What its payments have settled, discounts and small differences with them.</param>
    /// <param name="DaysLate">Average days after the due date, weighted by amount, to two decimals.</param>
    /// <param name="DaysToPay">The same after the document's date.</param>
    public sealed record Row(
        Guid CustomerId, string Name, string LegalEntity, string Currency, int Payments, Money Settled,
        decimal DaysLate, decimal DaysToPay);

    /// <summary>The report.</summary>
    public sealed record Report(DateOnly From, DateOnly To, DateTimeOffset? KnownAt, IReadOnlyList<Row> Rows);

    private const string Sums =
        """
        with paid as (
            select s.legal_entity, s.customer_id, s.currency, -s.amount as amount, s.value_date - s.due_date as late,
                s.value_date - coalesce(s.document_date, s.due_date) as taken
            from subledger_entries s
            where s.kind = 'payment-applied' and s.value_date is not null and s.posting_date between @from and @to
                and (@knownAt::timestamptz is null or s.recorded_at <= @knownAt)
                and (@entities::text[] is null or s.legal_entity = any(@entities))
                and (@legalEntity::text is null or s.legal_entity = @legalEntity)
                and not exists (select 1 from subledger_entries r
                    where r.invoice_id = s.invoice_id and r.allocation_id = s.allocation_id
                        and r.kind = 'payment-reversed' and r.posting_date <= @to
                        and (@knownAt::timestamptz is null or r.recorded_at <= @knownAt))),
        known as (
            select distinct on (customer_id) customer_id, name, merged_into from customer_versions
            where @knownAt::timestamptz is null or recorded_at <= @knownAt order by customer_id, version desc)
        select c.customer_id, c.name, p.legal_entity, p.currency, count(*)::int as payments, sum(p.amount) as settled,
            sum(p.amount * p.late) / sum(p.amount) as late, sum(p.amount * p.taken) / sum(p.amount) as taken
        from paid p
        join known o on o.customer_id = p.customer_id
        join known c on c.customer_id = coalesce(o.merged_into, o.customer_id)
        where @customerId::uuid is null or c.customer_id = (
            select coalesce(k.merged_into, k.customer_id) from known k where k.customer_id = @customerId)
        group by 1, 2, 3, 4 order by 2, 1, 4
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/days-late", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("How many days after the due date customers pay, weighted by amount, from value dates");

    private static async Task<IResult> HandleAsync(
        HttpContext http, DateOnly from, DateOnly to, Caller caller, EventStore store, ReportMoments moments,
        CancellationToken cancellation, string? legalEntity = null, Guid? customerId = null,
        DateTimeOffset? knownAt = null)
    {
        var entities = caller.EntityFilter(legalEntity);
        if (to < from)
            return Problems.Malformed("bad-range", "/to", "to is not before from.");
        knownAt = await moments.KnownAsync(knownAt, cancellation);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = await connection.QueryAsync<Sum>(new CommandDefinition(Sums, new
        {
            from,
            to,
            legalEntity,
            customerId,
            entities,
            knownAt,
        }, cancellationToken: cancellation));
        List<Row> rows = [.. sums.Select(sum => sum.View)];
        return Tables.Result(http, new Report(from, to, knownAt, rows), () => Table.Of(rows));
    }

    private sealed class Sum
    {
        public Guid CustomerId { get; init; }
        public required string Name { get; init; }
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public int Payments { get; init; }
        public decimal Settled { get; init; }
        public decimal Late { get; init; }
        public decimal Taken { get; init; }

        public Row View => new(
            CustomerId, Name, LegalEntity, Currency, Payments, Money.Of(Settled, Currency), decimal.Round(Late, 2),
            decimal.Round(Taken, 2));
    }
}
