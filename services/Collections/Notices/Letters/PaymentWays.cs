using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Notices.Letters;

/// <summary>How a notice may be paid, as the letterhead of the legal entity says.</summary>
/// <param name="Note">In words, or null.</param>
/// <param name="Account">Account and bank, or null.</param>
/// <param name="Link">Where to pay online, or null.</param>
public sealed record PaymentWays(string? Note, string? Account, string? Link)
{
    /// <summary>Those of a letterhead, for a customer by its number; none where there is none.</summary>
    public static PaymentWays Of(LetterheadDefined? head, string customerNumber) => new(
        head?.PaymentNote,
        head?.BankAccount is { } account
            ? string.Join(" · ", new[] { account, Bank(head.BankCode) }.OfType<string>())
            : null,
        head?.PayLink?.Replace("{customer}", Uri.EscapeDataString(customerNumber), StringComparison.Ordinal));

    /// <summary>
    /// A code with what it is: a BIC (ISO 9362), or the nine digits of a routing number of the American Bankers
    /// Association; others as they were given.
    /// </summary>
    private static string? Bank(string? code) => code switch
    {
        { Length: 9 } when code.All(char.IsAsciiDigit) => $"ABA {code}",
        { Length: 8 or 11 } when code[..6].All(char.IsAsciiLetterUpper) => $"BIC {code}",
        _ => code,
    };
}
