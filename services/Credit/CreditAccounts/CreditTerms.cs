using System.Globalization;
using System.Text.RegularExpressions;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>
/// What payment terms give, as far as credit is concerned: how long the last of the money may take, and the discount
/// for paying early. Invoicing owns terms and how they are written.
/// </summary>
/// <param name="Days">The most days from the invoice to the last due date.</param>
/// <param name="Discount">Percent; of several installments the highest.</param>
public sealed partial record CreditTerms(int Days, decimal Discount = 0)
{
    /// <summary>A month has at most so many days: what is due after its end waits for it first.</summary>
    private const int Month = 31;

    /// <summary>The terms, or null where the text is none that is known here.</summary>
    public static CreditTerms? Read(string? text)
    {
        if (Text().Match((text ?? "").Trim().ToUpperInvariant()) is not { Success: true } match)
            return null;
        var early = match.Groups["percent"].Captures
            .Select(percent => decimal.Parse(percent.ValueSpan, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();
        if (match.Groups["net"].Success)
            return new CreditTerms(Number(match.Groups["net"]), early);
        if (match.Groups["eom"].Success)
            return new CreditTerms(Month + (match.Groups["after"].Success ? Number(match.Groups["after"]) : 0), early);
        if (match.Groups["day"].Success)
            return new CreditTerms(Month);
        return match.Groups["split"].Success
            ? new CreditTerms(match.Groups["part"].Captures.Max(Number), early)
            : new CreditTerms(0);
    }

    /// <summary>
    /// True where both texts say the same terms: capitals, spaces and zeros that say nothing aside, and with the parts
    /// of <c>SPLIT</c> set apart either way. What only gives as much time (<c>EOM</c> and <c>DAY 15</c>) are other
    /// terms.
    /// </summary>
    public static bool AreSame(string one, string other) => Plain(one) == Plain(other);

    private static string Plain(string terms) => ZerosAfter().Replace(
        SpacesAndZeros().Replace(BetweenParts().Replace(terms.Trim().ToUpperInvariant(), "/"), ""), "");

    private static int Number(Capture digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\s+|(?<![\d.])0+(?=\d)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SpacesAndZeros();

    [GeneratedRegex(@"\.0+(?!\d)|(?<=\.\d*[1-9])0+(?!\d)|\+0(?!\d)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ZerosAfter();

    [GeneratedRegex(@"(?<=\d)\s+(?=\d)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BetweenParts();

    [GeneratedRegex(
        """
        ^(?:(?:(?<percent>\d{1,2}(?:\.\d{1,4})?)/\d{1,3}\s+)?
            (?:NET\s*(?<net>\d{1,3})|(?<eom>EOM)(?:\s*\+\s*(?<after>\d{1,3}))?)
        |DUE\s+ON\s+RECEIPT
        |(?<day>DAY)\s*\d{1,2}
        |(?<split>SPLIT)\s+(?:\d{1,3}(?:\.\d{1,4})?%@)?(?<part>\d{1,3})
            (?::(?<percent>\d{1,2}(?:\.\d{1,4})?)/\d{1,3})?
            (?:[/\s]+(?:\d{1,3}(?:\.\d{1,4})?%@)?(?<part>\d{1,3})
                (?::(?<percent>\d{1,2}(?:\.\d{1,4})?)/\d{1,3})?){0,11})$
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Text();
}
