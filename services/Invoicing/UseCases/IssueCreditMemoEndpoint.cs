using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Issues a credit memo, for an invoice or on account.</summary>
public static class IssueCreditMemoEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/credit-memos", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<CreditMemoView>(StatusCodes.Status201Created)
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Issue a credit memo");

    private static Task<IResult> HandleAsync(
        IssueCreditMemo request, HttpCommand command, DocumentNumbers numbers, ApprovalGate gate,
        AccountingCalendars calendars)
    {
        var issuing = new CreditMemoIssuing(command.Store, command.Clock, calendars);
        return command.CommitAsync(async cancellation =>
        {
            if (request.Dispute is not null)
                return InvoiceRefusals.Invalid("/dispute", "Disputes are accepted at Collections.");
            if (request.Import is not null)
                return InvoiceRefusals.Invalid("/import", "Credit notes are imported at /e-invoices.");
            if (!request.IsPlain)
                return InvoiceRefusals.Invalid("/invoiceId", "Invoices are voided and corrected at /invoices.");
            var (draft, invoice, refusal) = await issuing.DraftAsync(request, command.Caller, cancellation);
            if (draft is null)
                return refusal!;
            var context = calendars.Context(draft.Books.LegalEntity, command.Caller);
            var plan = issuing.Plan(draft, invoice, request.Apply, context, command.Metadata(request.Note))
                .With(numbers);
            return await PassAsync(request, draft, invoice, command, gate, plan);
        });
    }

    /// <summary>
    /// At once, or as it waits for those who must approve it; judged with what was credited of the invoice and its
    /// chargebacks before.
    /// </summary>
    internal static async Task<Plan> PassAsync(
        IssueCreditMemo request, CreditMemoDraft draft, Loaded<Invoice>? invoice, HttpCommand command,
        ApprovalGate gate, Plan plan)
    {
        var family = invoice is { } credited
            ? await InvoiceFamily.LoadAsync(command.Store, draft.InvoiceId!.Value, credited, command.Cancellation)
            : null;
        var wish = new ApprovalWish<IssueCreditMemo>(
            ApprovalKinds.CreditMemo, draft.Books.LegalEntity, draft.Total,
            $"Credit memo over {draft.Total} for {draft.InvoiceNumber ?? "the account"}", request, request.Note,
            InAll: draft.Total + family?.Credited);
        var rate = family is null
            ? await JudgedInBooks.HigherAsync(command, draft.Rate, draft.Total, draft.Books)
            : draft.Rate;
        return await gate.PassAsync(command, wish.InBooks(rate, draft.Books), family?.Guard(plan) ?? plan);
    }

    /// <summary>What was approved, as it can be carried out now.</summary>
    internal static async Task<Plan> CarryOutAsync(
        IssueCreditMemo wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        if (wish is { Dispute: { } dispute, InvoiceId: { } invoiceId })
            return await DisputeCrediting.CarryOutAsync(invoiceId, dispute, grant, cancellation);
        if (wish is { Cancellation: { } cancelled, InvoiceId: { } voided })
            return await VoidInvoice.CarryOutAsync(voided, cancelled, grant, cancellation);
        if (wish is { Correction: { } correction, InvoiceId: { } corrected })
            return await CorrectInvoice.CarryOutAsync(corrected, correction, grant, cancellation);
        var calendars = grant.Services.GetRequiredService<AccountingCalendars>();
        var issuing = new CreditMemoIssuing(grant.Command.Store, grant.Command.Clock, calendars);
        var (draft, invoice, refusal) = await issuing.DraftAsync(wish, grant.Command.Caller, cancellation);
        if (draft is null)
            return refusal!;
        var context = calendars.Context(draft.Books.LegalEntity, grant.Command.Caller);
        return issuing.Plan(draft, invoice, wish.Apply, context, grant.Metadata, naturalId: wish.Import?.Id)
            .With(grant.Services.GetRequiredService<DocumentNumbers>());
    }
}
