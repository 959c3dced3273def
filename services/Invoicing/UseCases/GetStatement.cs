using OrderToCash.Documents;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Invoicing.Statements.Rendering;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// What a customer owed over a period, as JSON, CSV, XLSX, HTML or PDF. Nothing of it is kept or sent; with
/// <c>knownAt</c> it is the same bytes whenever it is asked for.
/// </summary>
public static class GetStatement
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/customers/{id:guid}/statement", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<StatementContent>()
        .WithSummary("A customer's statement of account (JSON, CSV, XLSX, HTML, PDF)");

    private static async Task<IResult> HandleAsync(
        Guid id, [AsParameters] StatementQuery query, HttpContext http, Caller caller, StatementAccess statements,
        StatementWriter writer, PdfPrinter printer, CancellationToken cancellation)
    {
        var (content, customer, refusal) = await statements.ReadAsync(id, query, caller, cancellation);
        if (content is null)
            return Problems.From(refusal!);
        switch (DocumentFormats.Of(http.Request))
        {
            case DocumentFormat.Html:
                return Results.Content(
                    await statements.PageAsync(content, customer!, writer, cancellation), DocumentFormats.Html);
            case DocumentFormat.Pdf:
                var page = await statements.PageAsync(content, customer!, writer, cancellation);
                return Results.Bytes(
                    await printer.PrintAsync(page, content.KnownAt, cancellation), DocumentFormats.Pdf);
            default:
                return Tables.Result(http, content, () => StatementWriter.Table(content));
        }
    }
}
