using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Notices.Letters;

/// <summary>How a notice may be paid, as the letterhead of the legal entity says.</summary>
/// <param name="Note">In words, or null.</param>
/// <param name="Account">Account and bank, or null.</param>
/// <param name="Link">Where to pay online, or null.</param>
public sealed record PaymentWays(string? Note, string? Account, string? Link)
{
    /// <summary>Those of a letterhead, for a customer by its number; none where there is none.</summary>
    /// <param name="head">The letterhead.</param>
    /// <param name="customerNumber">What people call the customer.</param>
    /// <param name="country">Of the legal entity, ISO 3166 alpha-2, or null.</param>
    public static PaymentWays Of(LetterheadDefined? head, string customerNumber, string? country) => new(
        head?.PaymentNote,
        head?.BankAccount is { } account
            ? string.Join(" · ", new[] { account, Bank(head.BankCode, country) }.OfType<string>())
            : null,
        head?.PayLink?.Replace("{customer}", Uri.EscapeDataString(customerNumber), StringComparison.Ordinal));

    /// <summary>
    /// A code with what it is: a BIC (ISO 9362), or the nine digits of a routing number of the American Bankers
    /// Association, for a legal entity of a country that has these; others as they were given.
    /// </summary>
    private static string? Bank(string? code, string? country) => code switch
    {
        { Length: 9 } when country is "US" or "PR" && code.All(char.IsAsciiDigit) => $"ABA {code}",
        { Length: 8 or 11 } when code[..6].All(char.IsAsciiLetterUpper) => $"BIC {code}",
        _ => code,
    };
}
