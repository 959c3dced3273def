using System.Globalization;
using System.Runtime.InteropServices;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A calendar month of a report, or several one after the other.</summary>
/// <param name="First">Its first day.</param>
/// <param name="Months">How many months; one at least.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ResultPeriod(DateOnly First, int Months = 1)
{
    /// <summary>Most months of one report.</summary>
    public const int MostMonths = 24;

    /// <summary>Its last day.</summary>
    public DateOnly Last => First.AddMonths(Months).AddDays(-1);

    /// <summary>The months, such as <c>2026-10</c>.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            var first = First;
            return Enumerable.Range(0, Months)
                .Select(month => first.AddMonths(month).ToString("yyyy-MM", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>So many months, of which this one is the last.</summary>
    public ResultPeriod Back(int months) => new(First.AddMonths(1 - months), months);

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

    /// <summary>The answer to too many months.</summary>
    public static Problem TooLong() =>
        Problems.Malformed("bad-months", "/months", $"A report is of 1 to {MostMonths} months.");
}
