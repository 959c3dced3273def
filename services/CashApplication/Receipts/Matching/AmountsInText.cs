using System.Globalization;
using System.Text.RegularExpressions;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Reads the amounts that stand in a payer's text, whichever way its country writes numbers.</summary>
internal static partial class AmountsInText
{
    private const int GroupDigits = 3;

    /// <summary>
    /// Every amount that a number of the text may be: <c>1,250.50</c> and <c>1.250,50</c> are the same, and
    /// <c>1.250</c> is a thousand or a little more than one.
    /// </summary>
    public static HashSet<Money> Read(string text, Currency currency) =>
    [
        .. Number().Matches(text).SelectMany(match => Readings(match.Value))
            .Select(number => decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var told) && Money.TryOf(told, currency, out var money)
                    ? money
                    : Money.Zero(currency)),
    ];

    private static IEnumerable<string> Readings(string number)
    {
        var last = number.LastIndexOfAny(['.', ',']);
        var whole = Digits(last < 0 ? number : number[..last]);
        if (last < 0)
        {
            yield return whole;
            yield break;
        }

        var rest = number[(last + 1)..];
        if (number.IndexOf(number[last], StringComparison.Ordinal) == last)
            yield return $"{whole}.{rest}";
        if (rest.Length == GroupDigits && !number.Contains(number[last] == '.' ? ',' : '.', StringComparison.Ordinal))
            yield return whole + rest;
    }

    private static string Digits(string number) => string.Concat(number.Where(char.IsAsciiDigit));

    [GeneratedRegex(
        @"[0-9]{1,3}([.,'’\u00A0\u202F][0-9]{3})+([.,][0-9]{1,3})?|[0-9]+([.,][0-9]{1,3})?",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
