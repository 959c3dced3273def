using System.Globalization;
using OrderToCash.Documents;
using OrderToCash.Invoicing.Customers;

namespace OrderToCash.Invoicing.Letterheads.Rendering;

/// <summary>The letter that a document is mailed with.</summary>
/// <param name="Due">What is to be paid and until when, line by line.</param>
public sealed record CoverLetter(
    string Language, string Subject, string Greeting, string Letter, IReadOnlyList<string> Due, string? PayLink,
    string PayOnline, string Farewell, string Sender)
{
    private static readonly HtmlTemplate<CoverLetter> Template = new(
        typeof(CoverLetter).Assembly, "letter.html.hbs");

    /// <summary>A letter to a person.</summary>
    /// <param name="subject">What it is about; the sender's name is added.</param>
    public static CoverLetter To(
        Contact contact, DocumentLanguage language, LetterheadDefined letterhead, string customerNumber,
        string subject, string letter, IReadOnlyList<string> due)
    {
        ArgumentNullException.ThrowIfNull(contact);
        ArgumentNullException.ThrowIfNull(language);
        ArgumentNullException.ThrowIfNull(letterhead);
        var words = PaperWords.Of(language);
        return new CoverLetter(
            language.Code, $"{subject} – {letterhead.Name}", Fill(words.Greeting, contact.Name), letter, due,
            Paper.PayLinkOf(letterhead, customerNumber), words.PayOnline, words.Farewell, letterhead.Name);
    }

    /// <summary>Words with their gaps filled in.</summary>
    public static string Fill(string words, params object[] values) =>
        string.Format(CultureInfo.InvariantCulture, words, values);

    /// <summary>The mail to the contact, without files.</summary>
    /// <param name="messageId">RFC 5322 Message-ID.</param>
    /// <param name="contact">Whose address it goes to.</param>
    /// <param name="page">A document that is the mail itself, in place of the letter.</param>
    public OutgoingMail Mail(string messageId, Contact contact, string? page = null)
    {
        ArgumentNullException.ThrowIfNull(contact);
        var text = string.Join("\n\n",
        [
            Greeting, Letter, .. Due, .. PayLink is { } link ? [$"{PayOnline}: {link}"] : Array.Empty<string>(),
            $"{Farewell}\n{Sender}",
        ]);
        return new OutgoingMail(
            messageId, contact.Email!, contact.Name, Sender, Language, Subject, text, page ?? Template.Fill(this));
    }
}
