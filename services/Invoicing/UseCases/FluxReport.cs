using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// How the journal of a period has changed against the period before and the same period of the year before, by what
/// the accounts stand for. Changes above the threshold of the legal entity's month-end policy want a comment when the
/// period is closed.
/// </summary>
public static class FluxReport
{
    /// <summary>The report.</summary>
    /// <param name="KnownAt">Only what was recorded up to this moment; null for all that is known.</param>
    /// <param name="Threshold">As it is now; null where the legal entity has none: then no change is large.</param>
    public sealed record Report(
        string LegalEntity, string Period, DateTimeOffset? KnownAt, FluxThreshold? Threshold,
        IReadOnlyList<FluxLine> Lines);

    /// <summary>Debits less credits in the books' currency, as far as rates were known.</summary>
    private const string Sums =
        """
        select l.role, date_trunc('month', e.posting_date)::date as month, coalesce(sum(case
            when l.currency = @books then l.debit - l.credit
            when @knownAt::timestamptz is null or l.translated_at is null or l.translated_at <= @knownAt
                then l.base_debit - l.base_credit end), 0) as amount
        from (select * from journal_entries union all select * from received_journal_entries) e
        join (select * from journal_lines union all select * from received_journal_lines) l on l.entry_id = e.entry_id
        where e.legal_entity = @entity and (e.posting_date between @prior and @last
            or e.posting_date between @year and @yearEnd)
            and (@knownAt::timestamptz is null or e.recorded_at <= @knownAt)
        group by 1, 2
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/periods/{entity}/{period}/flux", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("The journal of a period against the period and the year before");

    private static async Task<IResult> HandleAsync(
        HttpContext http, string entity, string period, Caller caller, EventStore store, ReportMoments moments,
        CancellationToken cancellation, DateTimeOffset? knownAt = null)
    {
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        var (definition, refusal) = await ReadPeriods.FindAsync(entity, caller, store, cancellation);
        if (definition is null)
            return Problems.From(refusal!);
        var known = await moments.KnownAsync(knownAt, cancellation);
        var report = await FindAsync(definition, month, known, store, cancellation);
        return Tables.Result(http, report, () => new Table(
            ["role", "now", "priorPeriod", "change", "percent", "priorYear", "changeOfYear", "percentOfYear", "large"],
            report.Lines.Select(line => (IReadOnlyList<object?>)
            [
                line.Role, line.Now.Amount, line.PriorPeriod.Then.Amount, line.PriorPeriod.Change.Amount,
                line.PriorPeriod.Percent, line.PriorYear.Then.Amount, line.PriorYear.Change.Amount,
                line.PriorYear.Percent, line.IsLarge,
            ])));
    }

    /// <summary>The report as it was known at a moment; without one, as it is known today.</summary>
    internal static async Task<Report> FindAsync(
        LegalEntityDefined entity, Period month, DateTimeOffset? knownAt, EventStore store,
        CancellationToken cancellation)
    {
        var (policy, _) = await store.LoadAsync(
            MonthEndPolicyStream.Type, MonthEndPolicyStream.Id(entity.Code), cancellation);
        var (threshold, yearBefore) = (policy.Definition?.Flux, new Period(month.FirstDay.AddYears(-1)));
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = (await connection.QueryAsync<(string Role, DateOnly Month, decimal Amount)>(new CommandDefinition(
            Sums,
            new
            {
                entity = entity.Code,
                books = entity.BaseCurrency,
                prior = month.Previous.FirstDay,
                last = month.LastDay,
                year = yearBefore.FirstDay,
                yearEnd = yearBefore.LastDay,
                knownAt,
            },
            cancellationToken: cancellation))).ToLookup(sum => sum.Role);
        return new Report(entity.Code, $"{month}", knownAt, threshold,
        [
            .. sums.OrderBy(role => role.Key, StringComparer.Ordinal).Select(role =>
            {
                var now = In(month);
                return new FluxLine(
                    role.Key, now, Flux.Of(now, In(month.Previous), threshold),
                    Flux.Of(now, In(yearBefore), threshold));

                Money In(Period one) => Money.Of(
                    role.Where(sum => sum.Month == one.FirstDay).Sum(sum => sum.Amount), entity.BaseCurrency);
            }),
        ]);
    }
}
