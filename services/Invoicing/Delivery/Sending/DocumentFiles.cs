using System.Text;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Archive;
using OrderToCash.Invoicing.Delivery.Rendering;

namespace OrderToCash.Invoicing.Delivery.Sending;

/// <summary>
/// Invoices and credit memos as pages and files. Each is made once, of what was issued, when it is first asked for or
/// sent, and given byte for byte from then on, whatever templates and letterheads become.
/// </summary>
public sealed class DocumentFiles(EventStore store, DocumentWriter writer, PdfPrinter printer)
    : KeptDocuments(store, Insert, Select)
{
    private const string Insert =
        "insert into issued_documents (document_id, name, content) select * from unnest($1, $2, $3) " +
        "on conflict (document_id, name) do nothing";

    private const string Select =
        "select name, content from issued_documents where document_id = $1 and ($2::text is null or name = $2)";

    /// <summary>The document as a whole HTML page.</summary>
    public Task<byte[]> PageAsync(
        IssuedDocument document, DocumentLanguage language, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(language);
        return FindOrMakeAsync(
            document.Id, Html(language),
            () => Task.FromResult(Encoding.UTF8.GetBytes(writer.Page(document, language))), cancellation);
    }

    /// <summary>
    /// The document as a PDF file, dated when it was issued, printed of the page that is kept where there is one; a
    /// <see cref="PrintException"/> where it is not there yet and cannot be printed.
    /// </summary>
    public Task<byte[]> PdfAsync(
        IssuedDocument document, DocumentLanguage language, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(language);
        return FindOrMakeAsync(document.Id, $"pdf-{language.Code}", PrintAsync, cancellation);

        async Task<byte[]> PrintAsync()
        {
            var kept = await FindAsync(document.Id, cancellation);
            var page = kept.TryGetValue(Html(language), out var seen)
                ? Encoding.UTF8.GetString(seen)
                : writer.Page(document, language);
            return await printer.PrintAsync(page, document.At, cancellation);
        }
    }

    private static string Html(DocumentLanguage language) => $"html-{language.Code}";
}
