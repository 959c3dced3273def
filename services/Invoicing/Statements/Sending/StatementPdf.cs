using System.Text;
using OrderToCash.Documents;
using OrderToCash.Invoicing.Archive;

namespace OrderToCash.Invoicing.Statements.Sending;

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
        var page = Encoding.UTF8.GetString(kept[StatementDocument.Page]);
        var pdf = await printer.PrintAsync(page, statement.KnownAt, cancellation);
        return await documents.KeepAsync(
            new KeptDocument(statementId, StatementDocument.Pdf, pdf), cancellation);
    }
}
