using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Kernel;
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
        Guid id, Caller caller, EventStore store, CancellationToken cancellation, string format = "ubl")
    {
        var history = await store.HistoryAsync(id, cancellation);
        if (history.Count == 0 || history[0].Data is not InvoiceIssued issued)
            return Problems.From(InvoiceRefusals.NotFound(id));
        if (caller.Deny(issued.Books.LegalEntity) is { } denied)
            return Problems.From(denied);
        var corrects = issued.Corrects is { } before
            ? (await store.LoadAsync(InvoiceStream.Type, before, cancellation)).State.Issued?.Number
            : null;
        var parties = await PartiesAsync(
            store, issued.CustomerId, issued.Books.LegalEntity, history[0].At, cancellation);
        var request = history[0].Metadata.CausationId;
        List<DepositApplied> netted =
        [
            .. history.Where(e => request is not null && e.Metadata.CausationId == request)
                .Select(e => e.Data).OfType<DepositApplied>(),
        ];
        return Answer(EInvoiceExport.Of(issued, corrects, parties, netted), format);
    }

    private static async Task<IResult> CreditMemoAsync(
        Guid id, Caller caller, EventStore store, CancellationToken cancellation, string format = "ubl")
    {
        var history = await store.HistoryAsync(id, cancellation);
        if (history.Count == 0 || history[0].Data is not CreditMemoIssued issued)
            return Problems.From(CreditMemoRefusals.NotFound(id));
        if (caller.Deny(issued.Books.LegalEntity) is { } denied)
            return Problems.From(denied);
        var parties = await PartiesAsync(
            store, issued.CustomerId, issued.Books.LegalEntity, history[0].At, cancellation);
        return Answer(EInvoiceExport.Of(issued, parties), format);
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

    private static async Task<EInvoiceParties> PartiesAsync(
        EventStore store, Guid customerId, string legalEntity, DateTimeOffset issued, CancellationToken cancellation)
    {
        var customer = await store.HistoryAsync(customerId, cancellation);
        var letterheads = await store.HistoryAsync(LetterheadStream.Id(legalEntity), cancellation);
        var (entity, _) = await store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(legalEntity), cancellation);
        var letterhead = letterheads.LastOrDefault(one => one.At <= issued)
            ?? (letterheads.Count > 0 ? letterheads[0] : null);
        return new EInvoiceParties(
            letterhead?.Data as LetterheadDefined
                ?? new LetterheadDefined(legalEntity, entity.Definition!.Name, new PostalAddress()),
            entity.Definition!.Country,
            customer.Where(e => e.At <= issued)
                .Aggregate(Customer.Initial, (state, e) => Customer.Evolve(state, e.Data)).Now!);
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
