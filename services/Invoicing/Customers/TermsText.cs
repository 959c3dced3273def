using System.Globalization;
using System.Text.RegularExpressions;

namespace OrderToCash.Invoicing.Customers;

/// <summary>
/// How payment terms are written, whatever the case: <c>NET 30</c>, <c>2/10 NET 30</c> (2 % for paying within 10
/// days), <c>DUE ON RECEIPT</c>, <c>EOM</c>, <c>EOM + 15</c>, <c>2/10 EOM + 30</c> (2 % until 10 days after the end of
/// the month), <c>DAY 15</c>, <c>SPLIT 30/60/90</c> in equal parts, <c>SPLIT 50%@0 25%@30 25%@60</c>, and with a
/// discount of 2 % on each part, within 10 and 40 days, <c>SPLIT 50%@30:2/10 50%@60:2/40</c>.
/// </summary>
internal static partial class TermsText
{
    private const string ShareText =
        @"(?<part>[0-9]{1,2}(\.[0-9]{1,4})?)%@(?<days>[0-9]{1,3})" +
        @"(:(?<percent>[0-9]{1,2}(\.[0-9]{1,4})?)/(?<within>[0-9]{1,3}))?";

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
            return EndOfMonth(end);
        if (FixedDay().Match(text) is { Success: true } day)
            return Number(day.Groups["day"]) is >= 1 and <= 31 and var one ? new PaymentTerms.FixedDay(one) : null;
        if (EqualParts().Match(text) is { Success: true } equal)
        {
            return Split(
                [.. equal.Groups["days"].Captures.Select(capture => new PaymentTerms.Share(1, Number(capture)))],
                inPercent: false);
        }

        return Shares().Match(text) is { Success: true } shares
            ? Split([.. shares.Groups["share"].Captures.Select(ShareOf)], inPercent: true)
            : null;
    }

    /// <summary>The same text on every machine.</summary>
    public static string Of(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static PaymentTerms.Discounted? Discounted(Match match)
    {
        return Days(match) is { } days && Early(match, days) is var (percent, within)
            ? new PaymentTerms.Discounted(percent, within, days)
            : null;
    }

    private static PaymentTerms? EndOfMonth(Match match)
    {
        if ((match.Groups["days"].Success ? Days(match) : 0) is not { } days)
            return null;
        if (!match.Groups["percent"].Success)
            return new PaymentTerms.EndOfMonth(days);
        return Early(match, days) is var (percent, within)
            ? new PaymentTerms.DiscountedEndOfMonth(percent, within, days)
            : null;
    }

    private static PaymentTerms.Share ShareOf(Capture text)
    {
        var share = OneShare().Match(text.Value);
        return new PaymentTerms.Share(
            Percent(share.Groups["part"]), Number(share.Groups["days"]),
            share.Groups["percent"].Success
                ? (Percent(share.Groups["percent"]), Number(share.Groups["within"]))
                : null);
    }

    /// <summary>A discount above 0 and below 100 %, until no later than all is due; else null.</summary>
    private static (decimal Percent, int Days)? Early(Match match, int days) =>
        (Percent(match.Groups["percent"]), Number(match.Groups["within"])) is var early && IsEarly(early, days)
            ? early
            : null;

    private static bool IsEarly((decimal Percent, int Days) early, int days) =>
        early.Percent is > 0 and < 100 && early.Days <= days;

    /// <summary>Parts come in the order of their days, each later than the one before; percentages make 100.</summary>
    private static PaymentTerms.Split? Split(IReadOnlyList<PaymentTerms.Share> shares, bool inPercent)
    {
        var inOrder = shares.Zip(shares.Skip(1)).All(pair => pair.First.Days < pair.Second.Days);
        return shares.Count is >= 2 and <= PaymentTerms.Split.MaxParts && inOrder
            && shares[^1].Days <= PaymentTerms.MaxDays && shares.All(share => share.Percent > 0)
            && shares.All(share => share.Early is not { } early || IsEarly(early, share.Days))
            && (!inPercent || shares.Sum(share => share.Percent) == 100)
                ? new PaymentTerms.Split(shares)
                : null;
    }

    private static int? Days(Match match) =>
        Number(match.Groups["days"]) is <= PaymentTerms.MaxDays and var days ? days : null;

    private static decimal Percent(Capture number) => decimal.Parse(number.ValueSpan, CultureInfo.InvariantCulture);

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
        @"^((?<percent>[0-9]{1,2}(\.[0-9]{1,4})?)/(?<within>[0-9]{1,3}) ?)?EOM( ?\+ ?(?<days>[0-9]{1,3}))?\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EndOfMonth();

    [GeneratedRegex(@"^DAY (?<day>[0-9]{1,2})\z", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex FixedDay();

    [GeneratedRegex(
        @"^SPLIT (?<days>[0-9]{1,3})(/(?<days>[0-9]{1,3})){1,11}\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EqualParts();

    [GeneratedRegex(
        "^SPLIT( (?<share>" + ShareText + @")){2,12}\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shares();

    [GeneratedRegex("^" + ShareText + @"\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OneShare();
}
