using System.Globalization;
using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>Orders of a legal entity whose wait ended in a month. Hours are of those that were decided.</summary>
/// <param name="Period">The month in which the wait ended, e.g. <c>2026-10</c>, in the legal entity's calendar.</param>
/// <param name="Reason">Code of why they had to wait, the first where there were several; null for all reasons
/// together.</param>
/// <param name="Ended">How many.</param>
/// <param name="Released">A person let them go.</param>
/// <param name="Approved">Nothing stood against them any more.</param>
/// <param name="Rejected">A person said no.</param>
/// <param name="Declined">A rule declined them when they were judged again.</param>
/// <param name="Cancelled">They were cancelled while they waited: nothing was decided.</param>
/// <param name="AverageHours">From being held to the decision, to two decimals; null where there was none.</param>
/// <param name="MedianHours">The same of the one in the middle.</param>
public sealed record OrderHoldsRow(
    string LegalEntity, string Period, string? Reason, long Ended, long Released, long Approved, long Rejected,
    long Declined, long Cancelled, decimal? AverageHours, decimal? MedianHours);

/// <summary>Orders that wait now.</summary>
/// <param name="LongestHours">Since the first of them was held.</param>
public sealed record WaitingOrdersRow(string LegalEntity, long Orders, decimal LongestHours);

/// <summary>How long held orders wait.</summary>
/// <param name="Rows">Per month and reason, all reasons together first.</param>
/// <param name="Waiting">What waits now, whatever months are asked for.</param>
public sealed record OrderHoldsView(
    string From, string To, IReadOnlyList<OrderHoldsRow> Rows, IReadOnlyList<WaitingOrdersRow> Waiting);

/// <summary>
/// <c>GET /v1/reports/order-holds</c>: what became of held orders, and after how long, by month and reason, as JSON,
/// CSV or XLSX. A month that is over does not change any more: an order counts in the month in which its wait ended.
/// </summary>
public static class OrderHoldsReport
{
    private const int MaxMonths = 36;

    private const string Seen =
        "(@legalEntity::text is null or a.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or a.legal_entity = any(@entities))";

    /// <summary>The index is by instants; no calendar is further from UTC than fourteen hours.</summary>
    private const string Ended =
        $"""
        with ended as (
            select a.legal_entity, h.reason, h.outcome, h.ended_at at time zone coalesce(e.time_zone, 'UTC') as ended,
                extract(epoch from h.ended_at - h.held_at) / 3600 as hours
            from order_holds h
            join credit_accounts a on a.customer_id = h.customer_id
            left join legal_entities e on e.code = a.legal_entity
            where h.ended_at >= @first::timestamp at time zone 'UTC' - interval '1 day'
                and h.ended_at < @until::timestamp at time zone 'UTC' + interval '1 day' and {Seen})
        select legal_entity as LegalEntity, to_char(ended, 'YYYY-MM') as Period, reason as Reason, count(*) as Ended,
            count(*) filter (where outcome = 'released') as Released,
            count(*) filter (where outcome = 'approved') as Approved,
            count(*) filter (where outcome = 'rejected') as Rejected,
            count(*) filter (where outcome = 'declined') as Declined,
            count(*) filter (where outcome = 'cancelled') as Cancelled,
            round(avg(hours) filter (where outcome <> 'cancelled'), 2) as AverageHours,
            round((percentile_cont(0.5) within group (order by hours) filter (where outcome <> 'cancelled'))::numeric,
                2) as MedianHours
        from ended where ended >= @first and ended < @until
        group by grouping sets ((1, 2), (1, 2, 3))
        order by 1, 2, grouping(reason) desc, 3
        """;

    /// <summary>An older version beside this one ends a wait without a word here; the order itself says so.</summary>
    private const string Waiting =
        $"""
        select a.legal_entity as LegalEntity, count(*) as Orders,
            round(extract(epoch from @now - min(h.held_at)) / 3600, 2) as LongestHours
        from order_holds h join credit_accounts a on a.customer_id = h.customer_id
        join order_checks o on o.customer_id = h.customer_id and o.order_id = h.order_id and o.status = 'held'
        where h.ended_at is null and {Seen} group by 1 order by 1
        """;

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/reports/order-holds", HandleAsync)
        .RequireScope(Scopes.CreditRead)
        .Produces<OrderHoldsView>()
        .WithSummary("What became of held orders and after how long, by month (yyyy-MM) and reason");

    private static async Task<IResult> HandleAsync(
        HttpContext http, string from, EventStore store, TimeProvider clock, string? to, string? legalEntity)
    {
        if (!TryParse(from, out var first))
            return Problems.Malformed("bad-period", "/from", "from is a month such as 2026-10.");
        if (!TryParse(to ?? from, out var last))
            return Problems.Malformed("bad-period", "/to", "to is a month such as 2026-10.");
        if (last < first || last >= first.AddMonths(MaxMonths))
        {
            return Problems.Malformed(
                "bad-range", "/to", $"to is not before from, and there are at most {MaxMonths} months.");
        }

        var asked = new
        {
            first,
            until = last.AddMonths(1),
            now = clock.GetUtcNow(),
            legalEntity,
            entities = Caller.Of(http).EntityFilter(legalEntity),
        };
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = (await connection.QueryAsync<OrderHoldsRow>(new CommandDefinition(
            Ended, asked, cancellationToken: http.RequestAborted))).AsList();
        var waiting = (await connection.QueryAsync<WaitingOrdersRow>(new CommandDefinition(
            Waiting, asked, cancellationToken: http.RequestAborted))).AsList();
        return Tables.Result(http, new OrderHoldsView(from, to ?? from, rows, waiting), () => Table.Of(rows));
    }

    private static bool TryParse(string text, out DateOnly month) =>
        DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out month)
        && month.Year is >= 2000 and < 9000;
}
