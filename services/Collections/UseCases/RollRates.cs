using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>How receivables aged in a month.</summary>
/// <param name="Rows">Per currency and collector; those of all collectors have none and come first.</param>
/// <param name="NetFlows">What of one age became of the next, in the same order; in JSON only.</param>
public sealed record RollRatesView(
    string LegalEntity, string Period, IReadOnlyList<RollRateRow> Rows, IReadOnlyList<NetFlowRow> NetFlows);

/// <summary>Money that went from one age to another.</summary>
/// <param name="From">Age at the beginning: <c>current</c>, <c>1-30</c>, <c>31-60</c>, <c>61-90</c>, <c>over-90</c>;
/// <c>new</c> for what was invoiced in the month.</param>
/// <param name="To">Age at the end; <c>settled</c> for what was paid, credited or written off.</param>
/// <param name="Amount">How much.</param>
/// <param name="Rate">In percent of all that began there.</param>
/// <param name="Collector">Subject of who looked after the customers at the end of the month; null where nobody did.
/// </param>
/// <param name="All">True for the sum over all collectors.</param>
public sealed record RollRateRow(
    string From, string To, Money Amount, decimal Rate, string? Collector = null, bool All = false);

/// <summary>
/// The net flow rate: what is of an age at the end of a month for what was of the age before it at its beginning,
/// whichever items it was. What is over 90 days old stays so, so what was at the beginning counts with 61-90.
/// </summary>
/// <param name="From">The age at the beginning.</param>
/// <param name="To">The age at the end.</param>
/// <param name="Beginning">What was of the age before.</param>
/// <param name="Ending">What is of the age.</param>
/// <param name="Rate">In percent; null where nothing was of the age before.</param>
/// <param name="Collector">As in <see cref="RollRateRow"/>.</param>
/// <param name="All">True for the sum over all collectors.</param>
public sealed record NetFlowRow(
    string From, string To, Money Beginning, Money Ending, decimal? Rate, string? Collector, bool All);

/// <summary>Roll rates: from age to age in a month, per collector and in all.</summary>
public static class RollRates
{
    private static readonly string[] Ages = ["new", "current", "1-30", "31-60", "61-90", "over-90", "settled"];

    /// <summary>Those that lead to another.</summary>
    private static readonly string[] Flowing = ["current", "1-30", "31-60", "61-90", "over-90"];

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/reports/roll-rates", Handle)
        .RequireScope(Scopes.CollectionsRead).Produces<RollRatesView>()
        .WithSummary("How receivables went from age to age in a month (JSON, CSV, XLSX)");

    private static async Task<IResult> Handle(
        string legalEntity, string period, LegalEntities entities, ResultsReader reader, HttpContext http)
    {
        if (Caller.Of(http).Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        if (!ResultPeriod.TryParse(period, out var month))
            return ResultPeriod.Malformed();
        if (await entities.FindAsync(legalEntity, http.RequestAborted) is not { } entity)
            return Problems.From(DunningRefusals.UnknownLegalEntity(legalEntity));
        var parts = Parts(await reader.RolledAsync(entity, month, http.RequestAborted));
        List<RollRateRow> rows = [.. parts.SelectMany(Rows)];
        return Tables.Result(
            http, new RollRatesView(legalEntity, period, rows, [.. parts.SelectMany(NetFlows)]), () => Table.Of(rows));
    }

    /// <summary>Per currency: all collectors, then each, last what nobody looks after.</summary>
    internal static List<RolledPart> Parts(IReadOnlyList<RolledSum> sums) =>
    [
        .. from currency in sums.GroupBy(one => one.Amount.Currency)
               .OrderBy(one => one.Key.Code, StringComparer.Ordinal)
           from part in currency.GroupBy(one => one.Collector)
               .OrderBy(one => one.Key is null).ThenBy(one => one.Key, StringComparer.Ordinal)
               .Select(one => new RolledPart(one.Key, false, currency.Key, [.. one]))
               .Prepend(new RolledPart(null, true, currency.Key, [.. currency]))
           select part,
    ];

    internal static IEnumerable<RollRateRow> Rows(RolledPart part) =>
        from moved in part.Sums.GroupBy(one => (one.From, one.To))
        orderby Array.IndexOf(Ages, moved.Key.From), Array.IndexOf(Ages, moved.Key.To)
        let amount = moved.Sum(one => one.Amount.Amount)
        let begun = part.Sums.Where(one => one.From == moved.Key.From).Sum(one => one.Amount.Amount)
        select new RollRateRow(
            moved.Key.From, moved.Key.To, Money.Of(amount, part.Currency), decimal.Round(100 * amount / begun, 2),
            part.Collector, part.All);

    internal static IEnumerable<NetFlowRow> NetFlows(RolledPart part)
    {
        for (var age = 1; age < Flowing.Length; age++)
        {
            var (from, to) = (Flowing[age - 1], Flowing[age]);
            var begun = Begun(from) + (age == Flowing.Length - 1 ? Begun(to) : 0);
            var ended = part.Sums.Where(one => one.To == to).Sum(one => one.Amount.Amount);
            if (begun != 0 || ended != 0)
            {
                yield return new NetFlowRow(
                    from, to, Money.Of(begun, part.Currency), Money.Of(ended, part.Currency),
                    begun == 0 ? null : decimal.Round(100 * ended / begun, 2), part.Collector, part.All);
            }
        }

        decimal Begun(string age) => part.Sums.Where(one => one.From == age).Sum(one => one.Amount.Amount);
    }

    /// <summary>What moved for one collector, or for all, in one currency.</summary>
    internal sealed record RolledPart(string? Collector, bool All, Currency Currency, IReadOnlyList<RolledSum> Sums);
}
