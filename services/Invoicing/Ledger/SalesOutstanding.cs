namespace OrderToCash.Invoicing.Ledger;

/// <summary>
/// How long sales stay unpaid, in days. Sources: simple, best possible and average days delinquent as the Credit
/// Research Foundation publishes them ("Ratios and Formulas in Customer Financial Analysis", crfonline.org); countback
/// as the count-back or exhaustion method of the same; true DSO as asked for in Oracle's receivables community
/// (community.oracle.com, discussion 4521441); turnover of J. Siegel, J. Shim, "Schaum's Quick Guide to Business
/// Formulas" (McGraw-Hill 1998). A figure is null where there were no sales to divide by. Worked example, also a test:
/// 300,000 receivables of which 240,000 current, 450,000 sold in 90 days: DSO 60, best possible 48, ADD 12.
/// </summary>
public static class SalesOutstanding
{
    /// <summary>So many months, the last one among them, are counted back at most.</summary>
    public const int MaxMonths = 36;

    /// <summary>
    /// Days sales outstanding: receivables ÷ credit sales × days of the period. 100,000 ÷ 1,200,000 × 365 = 30.42.
    /// </summary>
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
    /// Collection effectiveness index of the Credit Research Foundation ("Performance Measures for Credit, Collections
    /// and Accounts Receivable"), in percent: (opening + sales ÷ months − closing) ÷ (opening + sales ÷ months −
    /// current) × 100, where closing is all that is open at the end and current what of it is not overdue. 100: all
    /// that was due came. Worked example: (1,000 + 500 − 1,050) ÷ (1,000 + 500 − 900) = 75. Null where nothing was to
    /// come.
    /// </summary>
    /// <param name="months">In so many calendar months the sales were made: those of one on average count. Null where
    /// that is no number of months, and then there is no index.</param>
    public static decimal? CollectionEffectiveness(
        decimal opening, decimal sales, int? months, decimal closing, decimal current)
    {
        if (months is not { } count)
            return null;
        var due = opening + (sales / count);
        return due > current ? Round((due - closing) / (due - current) * 100) : null;
    }

    /// <summary>
    /// Of how many calendar months days are: of one where all are in it, else of as many as they make up; null where
    /// one of several is not whole, for half a month's sales are not those of one.
    /// </summary>
    public static int? Months(DateOnly from, DateOnly to)
    {
        var months = ((to.Year - from.Year) * 12) + to.Month - from.Month + 1;
        var isWhole = from.Day == 1 && to.Day == DateTime.DaysInMonth(to.Year, to.Month);
        return months == 1 || isWhole ? months : null;
    }

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

    /// <summary>
    /// True DSO: of each open invoice, open amount × days since its date ÷ net credit sales of its month; all of them
    /// summed. 1,000 open for 40 days of a month that sold 10,000, and 3,000 for 20 days of one that sold 12,000:
    /// 4 + 5 = 9. Null where an invoice is of a month whose sales, credits taken off, are none.
    /// </summary>
    /// <param name="months">Per month: open amounts times their days, and its sales.</param>
    public static decimal? True(IEnumerable<(decimal AmountDays, decimal Sales)> months)
    {
        ArgumentNullException.ThrowIfNull(months);
        var days = 0m;
        foreach (var (amountDays, sales) in months)
        {
            if (sales <= 0)
                return null;
            days += amountDays / sales;
        }

        return Round(days);
    }

    private static decimal Round(decimal figure) => decimal.Round(figure, 2, MidpointRounding.AwayFromZero);
}
