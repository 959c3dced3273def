using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Targets;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Results of a month, or of several.</summary>
/// <param name="Period">The month, or the last of them.</param>
/// <param name="Rows">Per currency and collector; the row of all collectors has none and comes first.</param>
/// <param name="Months">How many months.</param>
public sealed record CollectionResultsView(
    string LegalEntity, string Period, IReadOnlyList<CollectionResultRow> Rows, int Months = 1);

/// <summary>What a month, or several, came to. Percents are null where there is nothing to divide by.</summary>
/// <param name="Collector">Subject; null where nobody looks after the customers.</param>
/// <param name="All">True for the sum over all collectors.</param>
/// <param name="Effectiveness">Collection effectiveness index of the Credit Research Foundation (Performance Measures
/// for Credit, Collections and Accounts Receivable): (beginning + sales ÷ N − ending) ÷ (beginning + sales ÷ N −
/// ending that is not overdue) × 100, where N is the number of months. 100: everything that was due came.
/// It is meant for months that are over and in which there were books: one that has only begun, or lies before them,
/// counts in N like any other, and the index is too low then. Null where nothing is left to divide by.</param>
/// <param name="Target">Cash that was to come, or null.</param>
/// <param name="Achieved">Cash in percent of the target.</param>
/// <param name="CurrentPercent">Of what was open at the end, so much was not overdue.</param>
/// <param name="OldPercent">Of what was open at the end, so much was overdue for more than 90 days.</param>
/// <param name="PromisesKeptPercent">Of the promises judged; a partly kept one counts half.</param>
/// <param name="DisputeDays">Days from opening to settling, on average; null without disputes.</param>
/// <param name="Holds">Holds that were released or ended by themselves.</param>
/// <param name="HoldDays">Days from placing to that, on average; null without holds.</param>
public sealed record CollectionResultRow(
    string? Collector, bool All, Money Beginning, Money Sales, Money Ending, Money EndingCurrent,
    decimal? Effectiveness, Money Cash, Money? Target, decimal? Achieved, decimal? CurrentPercent, decimal? OldPercent,
    int Contacts, int Conversations, int Promises, decimal? PromisesKeptPercent, int Disputes, decimal? DisputeDays,
    int Holds, decimal? HoldDays);

/// <summary>Results of collecting, per collector and month.</summary>
public static class CollectionResults
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/reports/collection-effectiveness", Handle)
        .RequireScope(Scopes.CollectionsRead).Produces<CollectionResultsView>()
        .WithSummary(
            "Results of collecting in months: CEI, targets, promises, disputes, contacts (JSON, CSV, XLSX)");

    private static async Task<IResult> Handle(
        string legalEntity, string period, int? months, LegalEntities entities, ResultsReader reader,
        EventSourcing.EventStore store, HttpContext http)
    {
        if (Caller.Of(http).Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        if (!ResultPeriod.TryParse(period, out var month))
            return ResultPeriod.Malformed();
        if (months is < 1 or > ResultPeriod.MostMonths)
            return ResultPeriod.TooLong();
        if (await entities.FindAsync(legalEntity, http.RequestAborted) is not { } entity)
            return Problems.From(DunningRefusals.UnknownLegalEntity(legalEntity));
        var time = month.Back(months ?? 1);
        var sums = await reader.SumsAsync(entity, time, http.RequestAborted);
        var counts = await reader.CountsAsync(entity, time, http.RequestAborted);
        var targets = new List<CashTarget>();
        foreach (var name in time.Names)
        {
            var (one, _) = await store.LoadAsync(
                CollectionTargetsStream.Type, CollectionTargetsStream.Id(legalEntity, name), http.RequestAborted);
            targets.AddRange(one.Set?.Targets ?? []);
        }

        var rows = Rows(sums, counts, targets, time.Months);
        return Tables.Result(
            http, new CollectionResultsView(legalEntity, period, rows, time.Months), () => Table.Of(rows));
    }

    internal static List<CollectionResultRow> Rows(
        IReadOnlyList<ResultSums> sums, IReadOnlyList<ResultCounts> counts, IReadOnlyList<CashTarget> targets,
        int months = 1)
    {
        var currencies = sums.Select(one => one.Currency).Concat(targets.Select(one => one.Cash.Currency)).Distinct();
        return
        [
            .. from currency in currencies.OrderBy(currency => currency.Code, StringComparer.Ordinal)
               let own = sums.Where(one => one.Currency == currency).ToList()
               let aims = targets.Where(one => one.Cash.Currency == currency).ToList()
               let collectors = own.Select(one => one.Collector).Concat(aims.Select(one => one.Collector)).Distinct()
               from row in collectors.OrderBy(collector => collector is null)
                   .ThenBy(collector => collector, StringComparer.Ordinal)
                   .Select(collector => Row(
                       collector, months, currency, [.. own.Where(one => one.Collector == collector)],
                       [.. counts.Where(one => one.Collector == collector)],
                       [.. aims.Where(one => one.Collector == collector)]))
                   .Prepend(Row(null, months, currency, own, counts, aims) with { All = true })
               select row,
        ];
    }

    private static CollectionResultRow Row(
        string? collector, int months, Currency currency, IReadOnlyList<ResultSums> sums,
        IReadOnlyList<ResultCounts> counts, IReadOnlyList<CashTarget> targets)
    {
        var (beginning, sales) = (sums.Sum(one => one.Beginning), sums.Sum(one => one.Sales));
        var (ending, current) = (sums.Sum(one => one.Ending), sums.Sum(one => one.EndingCurrent));
        var (cash, promises) = (sums.Sum(one => one.Cash), counts.Sum(one => one.Promises));
        var target = targets.Count == 0 ? (decimal?)null : targets.Sum(one => one.Cash.Amount);
        var (disputes, holds) = (counts.Sum(one => one.Disputes), counts.Sum(one => one.Holds));
        var due = beginning + (sales / months);
        return new CollectionResultRow(
            collector, false, Amount(beginning), Amount(sales), Amount(ending), Amount(current),
            Percent(due - ending, due - current), Amount(cash),
            target is { } aim ? Amount(aim) : null, target is { } goal ? Percent(cash, goal) : null,
            Percent(current, ending), Percent(sums.Sum(one => one.EndingOld), ending),
            counts.Sum(one => one.Attempts), counts.Sum(one => one.Conversations), promises,
            Percent(counts.Sum(one => one.PromisesKept), promises), disputes,
            Average(counts.Sum(one => one.DisputeDays), disputes), holds,
            Average(counts.Sum(one => one.HoldDays), holds));

        Money Amount(decimal amount) => Money.Of(amount, currency);
    }

    private static decimal? Average(decimal days, int count) => count == 0 ? null : decimal.Round(days / count, 2);

    private static decimal? Percent(decimal part, decimal whole) =>
        whole <= 0 ? null : decimal.Round(100 * part / whole, 2);
}
