using Npgsql;
using OrderToCash.Approvals;
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
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Issue an invoice or credit memo from an electronic invoice of another billing system");
    }

    private static async Task<IResult> CheckAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (read, problem) = await ReadAsync(request, cancellation);
        return problem is not null ? problem : Results.Json(read, Json.Wire);
    }

    private static async Task<IResult> ImportAsync(
        HttpRequest request, Guid customerId, HttpCommand command, DocumentNumbers numbers, ApprovalGate gate,
        AccountingCalendars calendars)
    {
        var (read, problem) = await ReadAsync(request, command.Cancellation);
        return problem is not null
            ? problem
            : await command.CommitAsync(cancellation =>
                PlanAsync(read!.Invoice, customerId, command, new Means(numbers, gate, calendars), cancellation));
    }

    private static async Task<Plan> PlanAsync(
        EInvoice invoice, Guid customerId, HttpCommand command, Means means, CancellationToken cancellation)
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
        if (await IsOwnAsync(command.Store, account.Books.LegalEntity, invoice.Number!, cancellation))
            return EInvoiceRefusals.IsOwn(invoice.Number!);
        var id = IdOf(invoice, account, invoice.IsCreditNote ? "e-credit-note" : "e-invoice", invoice.Number!);
        return invoice.IsCreditNote
            ? await CreditAsync(invoice, id, account, command, means, cancellation)
            : (await BillAsync(invoice, id, account, Metadata(invoice, command), command, cancellation))
                .With(means.Numbers);
    }

    /// <summary>What a document of another system is called here: it follows from seller and number.</summary>
    private static Guid IdOf(EInvoice invoice, BillingAccount account, string kind, string number) =>
        Ids.From(kind, account.Books.LegalEntity, invoice.Seller.VatId ?? invoice.Seller.Name!, number);

    private static EventMetadata Metadata(EInvoice invoice, HttpCommand command) =>
        command.Metadata($"e-invoice {invoice.Number}");

    /// <summary>What was issued here and sent out is no news when it comes back.</summary>
    private static async Task<bool> IsOwnAsync(
        EventStore store, string legalEntity, string number, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(
            "select exists (select 1 from invoices where number = $1 and legal_entity = $2 " +
            "union all select 1 from credit_memos where number = $1 and legal_entity = $2)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
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
                return IssueInvoiceEndpoint.Plan(id, draft with { Imported = true }, metadata);
            reason ??= differs;
        }

        return reason!;
    }

    /// <summary>A credit memo needs the approvals that it needs when somebody types it in.</summary>
    private static async Task<Plan> CreditAsync(
        EInvoice invoice, Guid id, BillingAccount account, HttpCommand command, Means means,
        CancellationToken cancellation)
    {
        var credited = await CreditedAsync(invoice, account, command.Store, cancellation);
        var (wish, refusal) = EInvoiceImport.CreditMemo(invoice, account.CustomerId, credited);
        if (wish is null)
            return refusal!;
        var issuing = new CreditMemoIssuing(command.Store, command.Clock, means.Calendars);
        Refusal? reason = null;
        foreach (var rounding in Roundings)
        {
            var request = wish with { Import = new ImportedCredit(id, rounding) };
            (var draft, var billed, refusal) = await issuing.DraftAsync(request, command.Caller, cancellation);
            if (draft is null)
                return refusal!;
            if (Differs(invoice, draft.Net, draft.Tax, draft.Total) is { } differs)
            {
                reason ??= differs;
                continue;
            }

            var context = means.Calendars.Context(draft.Books.LegalEntity, command.Caller);
            var plan = issuing.Plan(
                draft, billed, request.Apply, context, Metadata(invoice, command), naturalId: id);
            return await IssueCreditMemoEndpoint.PassAsync(
                request, draft, billed, command, means.Gate, plan.With(means.Numbers));
        }

        return reason!;
    }

    /// <summary>
    /// The one invoice that a credit note names, if it is of the same customer: read from the same system, or issued
    /// here. One that names several, or one that nobody knows here, is on account.
    /// </summary>
    private static async Task<(Guid Id, InvoiceIssued Issued)?> CreditedAsync(
        EInvoice note, BillingAccount account, EventStore store, CancellationToken cancellation)
    {
        if (note.Preceding.Distinct(StringComparer.Ordinal).ToList() is not [var number])
            return null;
        await using var command = store.Database.CreateCommand(
            "select invoice_id from invoices where (invoice_id = $1 or number = $2) and legal_entity = $3 " +
            "and customer_id in (select $4 union all select customer_id from customers where merged_into = $4) " +
            "order by invoice_id = $1 desc limit 1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = IdOf(note, account, "e-invoice", number) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = account.Books.LegalEntity });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account.CustomerId });
        return await command.ExecuteScalarAsync(cancellation) is Guid id
            && (await store.LoadAsync(InvoiceStream.Type, id, cancellation)).State.Issued is { } issued
                ? (id, issued)
                : null;
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

    /// <summary>What issuing needs.</summary>
    private sealed record Means(DocumentNumbers Numbers, ApprovalGate Gate, AccountingCalendars Calendars);
}
