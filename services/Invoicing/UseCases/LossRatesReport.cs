using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Loss rates as they came to be, for a provision matrix: of what was billed in a period, how much ever reached each
/// bucket of days overdue, and how much of that was written off in the end and not recovered: what was written off
/// before an item reached a bucket is no loss of what reached it. What is charged back is of the item that it was taken
/// from: what is lost of it, too. Loss rate = eventual loss ÷ amount that ever reached
/// the bucket (IFRS 9.B5.5.35, historical loss rates of a provision matrix). In the books' currency by booked rates,
/// deposits left out. Worked example, also a test: of 1,000 billed 400 become overdue and 100 of these for more than 30
/// days, of which 50 are written off: 5, 12.5 and 50 %.
/// </summary>
public static class LossRatesReport
{
    /// <summary>One bucket.</summary>
    /// <param name="Reached">What was open when it reached the bucket; of the first what was billed.</param>
    /// <param name="Lost">What of that was written off since up to the day, recoveries taken off.</param>
    /// <param name="Percent">Lost in percent of reached, to four decimals; null where nothing reached it.</param>
    public sealed record Row(string Bucket, Money Reached, Money Lost, decimal? Percent);

    /// <summary>The report.</summary>
    /// <param name="From">First day on which it was billed.</param>
    /// <param name="To">Last day on which it was billed.</param>
    /// <param name="AsOf">Losses up to this day; without one asked for, the day on which it is known.</param>
    /// <param name="KnownAt">As it was known then; null where it is as of today.</param>
    public sealed record Report(
        string LegalEntity, DateOnly From, DateOnly To, DateOnly AsOf, DateTimeOffset? KnownAt,
        IReadOnlyList<Row> Rows);

    private const string Sums =
        """
        with known as not materialized (
            select s.kind, s.posting_date, s.due_date, s.base_amount, coalesce(c.chargeback_of, s.invoice_id)
                as invoice_id, coalesce(c.chargeback_installment, s.installment) as installment
            from subledger_entries s
            left join invoices c on c.invoice_id = s.invoice_id and c.chargeback_of is not null
            where s.legal_entity = @legalEntity and (@knownAt::timestamptz is null or s.recorded_at <= @knownAt)),
        items as (
            select invoice_id, installment, min(due_date) as due_date from known
            where kind in ('invoice-issued', 'debit-memo-issued') and posting_date between @from and @to
            group by 1, 2),
        reached as (
            select b.first, -coalesce(sum(s.base_amount) filter (
                    where s.kind in ('written-off', 'write-off-recovered')
                        and (b.first = 0 or s.posting_date >= i.due_date + b.first)), 0) as lost,
                sum(s.base_amount) filter (where case when b.first = 0 then s.kind like '%-issued'
                    else s.posting_date < i.due_date + b.first end) as amount
            from items i
            cross join unnest(@firsts::int[]) b (first)
            join known s on s.invoice_id = i.invoice_id and s.installment = i.installment
                and s.posting_date <= @asOf
            where b.first = 0 or i.due_date + b.first <= @asOf
            group by i.invoice_id, i.installment, b.first)
        select first, sum(amount) as amount, sum(least(greatest(lost, 0), amount)) as lost
        from reached where amount > 0 group by 1
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/loss-rates", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("How much of what was billed reached each bucket, and was lost in the end");

    private static async Task<IResult> HandleAsync(
        HttpContext http, string legalEntity, DateOnly from, DateOnly to, Caller caller, EventStore store,
        ReportMoments moments, TimeProvider clock, CancellationToken cancellation, DateOnly? asOf = null,
        string? buckets = null, DateTimeOffset? knownAt = null)
    {
        var (definition, refusal) = await ReadPeriods.FindAsync(legalEntity, caller, store, cancellation);
        if (definition is null)
            return Problems.From(refusal!);
        if (to < from)
            return Problems.Malformed("bad-range", "/to", "to is not before from.");
        if (AgingBuckets.Parse(buckets) is not { } ages)
            return Problems.Malformed("bad-buckets", "/buckets", AgingBuckets.Expected);
        knownAt = await moments.KnownAsync(knownAt, cancellation);
        var day = asOf ?? (knownAt ?? clock.GetUtcNow()).DateIn(definition.TimeZone);
        int[] firsts = [0, .. ages.FirstDays];
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var found = (await connection.QueryAsync<(int First, decimal Amount, decimal Lost)>(new CommandDefinition(
            Sums, new { legalEntity, from, to, asOf = day, firsts, knownAt },
            cancellationToken: cancellation))).ToDictionary(row => row.First);
        var rows = ages.Names.Zip(firsts, (name, first) =>
        {
            var (_, reached, lost) = found.GetValueOrDefault(first);
            return new Row(
                name, Money.Of(reached, definition.BaseCurrency), Money.Of(lost, definition.BaseCurrency),
                reached > 0 ? decimal.Round(lost / reached * 100, 4, MidpointRounding.AwayFromZero) : null);
        }).ToList();
        return Tables.Result(http, new Report(legalEntity, from, to, day, knownAt, rows), () => Table.Of(rows));
    }
}
