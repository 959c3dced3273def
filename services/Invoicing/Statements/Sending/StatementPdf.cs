using System.Text;
using OrderToCash.Documents;
using OrderToCash.Invoicing.Archive;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>The page that a statement is printed from is not kept any more.</summary>
public sealed class PageMissingException() : PrintException(
    Problems.From(Refusal.State("page-missing", "The page of this statement is not kept any more.")), null);

/// <summary>The PDF file of a kept statement: printed once, from the kept page, and kept from then on.</summary>
public sealed class StatementPdf(StatementDocuments documents, PdfPrinter printer)
{
    /// <summary>The file; a <see cref="PrintException"/> where it is not there yet and cannot be printed.</summary>
    public async Task<byte[]> OfAsync(
        Guid statementId, StatementPrepared statement, IReadOnlyDictionary<string, byte[]> kept,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(kept);
        if (kept.TryGetValue(StatementDocument.Pdf, out var known))
            return known;
        if (!kept.TryGetValue(StatementDocument.Page, out var page))
            throw new PageMissingException();
        var pdf = await printer.PrintAsync(Encoding.UTF8.GetString(page), statement.KnownAt, cancellation);
        return await documents.KeepAsync(
            new KeptDocument(statementId, StatementDocument.Pdf, pdf), cancellation);
    }
}
