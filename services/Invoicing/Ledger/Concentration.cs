namespace OrderToCash.Invoicing.Ledger;

/// <summary>
/// How much of receivables few customers owe. The Herfindahl–Hirschman index is the sum of the squared shares in
/// percent: from near 0 for very many alike to 10,000 for a single one (U.S. Department of Justice and Federal Trade
/// Commission, Merger Guidelines, 2023, section 2.1). Their worked example, also a test: shares of 30, 30, 20 and 20 %
/// come to 2,600.
/// </summary>
public static class Concentration
{
    /// <summary>Share of each amount in all of them, in percent; amounts are above zero.</summary>
    public static IReadOnlyList<decimal> Shares(IReadOnlyCollection<decimal> amounts)
    {
        var sum = amounts.Sum();
        return [.. amounts.Select(amount => amount / sum * 100)];
    }

    /// <summary>The index of these amounts, to the unit; null without any.</summary>
    public static decimal? Index(IReadOnlyCollection<decimal> amounts)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        return amounts.Count == 0 ? null : decimal.Round(
            Shares(amounts).Sum(share => share * share), 0, MidpointRounding.AwayFromZero);
    }
}
