using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>Numbers and days as formats of fixed fields write them.</summary>
internal static class FieldText
{
    /// <summary>What a decimal holds without rounding, after leading zeros.</summary>
    private const int MaxDigits = 18;

    /// <summary>Two digits of a year from here on are of the last century.</summary>
    private const int CenturyPivot = 80;

    private const int DaysInAHalfYear = 182;

    /// <summary>
    /// A number without a sign: digits and at most one point, of at most 18 significant digits.
    /// </summary>
    public static bool TryNumber(ReadOnlySpan<char> text, char point, out decimal number)
    {
        number = 0;
        long digits = 0;
        int scale = -1, significant = 0, seen = 0;
        foreach (var letter in text)
        {
            if (letter == point && scale < 0)
            {
                scale = 0;
                continue;
            }

            if (!char.IsAsciiDigit(letter))
                return false;
            seen++;
            if (significant > 0 || letter != '0')
                significant++;
            if (significant > MaxDigits)
                return false;
            digits = (10 * digits) + (letter - '0');
            if (scale >= 0)
                scale++;
        }

        if (seen == 0 || scale > MaxDigits)
            return false;
        number = new decimal((int)digits, (int)(digits >> 32), 0, isNegative: false, (byte)Math.Max(scale, 0));
        return true;
    }

    /// <summary>A whole number of minor units.</summary>
    public static bool TryMinorUnits(ReadOnlySpan<char> text, Currency currency, out Money money)
    {
        money = default;
        return TryNumber(text, '\0', out var number)
            && Money.TryOf(number * currency.Unit, currency, out money);
    }

    /// <summary>A count of zero or more.</summary>
    public static bool TryCount(ReadOnlySpan<char> text, out int count) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out count);

    /// <summary><c>yyMMdd</c>.</summary>
    public static bool TryShortDay(ReadOnlySpan<char> text, out DateOnly day)
    {
        day = default;
        return text.Length == 6
            && Two(text) is >= 0 and var year && Two(text[2..]) is >= 0 and var month
            && Two(text[4..]) is >= 0 and var of
            && TryDay((year < CenturyPivot ? 2000 : 1900) + year, month, of, out day);
    }

    /// <summary><c>yyyyMMdd</c>.</summary>
    public static bool TryLongDay(ReadOnlySpan<char> text, out DateOnly day)
    {
        day = default;
        return text.Length == 8
            && Two(text) is >= 0 and var century && Two(text[2..]) is >= 0 and var year
            && Two(text[4..]) is >= 0 and var month && Two(text[6..]) is >= 0 and var of
            && TryDay((100 * century) + year, month, of, out day);
    }

    /// <summary><c>MMdd</c> in the year in which it is nearest to another day.</summary>
    public static bool TryDayNear(ReadOnlySpan<char> text, DateOnly near, out DateOnly day)
    {
        day = default;
        if (text.Length != 4 || Two(text) is not (>= 0 and var month) || Two(text[2..]) is not (>= 0 and var of))
            return false;
        foreach (var year in (ReadOnlySpan<int>)[near.Year, near.Year - 1, near.Year + 1])
        {
            if (TryDay(year, month, of, out day) && Math.Abs(day.DayNumber - near.DayNumber) <= DaysInAHalfYear + 1)
                return true;
        }

        return TryDay(near.Year, month, of, out day);
    }

    /// <summary>
    /// The day of a year and month. Banks that count thirty days to a month write 29 and 30 February: the last day of
    /// that month is meant.
    /// </summary>
    private static bool TryDay(int year, int month, int day, out DateOnly date)
    {
        date = default;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1)
            return false;
        var last = DateTime.DaysInMonth(year, month);
        if (day > last && !(month == 2 && day <= 30))
            return false;
        date = new DateOnly(year, month, Math.Min(day, last));
        return true;
    }

    private static int Two(ReadOnlySpan<char> text) => char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[1])
        ? (10 * (text[0] - '0')) + (text[1] - '0')
        : -1;
}
