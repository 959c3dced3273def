using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Delivery.Sending;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// An issued document as an electronic invoice (EN 16931). Buyer and seller are as they were known when it was issued;
/// a letterhead that came later serves what was issued before it.
/// </summary>
public static class GetEInvoice
{
    private const string Xml = "application/xml; charset=utf-8";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/invoices/{id:guid}/e-invoice", InvoiceAsync)
            .RequireScope(Scopes.InvoicingRead)
            .Produces<string>(contentType: "application/xml")
            .WithSummary("An invoice or debit memo as UBL 2.1 or CII (?format=ubl|cii)");
        routes.MapGet("/credit-memos/{id:guid}/e-invoice", CreditMemoAsync)
            .RequireScope(Scopes.InvoicingRead)
            .Produces<string>(contentType: "application/xml")
            .WithSummary("A credit memo as UBL 2.1 or CII (?format=ubl|cii)");
    }

    private static async Task<IResult> InvoiceAsync(
        Guid id, Caller caller, IssuedDocuments documents, CancellationToken cancellation, string format = "ubl")
    {
        if (await documents.FindAsync(id, cancellation) is not { Invoice: { } issued } document)
            return Problems.From(InvoiceRefusals.NotFound(id));
        if (caller.Deny(document.LegalEntity) is { } denied)
            return Problems.From(denied);
        return issued.Chargeback is not null
            ? Problems.From(ChargebackRefusals.NoEInvoice(issued))
            : Answer(EInvoiceExport.Of(issued, document.Corrects, document.Parties, document.Netted), format);
    }

    private static async Task<IResult> CreditMemoAsync(
        Guid id, Caller caller, IssuedDocuments documents, CancellationToken cancellation, string format = "ubl")
    {
        if (await documents.FindAsync(id, cancellation) is not { CreditMemo: { } issued } document)
            return Problems.From(CreditMemoRefusals.NotFound(id));
        return caller.Deny(document.LegalEntity) is { } denied
            ? Problems.From(denied)
            : Answer(EInvoiceExport.Of(issued, document.Parties, document.ChargedBackFrom), format);
    }

    private static IResult Answer(EInvoice invoice, string format)
    {
        if (format is not ("ubl" or "cii"))
            return Problems.Malformed("bad-format", "/format", "format is ubl or cii.");
        var broken = EInvoiceRules.Check(invoice).Where(finding => finding.IsFatal).ToList();
        return broken.Count > 0
            ? EInvoiceProblems.Of("The document lacks what an electronic invoice must say.", broken)
            : Results.Bytes(EInvoiceWriter.Write(invoice, format == "ubl"), Xml);
    }
}

/// <summary>Broken rules as an answer.</summary>
internal static class EInvoiceProblems
{
    /// <summary>A document of thousands of lines may break a rule on each; so many show what is wrong.</summary>
    private const int MaxPerRule = 20;

    /// <summary>422 <c>e-invoice-rules</c>; its errors are named after the rules.</summary>
    public static Problem Of(string detail, IEnumerable<EInvoiceFinding> findings)
    {
        var errors = findings.GroupBy(finding => finding.Rule, StringComparer.Ordinal)
            .ToDictionary(
                rule => rule.Key, rule => rule.Select(one => one.Detail).Take(MaxPerRule).ToArray(),
                StringComparer.Ordinal);
        return new Problem(
            "e-invoice-rules", "A rule refuses it", StatusCodes.Status422UnprocessableEntity,
            $"{detail} Broken: {string.Join(", ", errors.Keys)}.")
        {
            Errors = errors,
        };
    }
}
