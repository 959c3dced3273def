using System.Text.RegularExpressions;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Letterheads;

/// <summary>What may stand on documents.</summary>
public static partial class LetterheadDecider
{
    /// <summary>Largest picture, in bytes: it becomes part of every document.</summary>
    public const int MaxLogo = 256 * 1024;

    private const int MaxNote = 500;

    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF];

    /// <summary>Defines it; saying the same again is nothing.</summary>
    public static Decision Define(Letterhead letterhead, LetterheadDefined wish)
    {
        ArgumentNullException.ThrowIfNull(letterhead);
        ArgumentNullException.ThrowIfNull(wish);
        if (Check(wish) is { } refusal)
            return refusal;
        return wish == letterhead.Definition ? Decision.Nothing : Decision.Of(wish);
    }

    private static Refusal? Check(LetterheadDefined wish) => wish switch
    {
        _ when !LegalEntityDecider.IsName(wish.Name) => Invalid("/name", "The name has 1 to 200 characters."),
        { Address.Fault: { } fault } => Invalid("/address", fault),
        { TaxId: { } taxId } when !CustomerDecider.TaxIdFormat().IsMatch(taxId) =>
            Invalid("/taxId", "A tax number is 2 to 30 letters, digits, dots, hyphens and slashes."),
        { RegistrationId: { } id } when !IsLine(id, 100) => Invalid("/registrationId", "It has 1 to 100 characters."),
        { Email: { } email } when email.Length > 254 || !CustomerDecider.EmailFormat().IsMatch(email) =>
            Invalid("/email", $"'{email}' is not an e-mail address."),
        { Phone: { } phone } when !CustomerDecider.PhoneFormat().IsMatch(phone) =>
            Invalid("/phone", "The phone number is E.164, such as +15125550100."),
        { ContactName: { } name } when !IsLine(name, 200) => Invalid("/contactName", "It has 1 to 200 characters."),
        { BankAccount: { } account } when !AccountFormat().IsMatch(account) =>
            Invalid("/bankAccount", "A bank account is 4 to 34 letters and digits."),
        { BankCode: { } code } when !AccountFormat().IsMatch(code) =>
            Invalid("/bankCode", "A bank code is 4 to 34 letters and digits."),
        { PaymentNote: { } note } when string.IsNullOrWhiteSpace(note) || note.Length > MaxNote =>
            Invalid("/paymentNote", $"The note has 1 to {MaxNote} characters."),
        { PayLink: { } link } when !IsLink(link) => Invalid("/payLink", "The link is an https address."),
        { Color: { } color } when !ColorFormat().IsMatch(color) =>
            Invalid("/color", "A color is written like #0b5394."),
        { Logo: { } logo } => Check(logo),
        _ => null,
    };

    /// <summary>What it says it is must be what it is: it is handed to a browser.</summary>
    private static Refusal? Check(Logo logo) => logo switch
    {
        { Content.Length: 0 or > MaxLogo } => Invalid("/logo/content", $"A logo has 1 to {MaxLogo} bytes."),
        { MediaType: "image/png" } when logo.Content.AsSpan().StartsWith(Png) => null,
        { MediaType: "image/jpeg" } when logo.Content.AsSpan().StartsWith(Jpeg) => null,
        _ => Invalid("/logo", "A logo is PNG (image/png) or JPEG (image/jpeg), and says which."),
    };

    private static bool IsLine(string text, int max) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= max && !text.Any(char.IsControl);

    private static bool IsLink(string link) =>
        link.Length <= 500 && Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme == "https";

    private static Refusal Invalid(string field, string detail) => new("invalid-letterhead", detail, Field: field);

    [GeneratedRegex(@"^[A-Za-z0-9]{4,34}\z", RegexOptions.None, 1000)]
    private static partial Regex AccountFormat();

    [GeneratedRegex(@"^#[0-9A-Fa-f]{6}\z", RegexOptions.None, 1000)]
    private static partial Regex ColorFormat();
}
