using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// How much of a legal entity's money was applied without a person, and how much of that was wrong. Rates are shares
/// from 0 to 1; null where there was nothing.
/// </summary>
/// <param name="Envelopes">Receipts booked in the time, without those that were reversed.</param>
/// <param name="StraightThrough">Those that are applied in full and that no person had a hand in.</param>
/// <param name="Lines">Allocations of these receipts that Invoicing confirmed.</param>
/// <param name="AutomaticLines">Those that no person decided.</param>
/// <param name="WrongLines">Those of them that a person took back within 30 days.</param>
/// <param name="MedianSeconds">From being recorded to being applied in full, of what went straight through.</param>
public sealed record MatchQualityRow(
    string LegalEntity, int Envelopes, int StraightThrough, decimal? EnvelopeRate, int Lines, int AutomaticLines,
    decimal? LineRate, int WrongLines, decimal? WrongMatchRate, decimal? MedianSeconds);

/// <summary>Quality of matching.</summary>
public sealed record MatchQualityReport(DateOnly From, DateOnly To, IReadOnlyList<MatchQualityRow> Rows);

/// <summary>
/// <c>GET /v1/reports/match-quality</c>: the straight-through rate per envelope and per line, which are not the same
/// thing, and the wrong-match rate.
/// </summary>
public static class MatchQuality
{
    private const string Sql = """
        with envelopes as (
            select r.id, r.legal_entity, r.recorded_at,
                not r.touched and r.applied + r.written_off = r.amount as straight
            from receipts r
            where r.booking_date between @from and @to and r.status <> 'reversed'
                and (@legalEntity::text is null or r.legal_entity = @legalEntity)
                and (@entities::text[] is null or r.legal_entity = any(@entities))
        ), lines as (
            select e.legal_entity, e.id, e.straight, e.recorded_at, a.automatic, a.answered_at,
                a.automatic and a.corrected
                    and coalesce(a.ended_at, now()) <= a.requested_at + interval '30 days' as wrong
            from envelopes e
            join allocations a on a.receipt_id = e.id and a.status in ('confirmed', 'reversal-pending', 'reversed')
        ), times as (
            select legal_entity, id, extract(epoch from max(answered_at) - max(recorded_at)) as seconds
            from lines where straight group by legal_entity, id
        )
        select e.legal_entity, count(*)::int as envelopes, (count(*) filter (where e.straight))::int as straight,
            coalesce((select count(*) from lines l where l.legal_entity = e.legal_entity), 0)::int as lines,
            coalesce((select count(*) from lines l where l.legal_entity = e.legal_entity and l.automatic), 0)::int
                as automatic,
            coalesce((select count(*) from lines l where l.legal_entity = e.legal_entity and l.wrong), 0)::int as wrong,
            (select percentile_cont(0.5) within group (order by t.seconds) from times t
                where t.legal_entity = e.legal_entity)::numeric(19,3) as seconds
        from envelopes e
        group by e.legal_entity
        order by e.legal_entity
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/reports/match-quality", Handle)
        .RequireScope(Scopes.CashRead)
        .Produces<MatchQualityReport>()
        .WithTags("Reports")
        .WithSummary("Straight-through rate per envelope and per line, and the wrong-match rate");

    private static async Task<IResult> Handle(
        DateOnly from, DateOnly? to, string? legalEntity, EventStore store, HttpContext http)
    {
        var parameters = new DynamicParameters();
        parameters.Add("from", from);
        parameters.Add("to", to ?? from);
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var found = await connection.QueryAsync<Row>(
            new CommandDefinition(Sql, parameters, cancellationToken: http.RequestAborted));
        MatchQualityRow[] rows = [.. found.Select(row => row.ToView())];
        return Tables.Result(http, new MatchQualityReport(from, to ?? from, rows), () => Table.Of(rows));
    }

    private sealed class Row
    {
        public string LegalEntity { get; init; } = "";
        public int Envelopes { get; init; }
        public int Straight { get; init; }
        public int Lines { get; init; }
        public int Automatic { get; init; }
        public int Wrong { get; init; }
        public decimal? Seconds { get; init; }

        public MatchQualityRow ToView() => new(
            LegalEntity, Envelopes, Straight, Share(Straight, Envelopes), Lines, Automatic, Share(Automatic, Lines),
            Wrong, Share(Wrong, Automatic), Seconds);

        private static decimal? Share(int part, int whole) =>
            whole == 0 ? null : Math.Round((decimal)part / whole, 4);
    }
}
