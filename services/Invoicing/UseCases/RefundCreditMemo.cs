using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Pays what is open of a credit memo back, once those approve who must, and records what the bank sends back of that.
/// Of a credit memo for an invoice never more than was paid on it (I-18).
/// </summary>
public static class RefundCreditMemo
{
    /// <summary>What is paid back.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="Reference">Of the payment that goes out, 1 to 140 characters; once per credit memo.</param>
    /// <param name="Amount">Of the credit memo's currency; without it all that may be paid back.</param>
    public sealed record Request(string Reason, string Reference, decimal? Amount = null);

    /// <summary>A request with the credit memo it is about; stored where it waits for an approval.</summary>
    public sealed record Wish(Guid CreditMemoId, Request Request);

    /// <summary>A refund came back.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    public sealed record ReturnRequest(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/credit-memos/{id:guid}/refunds", RefundAsync)
            .RequireScope(Scopes.InvoicingWrite)
            .Produces<CreditMemoView>()
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Refund an open credit memo, or part of it");
        routes.MapPost("/credit-memos/{id:guid}/refunds/{refundId:guid}/return", ReturnAsync)
            .RequireScope(Scopes.InvoicingWrite)
            .Produces<CreditMemoView>()
            .WithSummary("Record that the bank sent a refund back");
    }

    /// <summary>It is approved: the amount it was judged by, if that may still be paid back.</summary>
    internal static async Task<Plan> CarryOutAsync(Wish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var memo = await grant.Command.Store.LoadAsync(CreditMemoStream.Type, wish.CreditMemoId, cancellation);
        var approved = wish.Request with { Amount = grant.Requested.Amount.Amount };
        return (await PlanAsync(
            wish.CreditMemoId, memo, approved, grant.Command, grant.Services.GetRequiredService<AccountingCalendars>(),
            grant.Reason, cancellation)).Plan;
    }

    private static Task<IResult> RefundAsync(
        Guid id, Request request, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var memo = await command.Store.LoadAsync(CreditMemoStream.Type, id, cancellation);
            if (CreditMemoAccess.Check(id, memo.State, memo.Version, command) is { } no)
                return no;
            var issued = memo.State.Issued!;

            // Of a credit memo for an invoice no more goes out than came in; nothing says so of one on account.
            if (issued.InvoiceId is null && !command.Caller.Scopes.Contains(Scopes.Admin)
                && !await gate.IsJudgedAsync(ApprovalKinds.Refund, issued.Books.LegalEntity, cancellation))
                return CreditMemoRefusals.NobodyApprovesRefunds(issued.Books.LegalEntity);
            var (plan, amount) = await PlanAsync(
                id, memo, request, command, calendars, request.Reason, cancellation);
            var wish = new ApprovalWish<Wish>(
                ApprovalKinds.Refund, issued.Books.LegalEntity, amount, $"Refund of {amount} of {issued.Number}",
                new Wish(id, request), request.Reason);
            return await gate.PassAsync(command, wish, plan);
        });

    private static async Task<(Plan Plan, Money Amount)> PlanAsync(
        Guid id, Loaded<CreditMemo> memo, Request request, HttpCommand command, AccountingCalendars calendars,
        string reason, CancellationToken cancellation)
    {
        var (issued, open) = (memo.State.Issued!, memo.State.Open);
        var none = Money.Zero(open.Currency);
        if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
            return (denied, none);
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500)
            return (InvoiceRefusals.NoReason(), none);
        if (!CreditMemoAccess.TryAmount(request.Amount, open.Currency, out var asked))
            return (InvoiceRefusals.Invalid("/amount", $"The amount is one of {open.Currency}, above zero."), none);

        await calendars.RefreshAsync(cancellation);
        var context = calendars.Context(issued.Books.LegalEntity, command.Caller);
        var rate = issued.Rate is null ? null : await RateTable.FindAsync(
            command.Store.Database, issued.Books.LegalEntity, open.Currency.Code,
            context.DateFor(issued.Books, issued.Entry.PostingDate), cancellation);
        var batch = new WriteBatch(command.Metadata(reason));
        var (refundId, amount) = (Ids.Next(command.Clock), asked ?? open);
        if (issued.InvoiceId is { } invoiceId)
        {
            var invoice = await command.Store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation);
            amount = asked ?? Money.Min(open, invoice.State.Refundable);
            var onInvoice = AdjustmentDecider.RefundCredit(invoice.State, id, refundId, amount);
            if (onInvoice.Refusal is { } unpaid)
                return (unpaid, none);
            batch.Append(InvoiceStream.Type, invoiceId, invoice.Version, onInvoice.Events);
        }

        var decision = CreditRefundDecider.Refund(memo.State, refundId, amount, request.Reference, rate, context);
        return decision.Refusal is { } refusal ? (refusal, none) : (Answer(id, memo, batch, decision), amount);
    }

    private static Task<IResult> ReturnAsync(
        Guid id, Guid refundId, ReturnRequest request, HttpCommand command, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var memo = await command.Store.LoadAsync(CreditMemoStream.Type, id, cancellation);
            if (CreditMemoAccess.Check(id, memo.State, memo.Version, command) is { } no)
                return no;
            if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500)
                return InvoiceRefusals.NoReason();
            await calendars.RefreshAsync(cancellation);
            var issued = memo.State.Issued!;
            var decision = CreditRefundDecider.Return(
                memo.State, refundId, calendars.Context(issued.Books.LegalEntity, command.Caller));
            if (decision.Refusal is { } refusal)
                return refusal;
            var batch = new WriteBatch(command.Metadata(request.Reason));
            if (issued.InvoiceId is { } invoiceId)
            {
                var invoice = await command.Store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation);
                batch.Append(
                    InvoiceStream.Type, invoiceId, invoice.Version,
                    [new InvoiceCreditRefundReturned(refundId, memo.State.Refunds[refundId].Amount)]);
            }

            return Answer(id, memo, batch, decision);
        });

    private static Plan Answer(Guid id, Loaded<CreditMemo> memo, WriteBatch batch, Decision decision)
    {
        var after = memo.Version + decision.Events.Count;
        var state = decision.Events.Aggregate(memo.State, CreditMemo.Evolve);
        return Plan.Write(
            batch.Append(CreditMemoStream.Type, id, memo.Version, decision.Events),
            Reply.Ok(CreditMemoView.Of(id, state, after), after));
    }
}
