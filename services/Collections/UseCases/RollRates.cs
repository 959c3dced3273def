using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>How receivables aged in a month.</summary>
public sealed record RollRatesView(string LegalEntity, string Period, IReadOnlyList<RollRateRow> Rows);

/// <summary>Money that went from one age to another.</summary>
/// <param name="From">Age at the beginning: <c>current</c>, <c>1-30</c>, <c>31-60</c>, <c>61-90</c>, <c>over-90</c>;
/// <c>new</c> for what was invoiced in the month.</param>
/// <param name="To">Age at the end; <c>settled</c> for what was paid, credited or written off.</param>
/// <param name="Amount">How much.</param>
/// <param name="Rate">In percent of all that began there.</param>
public sealed record RollRateRow(string From, string To, Money Amount, decimal Rate);

/// <summary>Roll rates: from age to age in a month.</summary>
public static class RollRates
{
    private static readonly string[] Ages = ["new", "current", "1-30", "31-60", "61-90", "over-90", "settled"];

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
        var rows = Rows(await reader.RolledAsync(entity, month, http.RequestAborted));
        return Tables.Result(http, new RollRatesView(legalEntity, period, rows), () => Table.Of(rows));
    }

    internal static List<RollRateRow> Rows(IReadOnlyList<RolledSum> sums)
    {
        var begun = sums.GroupBy(one => (one.From, one.Amount.Currency))
            .ToDictionary(group => group.Key, group => group.Sum(one => one.Amount.Amount));
        return
        [
            .. sums.OrderBy(one => one.Amount.Currency.Code, StringComparer.Ordinal)
                .ThenBy(one => Array.IndexOf(Ages, one.From)).ThenBy(one => Array.IndexOf(Ages, one.To))
                .Select(one => new RollRateRow(
                    one.From, one.To, one.Amount,
                    decimal.Round(100 * one.Amount.Amount / begun[(one.From, one.Amount.Currency)], 2))),
        ];
    }
}
