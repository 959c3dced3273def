namespace OrderToCash.Invoicing.Ledger;

/// <summary>
/// What is lost of sales, and how old receivables are, in percent to two decimals. Bad debt to sales: what was written
/// off, less what was recovered, ÷ credit sales × 100 (J. Siegel, J. Shim, "Schaum's Quick Guide to Business Formulas",
/// 1997). Worked example, also a test: 1,300 written off and 300 recovered with 100,000 sold are 1 %. What is expected
/// to be lost is the provision matrix (<see cref="MonthEnd.AllowanceDecider"/>), customer by customer.
/// </summary>
public static class BadDebt
{
    /// <summary>Null where there were no sales; below zero where more was recovered than written off.</summary>
    public static decimal? ToSales(decimal writtenOff, decimal recovered, decimal sales) =>
        sales > 0 ? Percent(writtenOff - recovered, sales) : null;

    /// <summary>The share of a part in all receivables; null where nothing is owed.</summary>
    public static decimal? ShareOf(decimal part, decimal owed) => owed > 0 ? Percent(part, owed) : null;

    private static decimal Percent(decimal part, decimal whole) =>
        decimal.Round(part / whole * 100, 2, MidpointRounding.AwayFromZero);
}
