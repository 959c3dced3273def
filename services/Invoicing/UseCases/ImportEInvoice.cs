using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Reads electronic invoices: checks one and says what is in it, or issues here what another billing system has billed.
/// A document is imported once, however often it is sent.
/// </summary>
public static class ImportEInvoice
{
    /// <summary>The standard lets tax be rounded per rate or per line; the document tells by its totals.</summary>
    private static readonly TaxRounding[] Roundings = [TaxRounding.Document, TaxRounding.Line];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/e-invoices/check", CheckAsync)
            .RequireScope(Scopes.InvoicingWrite).WithBodyLimit(EInvoiceReader.MaxBytes)
            .Accepts<string>("application/xml").Produces<ReadEInvoice>()
            .WithSummary("Read an electronic invoice (UBL 2.1, CII) and check it by the rules of EN 16931");
        routes.MapPost("/e-invoices", ImportAsync)
            .RequireScope(Scopes.InvoicingWrite).WithBodyLimit(EInvoiceReader.MaxBytes)
            .Accepts<string>("application/xml").Produces<InvoiceView>(StatusCodes.Status201Created)
            .WithSummary("Issue an invoice or credit memo from an electronic invoice of another billing system");
    }

    private static async Task<IResult> CheckAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (read, problem) = await ReadAsync(request, cancellation);
        return problem is not null ? problem : Results.Json(read, Json.Wire);
    }

    private static async Task<IResult> ImportAsync(
        HttpRequest request, Guid customerId, HttpCommand command, DocumentNumbers numbers,
        AccountingCalendars calendars)
    {
        var (read, problem) = await ReadAsync(request, command.Cancellation);
        return problem is not null
            ? problem
            : await command.CommitAsync(numbers, cancellation =>
                PlanAsync(read!.Invoice, customerId, command, calendars, cancellation));
    }

    private static async Task<NumberedPlan> PlanAsync(
        EInvoice invoice, Guid customerId, HttpCommand command, AccountingCalendars calendars,
        CancellationToken cancellation)
    {
        var accounts = await BillingAccounts.LoadAsync(command.Store.Database, [customerId], cancellation);
        if (!accounts.TryGetValue(customerId, out var account))
            return InvoiceRefusals.UnknownCustomer(customerId);
        if (command.Caller.Deny(account.Books.LegalEntity) is { } denied)
            return denied;

        var letterhead = await command.Store.LoadAsync(
            LetterheadStream.Type, LetterheadStream.Id(account.Books.LegalEntity), cancellation);
        if (letterhead.State.Definition?.TaxId is { } own && invoice.Seller.VatId is { } seller && own != seller)
            return EInvoiceRefusals.NotImportable($"Its seller is {seller}, and the legal entity is {own}.");
        var id = Ids.From(
            "e-invoice", account.Books.LegalEntity, invoice.Seller.VatId ?? invoice.Seller.Name!, invoice.Number!);
        var metadata = command.Metadata($"e-invoice {invoice.Number}");
        return invoice.IsCreditNote
            ? await CreditAsync(invoice, id, account, metadata, command, calendars, cancellation)
            : await BillAsync(invoice, id, account, metadata, command, cancellation);
    }

    private static async Task<NumberedPlan> BillAsync(
        EInvoice invoice, Guid id, BillingAccount account, EventMetadata metadata, HttpCommand command,
        CancellationToken cancellation)
    {
        var known = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
        if (known.State.Issued is { } before)
            return EInvoiceRefusals.AlreadyImported(before.Number, id);
        var (wish, refusal) = EInvoiceImport.Invoice(invoice, account.CustomerId);
        if (wish is null)
            return refusal!;
        var now = command.Clock.GetUtcNow();
        var dated = (await BillingAccounts.LoadAsync(command, [wish], now))[0]!;
        Refusal? reason = null;
        foreach (var rounding in Roundings)
        {
            (var draft, refusal) = InvoiceDraft.Of(wish, dated with { TaxRounding = rounding }, now);
            if (draft is null)
                return refusal!;
            if (Differs(invoice, draft.Net, draft.Tax, draft.Total) is not { } differs)
                return IssueInvoiceEndpoint.Plan(id, draft, metadata);
            reason ??= differs;
        }

        return reason!;
    }

    private static async Task<NumberedPlan> CreditAsync(
        EInvoice invoice, Guid id, BillingAccount account, EventMetadata metadata, HttpCommand command,
        AccountingCalendars calendars, CancellationToken cancellation)
    {
        var known = await command.Store.LoadAsync(CreditMemoStream.Type, id, cancellation);
        if (known.State.Issued is { } before)
            return EInvoiceRefusals.AlreadyImported(before.Number, id);
        var (wish, refusal) = EInvoiceImport.CreditMemo(invoice, account.CustomerId);
        if (wish is null)
            return refusal!;
        var now = command.Clock.GetUtcNow();
        await calendars.RefreshAsync(cancellation);
        var asked = new IssueInvoice(wish.CustomerId, wish.Lines, wish.CreditDate, wish.Currency);
        var dated = (await BillingAccounts.LoadAsync(command, [asked], now))[0]!;
        Refusal? reason = null;
        foreach (var rounding in Roundings)
        {
            (var draft, refusal) = CreditMemoDraft.Of(wish, dated with { TaxRounding = rounding }, null, now);
            if (draft is null)
                return refusal!;
            if (Differs(invoice, draft.Net, draft.Tax, draft.Total) is not { } differs)
            {
                var context = calendars.Context(draft.Books.LegalEntity, command.Caller);
                return new CreditMemoIssuing(command.Store, command.Clock, calendars)
                    .Plan(draft, null, false, context, metadata, naturalId: id);
            }

            reason ??= differs;
        }

        return reason!;
    }

    private static Refusal? Differs(EInvoice invoice, Money net, Money tax, Money total) =>
        (invoice.Totals.Net, invoice.Totals.Tax ?? 0, invoice.Totals.Gross) == (net.Amount, tax.Amount, total.Amount)
            ? null
            : EInvoiceRefusals.TotalsDiffer(
                FormattableString.Invariant($"{invoice.Totals.Net} + {invoice.Totals.Tax} = {invoice.Totals.Gross}"),
                FormattableString.Invariant($"{net.Amount} + {tax.Amount} = {total.Amount}"));

    private static async Task<(ReadEInvoice? Read, Problem? Problem)> ReadAsync(
        HttpRequest request, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        var (read, refusal) = EInvoiceReader.Read(body.ToArray());
        return read switch
        {
            null => (null, Problems.From(refusal!)),
            { IsValid: false } => (null, EInvoiceProblems.Of(
                "It is no valid electronic invoice.", read.Findings.Where(finding => finding.IsFatal))),
            _ => (read, null),
        };
    }
}
