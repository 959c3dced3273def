using System.Globalization;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A calendar month of a report.</summary>
/// <param name="First">Its first day.</param>
public readonly record struct ResultPeriod(DateOnly First)
{
    /// <summary>Its last day.</summary>
    public DateOnly Last => First.AddMonths(1).AddDays(-1);

    /// <summary>Reads <c>yyyy-MM</c>.</summary>
    public static bool TryParse(string? text, out ResultPeriod period)
    {
        var isMonth = DateOnly.TryParseExact(
            text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first);
        period = new ResultPeriod(first);
        return isMonth && first.Year is >= 2000 and <= 2200;
    }

    /// <summary>The answer to what is no month.</summary>
    public static Problem Malformed() =>
        Problems.Malformed("bad-period", "/period", "A period is a month such as 2026-10.");
}
