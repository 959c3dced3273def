using System.Security.Cryptography;
using OrderToCash.Documents;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.Delivery.Sending;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// An issued document for people to read, as a page or a PDF file, with the letterhead of its time: made once of what
/// was issued, the same bytes from then on.
/// </summary>
public static class GetDocument
{
    /// <summary>How it is wanted.</summary>
    /// <param name="Format"><c>html</c> or <c>pdf</c>; without it by <c>Accept</c>, PDF unless that says HTML
    /// first.</param>
    /// <param name="Language"><c>en</c>, <c>es</c> or <c>fr</c>; without it the customer's when it was issued.</param>
    public sealed record Query(string? Format, string? Language);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/invoices/{id:guid}/document", InvoiceAsync)
            .RequireScope(Scopes.InvoicingRead)
            .Produces<string>(contentType: DocumentFormats.Pdf)
            .WithSummary("An invoice, debit memo or deposit to read (HTML, PDF), always the same bytes");
        routes.MapGet("/credit-memos/{id:guid}/document", CreditMemoAsync)
            .RequireScope(Scopes.InvoicingRead)
            .Produces<string>(contentType: DocumentFormats.Pdf)
            .WithSummary("A credit memo to read (HTML, PDF), always the same bytes");
    }

    private static async Task<IResult> InvoiceAsync(
        Guid id, [AsParameters] Query query, HttpContext http, Caller caller, IssuedDocuments documents,
        DocumentFiles files, CancellationToken cancellation) =>
        await documents.FindAsync(id, cancellation) is { Invoice: not null } document
            ? await AnswerAsync(document, query, http, caller, files, cancellation)
            : Problems.From(InvoiceRefusals.NotFound(id));

    private static async Task<IResult> CreditMemoAsync(
        Guid id, [AsParameters] Query query, HttpContext http, Caller caller, IssuedDocuments documents,
        DocumentFiles files, CancellationToken cancellation) =>
        await documents.FindAsync(id, cancellation) is { CreditMemo: not null } document
            ? await AnswerAsync(document, query, http, caller, files, cancellation)
            : Problems.From(CreditMemoRefusals.NotFound(id));

    private static async Task<IResult> AnswerAsync(
        IssuedDocument document, Query query, HttpContext http, Caller caller, DocumentFiles files,
        CancellationToken cancellation)
    {
        if (caller.Deny(document.LegalEntity) is { } denied)
            return Problems.From(denied);
        if (query.Format is not (null or "html" or "pdf"))
            return Problems.Malformed("bad-format", "/format", "format is html or pdf.");
        if (query.Language is { } wanted && !CustomerDecider.Languages.Contains(wanted))
            return Problems.Malformed("bad-language", "/language", "language is en, es or fr.");
        var language = DocumentLanguage.Of(query.Language ?? document.Parties.Buyer.Language);
        var isPage = query.Format is { } format
            ? format == "html"
            : DocumentFormats.Of(http.Request) == DocumentFormat.Html;
        var bytes = isPage
            ? await files.PageAsync(document, language, cancellation)
            : await files.PdfAsync(document, language, cancellation);

        // RFC 9530.
        http.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:";
        return Results.Bytes(bytes, isPage ? DocumentFormats.Html : DocumentFormats.Pdf);
    }
}
