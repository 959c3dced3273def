using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Receipts of one cause, customer or method.</summary>
/// <param name="Key">The queue that a receipt came into first (<see cref="Receipts.AsideReasons"/>), else
/// <c>straight-through</c>, <c>by-person</c>, <c>unanswered</c> or <c>other</c>; the customer's number, else
/// <c>unidentified</c>; or the method.</param>
/// <param name="Envelopes">Receipts booked in the time, without those that were reversed.</param>
/// <param name="StraightThrough">Those that are applied in full and that no person had a hand in.</param>
/// <param name="EnvelopeRate">The one as a share of the other, 0 to 1.</param>
/// <param name="Amount">Of all of them.</param>
/// <param name="StraightThroughAmount">Of those that went straight through.</param>
public sealed record StraightThroughRow(
    string LegalEntity, string Key, int Envelopes, int StraightThrough, decimal EnvelopeRate, Money Amount,
    Money StraightThroughAmount);

/// <summary>What went straight through, by cause, customer or method and currency.</summary>
/// <param name="IsWhole">False where there are more rows than are shown: those of most receipts that did not.</param>
public sealed record StraightThroughReport(
    DateOnly From, DateOnly To, string By, bool IsWhole, IReadOnlyList<StraightThroughRow> Rows);

/// <summary>
/// <c>GET /v1/reports/straight-through?by=cause|customer|method</c>: where persons had to lend a hand. What
/// <see cref="MatchQuality"/> counts as a whole, taken apart; the rows of a legal entity add up to its envelopes there.
/// </summary>
public static class StraightThrough
{
    private const int MostRows = 1_000;

    private const int MostDays = 366;

    /// <summary>
    /// Only by cause the first queue of a receipt is looked for, in its log; that its file was held is the cause where
    /// nothing else is told.
    /// </summary>
    private const string Sql = """
        with envelopes as (
            select r.id, r.legal_entity, r.currency, r.amount, r.method, r.customer_id, r.touched, r.pending,
                not r.touched and r.applied + r.written_off = r.amount as straight
            from receipts r
            where r.booking_date between @from and @to and r.status <> 'reversed'
                and (@legalEntity::text is null or r.legal_entity = @legalEntity)
                and (@entities::text[] is null or r.legal_entity = any(@entities))
        ), keyed as (
            select e.*, case @by
                when 'method' then e.method
                when 'customer' then coalesce((select c.number from customers c where c.id = e.customer_id),
                    e.customer_id::text, 'unidentified')
                else case when e.straight then 'straight-through' else coalesce((
                    select l.data ->> 'Reason' from mt_events l
                    where l.stream_id = e.id and l.type = 'receipt_set_aside'
                    order by l.data ->> 'Reason' = 'held', l.version limit 1),
                    case when e.touched then 'by-person' when e.pending > 0 then 'unanswered' else 'other' end)
                    end end as key
            from envelopes e
        )
        select legal_entity, key, currency, count(*)::int as envelopes,
            (count(*) filter (where straight))::int as straight, sum(amount) as amount,
            coalesce(sum(amount) filter (where straight), 0) as straight_amount
        from keyed group by legal_entity, key, currency
        order by count(*) filter (where not straight) desc, count(*) desc, legal_entity, key, currency limit @most
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/reports/straight-through", Handle)
        .RequireScope(Scopes.CashRead)
        .Produces<StraightThroughReport>()
        .WithTags("Reports")
        .WithSummary("What was applied without a person, by cause, customer or method");

    private static async Task<IResult> Handle(
        DateOnly from, DateOnly? to, string? by, string? legalEntity, EventStore store, HttpContext http)
    {
        var (until, key) = (to ?? from, by ?? "cause");
        if (key is not ("cause" or "customer" or "method"))
            return Problems.Malformed("bad-by", "/by", "by is cause, customer or method.");
        if (until < from || until.DayNumber - from.DayNumber >= MostDays)
            return Problems.Malformed("bad-days", "/to", $"A report is of 1 to {MostDays} days.");
        var parameters = new DynamicParameters(new { from, to = until, by = key, legalEntity, most = MostRows + 1 });
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var found = (await connection.QueryAsync<Row>(
            new CommandDefinition(Sql, parameters, cancellationToken: http.RequestAborted))).AsList();
        StraightThroughRow[] rows = [.. found.Take(MostRows).Select(row => row.ToView())];
        var report = new StraightThroughReport(from, until, key, found.Count <= MostRows, rows);
        return Tables.Result(http, report, () => Table.Of(rows));
    }

    private sealed class Row
    {
        public string LegalEntity { get; init; } = "";
        public string Key { get; init; } = "";
        public string Currency { get; init; } = "";
        public int Envelopes { get; init; }
        public int Straight { get; init; }
        public decimal Amount { get; init; }
        public decimal StraightAmount { get; init; }

        public StraightThroughRow ToView() => new(
            LegalEntity, Key, Envelopes, Straight, Math.Round((decimal)Straight / Envelopes, 4),
            Money.Of(Amount, Currency), Money.Of(StraightAmount, Currency));
    }
}
