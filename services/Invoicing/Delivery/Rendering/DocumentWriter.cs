using OrderToCash.Documents;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Letterheads.Rendering;

namespace OrderToCash.Invoicing.Delivery.Rendering;

/// <summary>Writes invoices and credit memos: as a page, and the letter that they are mailed with.</summary>
public sealed class DocumentWriter
{
    private readonly HtmlTemplate<DocumentPage> _page =
        new(typeof(DocumentWriter).Assembly, "document.html.hbs", Paper.Parts);

    /// <summary>As a whole HTML document, for the screen and for paper.</summary>
    public string Page(IssuedDocument document, DocumentLanguage language) =>
        _page.Fill(DocumentPage.Of(document, language));

    /// <summary>The letter to a contact that it is mailed with.</summary>
    public CoverLetter Letter(IssuedDocument document, DocumentLanguage language, Contact contact)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(language);
        var words = DocumentWords.Of(language);
        var title = words.Title(document);
        var date = language.Date(document.Invoice?.InvoiceDate ?? document.CreditMemo!.CreditDate);
        var letter = CoverLetter.To(
            contact, language, document.Parties.Seller, document.Parties.Buyer.Number, $"{title} {document.Number}",
            CoverLetter.Fill(words.Letter, title, document.Number, date),
            [.. DocumentPage.Schedule(document).Select(due => CoverLetter.Fill(
                words.DueOn, language.Amount(due.Amount), language.Date(due.DueDate)))]);
        return document.CreditMemo is { } memo
            ? letter with { Due = [$"{words.Credited}: {language.Amount(memo.Total)}"], PayLink = null }
            : letter;
    }
}
