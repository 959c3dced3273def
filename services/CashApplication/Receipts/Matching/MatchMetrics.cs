using System.Diagnostics.Metrics;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// How much money finds its purpose without a person; the name is part of the dashboards in deploy/grafana. The match
/// rate is the share of <c>applied</c> among all receipts.
/// </summary>
public static class MatchMetrics
{
    private static readonly Meter Meter = new("OrderToCash.CashApplication");

    private static readonly Counter<long> Receipts = Meter.CreateCounter<long>(
        "otc.cash.receipts", "{receipt}", "Receipts recorded, by what matching made of them");

    /// <summary>Counts receipts that are recorded.</summary>
    public static void Recorded(IEnumerable<MatchResult> matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        foreach (var match in matches)
            Receipts.Add(1, new KeyValuePair<string, object?>("otc.match", OutcomeOf(match)));
    }

    private static string OutcomeOf(MatchResult match) => match switch
    {
        { Chosen: not null } => "applied",
        { Suggestions.Count: > 0 } => "suggested",
        _ => "unmatched",
    };
}
