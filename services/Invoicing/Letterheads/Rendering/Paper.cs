using OrderToCash.Documents;
using OrderToCash.Invoicing.Customers;

namespace OrderToCash.Invoicing.Letterheads.Rendering;

/// <summary>
/// What all documents of a legal entity have in common as they stand on paper: the sheet, who writes, and how to pay.
/// The parts <c>paper-….hbs</c> of the templates show it.
/// </summary>
/// <param name="Language">ISO 639-1 code.</param>
/// <param name="Size">CSS name of the sheet.</param>
/// <param name="Color">Of headings.</param>
/// <param name="PayLink">Page on which to pay, with the customer's number in it.</param>
/// <param name="BankAccount">Account and bank.</param>
public sealed record Paper(
    string Language, string Size, string Color, PaperWords Words, Paper.Sender From, string? PaymentNote,
    string? PayLink, string? BankAccount)
{
    /// <summary>The parts that a template may take in.</summary>
    public static readonly IReadOnlyList<string> Parts = ["paper-style.hbs", "paper-head.hbs", "paper-pay.hbs"];

    private const string StandardColor = "#1f3a5f";

    /// <summary>The legal entity.</summary>
    public sealed record Sender(string Name, string? Logo, IReadOnlyList<string> Lines);

    /// <summary>True when the entity says how to pay.</summary>
    public bool HowToPay => (PaymentNote ?? PayLink ?? BankAccount) is not null;

    /// <summary>The paper for a customer.</summary>
    /// <param name="letterhead">What stands on it; may be nearly empty.</param>
    /// <param name="country">Of the legal entity: North America writes on Letter, the rest of the world on A4.</param>
    /// <param name="language">What is written in.</param>
    /// <param name="customerNumber">Whose page to pay on it is.</param>
    public static Paper Of(
        LetterheadDefined letterhead, string country, DocumentLanguage language, string customerNumber)
    {
        ArgumentNullException.ThrowIfNull(letterhead);
        ArgumentNullException.ThrowIfNull(language);
        var words = PaperWords.Of(language);
        return new Paper(
            language.Code, country is "US" or "CA" or "MX" ? "Letter" : "A4", letterhead.Color ?? StandardColor, words,
            new Sender(
                letterhead.Name, letterhead.Logo?.DataUri(),
                [
                    .. Lines(letterhead.Address),
                    .. letterhead.TaxId is { } taxId ? [$"{words.TaxId} {taxId}"] : Array.Empty<string>(),
                    .. new[] { letterhead.Email, letterhead.Phone }.OfType<string>(),
                ]),
            letterhead.PaymentNote, PayLinkOf(letterhead, customerNumber),
            letterhead.BankAccount is { } account
                ? string.Join(" · ", new[] { account, letterhead.BankCode }.OfType<string>())
                : null);
    }

    /// <summary>The same where nothing is to be paid.</summary>
    public Paper WithoutPayment() => this with { PaymentNote = null, PayLink = null, BankAccount = null };

    /// <summary>The page on which a customer pays, or null.</summary>
    public static string? PayLinkOf(LetterheadDefined letterhead, string customerNumber)
    {
        ArgumentNullException.ThrowIfNull(letterhead);
        return letterhead.PayLink?.Replace(
            "{customer}", Uri.EscapeDataString(customerNumber), StringComparison.Ordinal);
    }

    /// <summary>The lines of an address as they stand below a name.</summary>
    public static IEnumerable<string> Lines(PostalAddress? address)
    {
        if (address is null)
            yield break;
        foreach (var line in new[] { address.Street, address.Additional }.OfType<string>())
            yield return line;
        var place = string.Join(" ", new[] { address.PostalCode, address.City, address.Region }.OfType<string>());
        if (place.Length > 0)
            yield return place;
    }
}
