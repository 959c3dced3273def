using System.Globalization;
using System.Text.RegularExpressions;

namespace OrderToCash.Invoicing.Customers;

/// <summary>
/// How payment terms are written, whatever the case: <c>NET 30</c>, <c>2/10 NET 30</c> (2 % for paying within 10
/// days), <c>DUE ON RECEIPT</c>, <c>EOM</c>, <c>EOM + 15</c>, <c>DAY 15</c>, <c>SPLIT 30/60/90</c> in equal parts,
/// <c>SPLIT 50%@0 25%@30 25%@60</c>.
/// </summary>
internal static partial class TermsText
{
    /// <summary>The terms, or null where the text is none.</summary>
    public static PaymentTerms? Read(string text)
    {
        if (Net().Match(text) is { Success: true } net)
            return Days(net) is { } days ? new PaymentTerms.Net(days) : null;
        if (Discounted().Match(text) is { Success: true } early)
            return Discounted(early);
        if (OnReceipt().IsMatch(text))
            return new PaymentTerms.OnReceipt();
        if (EndOfMonth().Match(text) is { Success: true } end)
            return !end.Groups["days"].Success ? new PaymentTerms.EndOfMonth(0)
                : Days(end) is { } days ? new PaymentTerms.EndOfMonth(days) : null;
        if (FixedDay().Match(text) is { Success: true } day)
            return Number(day.Groups["day"]) is >= 1 and <= 31 and var one ? new PaymentTerms.FixedDay(one) : null;
        if (EqualParts().Match(text) is { Success: true } equal)
            return Split([.. equal.Groups["days"].Captures.Select(capture => (1m, Number(capture)))], inPercent: false);
        return Shares().Match(text) is { Success: true } shares
            ? Split(
                [.. shares.Groups["percent"].Captures.Zip(shares.Groups["days"].Captures, (percent, days) =>
                    (decimal.Parse(percent.ValueSpan, CultureInfo.InvariantCulture), Number(days)))],
                inPercent: true)
            : null;
    }

    /// <summary>The same text on every machine.</summary>
    public static string Of(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static PaymentTerms.Discounted? Discounted(Match match)
    {
        var percent = decimal.Parse(match.Groups["percent"].ValueSpan, CultureInfo.InvariantCulture);
        var within = Number(match.Groups["within"]);
        return percent is > 0 and < 100 && Days(match) is { } days && within <= days
            ? new PaymentTerms.Discounted(percent, within, days)
            : null;
    }

    /// <summary>Parts come in the order of their days, each later than the one before; percentages make 100.</summary>
    private static PaymentTerms.Split? Split(IReadOnlyList<(decimal Percent, int Days)> shares, bool inPercent)
    {
        var inOrder = shares.Zip(shares.Skip(1)).All(pair => pair.First.Days < pair.Second.Days);
        return shares.Count is >= 2 and <= PaymentTerms.Split.MaxParts && inOrder
            && shares[^1].Days <= PaymentTerms.MaxDays && shares.All(share => share.Percent > 0)
            && (!inPercent || shares.Sum(share => share.Percent) == 100)
                ? new PaymentTerms.Split(shares)
                : null;
    }

    private static int? Days(Match match) =>
        Number(match.Groups["days"]) is <= PaymentTerms.MaxDays and var days ? days : null;

    private static int Number(Capture digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^NET ?(?<days>[0-9]{1,3})\z", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Net();

    [GeneratedRegex(
        @"^(?<percent>[0-9]{1,2}(\.[0-9]{1,4})?)/(?<within>[0-9]{1,3}) ?NET ?(?<days>[0-9]{1,3})\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Discounted();

    [GeneratedRegex(@"^DUE ON RECEIPT\z", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex OnReceipt();

    [GeneratedRegex(
        @"^EOM( ?\+ ?(?<days>[0-9]{1,3}))?\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EndOfMonth();

    [GeneratedRegex(@"^DAY (?<day>[0-9]{1,2})\z", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex FixedDay();

    [GeneratedRegex(
        @"^SPLIT (?<days>[0-9]{1,3})(/(?<days>[0-9]{1,3})){1,11}\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EqualParts();

    [GeneratedRegex(
        @"^SPLIT( (?<percent>[0-9]{1,2}(\.[0-9]{1,4})?)%@(?<days>[0-9]{1,3})){2,12}\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shares();
}
