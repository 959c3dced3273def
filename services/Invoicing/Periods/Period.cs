using System.Globalization;

namespace OrderToCash.Invoicing.Periods;

/// <summary>An accounting period: a calendar month of a legal entity. Written <c>2026-10</c>.</summary>
/// <param name="FirstDay">First day of the month.</param>
public readonly record struct Period(DateOnly FirstDay)
{
    private const string Format = "yyyy-MM";

    public DateOnly LastDay => FirstDay.AddMonths(1).AddDays(-1);

    public Period Next => new(FirstDay.AddMonths(1));

    public Period Previous => new(FirstDay.AddMonths(-1));

    /// <summary>The period that a day belongs to.</summary>
    public static Period Of(DateOnly day) => new(new DateOnly(day.Year, day.Month, 1));

    /// <summary>A period kept as text; throws where it is none.</summary>
    public static Period Parse(string text) =>
        TryParse(text, out var period) ? period : throw new FormatException($"'{text}' is no period such as 2026-10.");

    /// <summary>True and the period for a month such as <c>2026-10</c>, from 2000 on.</summary>
    public static bool TryParse(string? text, out Period period)
    {
        var isMonth = DateOnly.TryParseExact(
            text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is >= 2000 and < 9999;
        period = isMonth ? Of(day) : default;
        return isMonth;
    }

    public override string ToString() => FirstDay.ToString(Format, CultureInfo.InvariantCulture);
}
