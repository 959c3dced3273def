namespace OrderToCash.Invoicing.Ledger;

/// <summary>
/// How long sales stay unpaid, in days; the formulas as the Credit Research Foundation publishes them. A figure is null
/// where there were no sales to divide by. Worked example, also a test: 300,000 receivables of which 240,000 current,
/// 450,000 sold in 90 days: DSO 60, best possible 48, ADD 12.
/// </summary>
public static class SalesOutstanding
{
    private const int MaxMonths = 36;

    /// <summary>Days sales outstanding: receivables ÷ credit sales × days of the period.</summary>
    public static decimal? Simple(decimal receivables, decimal sales, int days) =>
        sales > 0 ? Round(receivables / sales * days) : null;

    /// <summary>Best possible DSO: current (not overdue) receivables ÷ credit sales × days of the period.</summary>
    public static decimal? BestPossible(decimal current, decimal sales, int days) => Simple(current, sales, days);

    /// <summary>Average days delinquent: DSO − best possible DSO.</summary>
    public static decimal? AverageDaysDelinquent(decimal? simple, decimal? best) => simple - best;

    /// <summary>Receivables turnover: credit sales ÷ average of opening and closing receivables.</summary>
    public static decimal? Turnover(decimal opening, decimal closing, decimal sales) =>
        opening + closing > 0 ? Round(sales / ((opening + closing) / 2)) : null;

    /// <summary>
    /// Countback DSO: the receivables are counted against the sales of the latest months first; each month that they
    /// cover counts with all its days, the last one with the share of its sales that is covered. Null where the sales
    /// of three years do not cover them.
    /// </summary>
    /// <param name="receivables">At the end of the latest month.</param>
    /// <param name="months">Days and sales per month, the latest first.</param>
    public static decimal? Countback(decimal receivables, IReadOnlyList<(int Days, decimal Sales)> months)
    {
        ArgumentNullException.ThrowIfNull(months);
        var (rest, days) = (receivables, 0m);
        if (rest <= 0)
            return 0;
        foreach (var (length, sales) in months.Take(MaxMonths))
        {
            if (sales > rest)
                return Round(days + (rest / sales * length));
            days += length;
            rest -= Math.Max(sales, 0);
            if (rest == 0)
                return Round(days);
        }

        return null;
    }

    private static decimal Round(decimal figure) => decimal.Round(figure, 2, MidpointRounding.AwayFromZero);
}
