using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Corrects an issued invoice, which itself never changes: a credit memo over the whole of it and a new invoice,
/// linked, in one transaction. What was paid on the old one stays there; the credit that is too much for it settles the
/// new one.
/// </summary>
public static class CorrectInvoice
{
    /// <summary>The invoice as it should have been.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="Lines">1 to 2,000 lines.</param>
    /// <param name="InvoiceDate">Of the new invoice; without it today.</param>
    /// <param name="Terms">Without them those of the old invoice.</param>
    /// <param name="OrderReference">Without it that of the old invoice.</param>
    /// <param name="PurchaseOrder">Without it that of the old invoice.</param>
    public sealed record Request(
        string Reason, IReadOnlyList<IssueInvoiceLine> Lines, DateOnly? InvoiceDate = null, string? Terms = null,
        string? OrderReference = null, string? PurchaseOrder = null);

    /// <summary>The pair that takes the place of the invoice.</summary>
    public sealed record Response(CreditMemoView CreditMemo, InvoiceView Invoice);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/{id:guid}/correct", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<Response>(StatusCodes.Status201Created)
        .WithSummary("Credit an invoice and bill it again");

    private static Task<IResult> HandleAsync(
        Guid id, Request request, HttpCommand command, DocumentNumbers numbers, ApprovalGate gate,
        AccountingCalendars calendars) =>
        command.CommitAsync(numbers, async cancellation =>
        {
            var old = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            if (old.State.Issued is not { } issued)
                return InvoiceRefusals.NotFound(id);
            if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
                return denied;
            if (Refuse(old.State, request) is { } refusal)
                return refusal;
            await calendars.RefreshAsync(cancellation);
            var wish = new IssueInvoice(
                issued.CustomerId, request.Lines, request.InvoiceDate, null,
                request.OrderReference ?? issued.OrderReference, request.PurchaseOrder ?? issued.PurchaseOrder,
                request.Terms ?? issued.Terms);
            var now = command.Clock.GetUtcNow();
            var (draft, wrong) = InvoiceDraft.Of(
                wish, (await BillingAccounts.LoadAsync(command, [wish], now))[0]!, now);
            if (draft is null)
                return wrong!;

            // A correction that lowers the bill is a credit: who may not give that may not give it this way.
            var less = Money.Max(issued.Total - draft.Total, Money.Zero(issued.Total.Currency));
            var required = await gate.RequiredAsync(
                ApprovalKinds.CreditMemo, issued.Books.LegalEntity, less, command.Caller.Roles, cancellation);
            return less.IsPositive && required.Approvals > 0
                ? AdjustmentRefusals.NeedsApproval(old.State, less)
                : Plan(
                    id, old, draft with { Corrects = id }, command,
                    calendars.Context(issued.Books.LegalEntity, command.Caller), command.Metadata(request.Reason));
        });

    private static Refusal? Refuse(Invoice invoice, Request request) => invoice switch
    {
        _ when string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500 => InvoiceRefusals.NoReason(),
        { IsVoid: true } => AdjustmentRefusals.IsVoid(invoice),
        { IsDeposit: true } => DepositRefusals.NotCorrected(invoice),
        { Correction: not null } => AdjustmentRefusals.AlreadyCorrected(invoice),
        { Credited.IsZero: false } => AdjustmentRefusals.AlreadyCredited(invoice),
        _ => null,
    };

    private static NumberedPlan Plan(
        Guid id, Loaded<Invoice> old, InvoiceDraft draft, HttpCommand command, PostingContext context,
        EventMetadata metadata)
    {
        var credit = CreditMemoDraft.Whole(id, old.State.Issued!, context);
        var credits = NumberSeries.CreditMemos(credit.Books.LegalEntity, credit.CreditDate);
        var invoices = NumberSeries.Invoices(draft.Books.LegalEntity, draft.InvoiceDate);
        var (memoId, newId) = (Ids.Next(command.Clock), Ids.Next(command.Clock));
        return NumberedPlan.Write([credits, invoices], drawn =>
        {
            var memo = CreditMemoDecider.Issue(credit, drawn.Next(credits));
            var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, drawn.Next(invoices)).Events[0];
            var settlement = new CreditSettlement(
                memoId, CreditMemo.Evolve(CreditMemo.Initial, memo), context, () => Ids.Next(command.Clock));
            object[] onOld =
            [
                new InvoiceCredited(memoId, memo.Number, memo.Total),
                .. settlement.Settle(id, old.State).Events,
                new InvoiceCorrected(memoId, newId, issued.Number),
            ];
            var fresh = Invoice.Evolve(Invoice.Initial, issued);
            object[] onNew = [issued, .. settlement.Settle(newId, fresh).Events];
            object[] onMemo = [memo, .. settlement.MemoEvents];
            var batch = new WriteBatch(metadata)
                .Append(InvoiceStream.Type, id, old.Version, onOld)
                .Append(InvoiceStream.Type, newId, 0, onNew)
                .Append(CreditMemoStream.Type, memoId, 0, onMemo);
            return (batch, Reply.Created($"/v1/invoices/{newId}", new Response(
                CreditMemoView.Of(memoId, settlement.Memo, onMemo.Length),
                InvoiceView.Of(newId, onNew.Aggregate(Invoice.Initial, Invoice.Evolve), onNew.Length))));
        });
    }
}
