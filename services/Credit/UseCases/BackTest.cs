using Dapper;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// <c>GET /v1/credit/portfolio/back-test</c>: what became of the customers about whom decisions were made. A decision
/// turned out badly when an invoice that was made after it, and fell due within the horizon, was open more than so many
/// days past its due date, disputes aside, or was written off; a twentieth of it or less is a small balance, which says
/// nothing of who owed it. What was void is no outcome. Decisions whose horizon is not over yet are counted and not
/// judged.
/// </summary>
public static class BackTest
{
    private const int DefaultDaysPastDue = 90;
    private const int DefaultHorizonDays = 365;
    private const int MostDaysPastDue = 365;
    private const int MostHorizonDays = 1_095;
    private const int FirstYear = 2000;
    private const int LastYear = 2200;

    /// <summary>What is asked for.</summary>
    /// <param name="LegalEntity">One legal entity; all that the caller may see by default.</param>
    /// <param name="From">First day of the decisions (UTC); a year before the last by default.</param>
    /// <param name="Until">
    /// Their last day; by default the last one whose decisions can all be judged today.
    /// </param>
    /// <param name="DaysPastDue">From how many days past due it is bad, 1 to 365; 90 by default.</param>
    /// <param name="HorizonDays">How long invoices of a decision are followed, 30 to 1,095 days; 365 by
    /// default.</param>
    public sealed record Query(
        string? LegalEntity, DateOnly? From, DateOnly? Until, int? DaysPastDue, int? HorizonDays);

    /// <summary>Decisions of one kind.</summary>
    /// <param name="LegalEntity">Code of the selling company.</param>
    /// <param name="RiskClass">The class at the decision, or null.</param>
    /// <param name="Recommendation">What the policy said: <c>approve</c>, <c>refer</c> or <c>decline</c>.</param>
    /// <param name="Decision"><c>approved</c> or <c>declined</c>.</param>
    /// <param name="Decisions">How many.</param>
    /// <param name="Maturing">Those whose horizon is not over.</param>
    /// <param name="Observed">Those that can be judged: over, and something fell due.</param>
    /// <param name="Bad">Those of them that turned out badly.</param>
    /// <param name="BadRate">Bad by observed; null where nothing was observed.</param>
    public sealed record Row(
        string LegalEntity, string? RiskClass, string Recommendation, string Decision, long Decisions, long Maturing,
        long Observed, long Bad, decimal? BadRate);

    /// <summary>How well the scores of one legal entity told one from the other.</summary>
    /// <param name="LegalEntity">Code of the selling company.</param>
    /// <param name="Power">The measures; null where only good or only bad outcomes are known.</param>
    public sealed record Model(string LegalEntity, ModelPower? Power);

    /// <summary>The report.</summary>
    public sealed record Report(
        DateOnly From, DateOnly Until, int DaysPastDue, int HorizonDays, IReadOnlyList<Row> Rows,
        IReadOnlyList<Model> Models);

    private const string Outcomes =
        """
        with decided as (
            select a.application_id, a.legal_entity, a.customer_id, a.risk_class, a.score, a.status,
                   coalesce(a.recommendation, '') as recommendation,
                   (a.decided_at at time zone 'UTC')::date as decided_on
            from credit_applications a
            where a.status in ('approved', 'declined')
              and a.decided_at >= @from::date and a.decided_at < @until::date + 1
              and (@legalEntity::text is null or a.legal_entity = @legalEntity)
              and (@entities::text[] is null or a.legal_entity = any(@entities))
        ), judged as (
            select d.*, d.decided_on + @horizon + @days < @today as is_over, coalesce(r.due, 0) > 0 as is_observed,
                   coalesce(r.late, 0) > 0 as is_bad
            from decided d
            left join lateral (
                select count(*) as due, count(*) filter (where
                    case when exists (select 1 from credit_losses l where l.invoice_id = r.invoice_id
                            and l.installment = r.installment having sum(l.amount) > r.amount * 0.05) then true
                        when r.closed_on is null then r.balance > r.disputed and r.due_date + @days < @today
                        else r.closed_on > r.due_date + @days end) as late
                from credit_receivables r
                where r.customer_id = d.customer_id and r.amount > 0 and r.invoice_date >= d.decided_on
                  and r.due_date between d.decided_on and d.decided_on + @horizon) r on true
        )
        select legal_entity as LegalEntity, risk_class as RiskClass, recommendation as Recommendation,
               status as Decision, score as Score, count(*) as Decisions,
               count(*) filter (where not is_over) as Maturing,
               count(*) filter (where is_over and is_observed) as Observed,
               count(*) filter (where is_over and is_observed and is_bad) as Bad
        from judged
        group by legal_entity, risk_class, recommendation, status, score
        """;

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/credit/portfolio/back-test", HandleAsync)
        .RequireScope(Scopes.CreditRead).Produces<Report>()
        .WithSummary("Credit decisions against what became of the customers");

    private static async Task<IResult> HandleAsync(
        HttpContext http, [AsParameters] Query query, EventStore store, TimeProvider clock)
    {
        var (days, horizon) = (query.DaysPastDue ?? DefaultDaysPastDue, query.HorizonDays ?? DefaultHorizonDays);
        if (days is < 1 or > MostDaysPastDue)
            return Problems.Malformed("bad-days", "/daysPastDue", "daysPastDue is from 1 to 365.");
        if (horizon is < 30 or > MostHorizonDays)
            return Problems.Malformed("bad-horizon", "/horizonDays", "horizonDays is from 30 to 1095.");
        if (query.From?.Year is < FirstYear or > LastYear || query.Until?.Year is < FirstYear or > LastYear)
            return Problems.Malformed("bad-period", "/until", "from and until are in the years 2000 to 2200.");
        var today = clock.Today("UTC");
        var until = query.Until ?? today.AddDays(-horizon - days - 1);
        var from = query.From ?? until.AddYears(-1);
        if (from > until)
            return Problems.Malformed("bad-period", "/from", "from is not after until.");
        var asked = query with { From = from, Until = until, DaysPastDue = days, HorizonDays = horizon };
        var outcomes = await ReadAsync(http, asked, store, today);
        return Tables.Result(http, Of(asked, outcomes), () => new Table(
            ["legalEntity", "riskClass", "recommendation", "decision", "decisions", "maturing", "observed", "bad",
                "badRate"],
            Rows(outcomes).Select(row => (IReadOnlyList<object?>)
            [
                row.LegalEntity, row.RiskClass, row.Recommendation, row.Decision, row.Decisions, row.Maturing,
                row.Observed, row.Bad, row.BadRate,
            ])));
    }

    private static Report Of(Query query, IReadOnlyList<Outcome> outcomes) => new(
        query.From!.Value, query.Until!.Value, query.DaysPastDue!.Value, query.HorizonDays!.Value,
        [.. Rows(outcomes)],
        [
            .. outcomes.GroupBy(one => one.LegalEntity).OrderBy(entity => entity.Key, StringComparer.Ordinal)
                .Select(entity => new Model(entity.Key, ModelPower.Of(
                    from one in entity
                    where one.Score is not null
                    select new ScoreOutcome(one.Score!.Value, one.Observed - one.Bad, one.Bad)))),
        ]);

    private static IEnumerable<Row> Rows(IReadOnlyList<Outcome> outcomes) =>
        from one in outcomes
        group one by (one.LegalEntity, one.RiskClass, one.Recommendation, one.Decision) into kind
        orderby kind.Key
        let observed = kind.Sum(one => one.Observed)
        let bad = kind.Sum(one => one.Bad)
        select new Row(
            kind.Key.LegalEntity, kind.Key.RiskClass, kind.Key.Recommendation, kind.Key.Decision,
            kind.Sum(one => one.Decisions), kind.Sum(one => one.Maturing), observed, bad,
            observed == 0 ? null : decimal.Round((decimal)bad / observed, 4));

    private static async Task<IReadOnlyList<Outcome>> ReadAsync(
        HttpContext http, Query query, EventStore store, DateOnly today)
    {
        var caller = Caller.Of(http);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        return
        [
            .. await connection.QueryAsync<Outcome>(new CommandDefinition(
                Outcomes,
                new
                {
                    from = query.From,
                    until = query.Until,
                    days = query.DaysPastDue,
                    horizon = query.HorizonDays,
                    today,
                    legalEntity = query.LegalEntity,
                    entities = caller.EntityFilter(query.LegalEntity),
                },
                cancellationToken: http.RequestAborted)),
        ];
    }

    private sealed record Outcome
    {
        public string LegalEntity { get; init; } = "";
        public string? RiskClass { get; init; }
        public string Recommendation { get; init; } = "";
        public string Decision { get; init; } = "";
        public int? Score { get; init; }
        public long Decisions { get; init; }
        public long Maturing { get; init; }
        public long Observed { get; init; }
        public long Bad { get; init; }
    }
}
