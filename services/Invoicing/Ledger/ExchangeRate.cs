using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Ledger;

/// <summary>A rate as it was booked: what one unit of another currency is in the books' currency.</summary>
/// <param name="Type"><c>daily</c> for what is posted, <c>month-end</c> for revaluation.</param>
/// <param name="Day">The day it was set for, which may be before the day it was asked for.</param>
/// <param name="Rate">Base currency per unit, above zero.</param>
public sealed record ExchangeRate(string Type, DateOnly Day, decimal Rate)
{
    /// <summary>Rates of what is posted: documents on their date, money on its value date.</summary>
    public const string Daily = "daily";

    /// <summary>Closing rates, by which open items are revalued at the end of a period.</summary>
    public const string MonthEnd = "month-end";

    /// <summary>
    /// How old a rate may be: the last one before the day counts, over week ends and the longest holidays.
    /// </summary>
    public const int MaxAgeDays = 10;

    /// <summary>The amount in the books' currency, rounded once to its minor units.</summary>
    public Money Of(Money amount, Currency baseCurrency) => Money.Round(amount.Amount * Rate, baseCurrency);

    /// <summary>True where the amount is not too large for the books.</summary>
    public bool Fits(Money amount) => Math.Abs(amount.Amount) < Money.Limit / Math.Max(Rate, 1);
}
