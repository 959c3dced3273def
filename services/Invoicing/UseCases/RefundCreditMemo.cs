using System.Text.Json.Serialization;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Pays what is open of a credit memo back, once those approve who must, and records what the bank sends back of that.
/// Of a credit memo for an invoice never more than was paid on it (I-18). While a refund waits for an approval its
/// amount is kept for it: nothing else uses it until it is paid back, rejected, withdrawn or out of time. Where the
/// automation policy says so (<c>payRefunds</c>) cash application pays what is approved, and it is kept until that says
/// what became of it; else whoever pays is told the reference, and it counts as paid at once.
/// </summary>
public static class RefundCreditMemo
{
    /// <summary>What is paid back.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="Reference">Of the payment that goes out, 1 to 140 characters; once per credit memo.</param>
    /// <param name="Amount">Of the credit memo's currency; without it all that may be paid back.</param>
    /// <param name="Payee">Where to; named where cash application pays it, and only there.</param>
    public sealed record Request(
        string Reason, string Reference, decimal? Amount = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RefundPayee? Payee = null);

    /// <summary>A request with the credit memo it is about; stored where it waits for an approval.</summary>
    /// <param name="RefundId">What is kept for it; null where it was asked for before anything was kept.</param>
    /// <param name="PaidByCash">Cash application pays it, as the policy said when it was asked for.</param>
    public sealed record Wish(
        Guid CreditMemoId, Request Request,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? RefundId = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool PaidByCash = false);

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
        var command = grant.Command;
        var refund = await RefundedCredit.LoadAsync(
            wish.CreditMemoId, wish.RefundId ?? Ids.Next(command.Clock), command.Store, cancellation);
        var approved = wish with { Request = wish.Request with { Amount = grant.Requested.Amount.Amount } };
        return (await PlanAsync(
            refund, approved, command, grant.Services.GetRequiredService<AccountingCalendars>(), grant.Reason,
            grant.Requested.RequestedBy, cancellation)).Plan;
    }

    /// <summary>It does not come: what is kept for it is free again.</summary>
    internal static async Task EndAsync(
        Wish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        if (wish.RefundId is not { } refundId)
            return;
        var refund = await RefundedCredit.LoadAsync(
            wish.CreditMemoId, refundId, end.Services.GetRequiredService<EventStore>(), cancellation);
        refund.Append(
            batch, CreditRefundDecider.Release(refund.Memo.State, refundId).Events,
            invoice => AdjustmentDecider.ReleaseRefund(invoice, refundId).Events);
    }

    private static Task<IResult> RefundAsync(
        Guid id, Request request, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars)
    {
        var refundId = Ids.Next(command.Clock);
        return command.CommitAsync(async cancellation =>
        {
            var refund = await RefundedCredit.LoadAsync(id, refundId, command.Store, cancellation);
            if (CreditMemoAccess.Check(id, refund.Memo.State, refund.Memo.Version, command) is { } no)
                return no;
            var issued = refund.Memo.State.Issued!;

            // Of a credit memo for an invoice no more goes out than came in; nothing says so of one on account.
            if (issued.InvoiceId is null && !command.Caller.Scopes.Contains(Scopes.Admin)
                && !await gate.IsJudgedAsync(ApprovalKinds.Refund, issued.Books.LegalEntity, cancellation))
                return CreditMemoRefusals.NobodyApprovesRefunds(issued.Books.LegalEntity);
            var (policy, _) = await command.Store.LoadAsync(
                AutomationPolicyStream.Type, AutomationPolicyStream.Id(issued.Books.LegalEntity), cancellation);
            var isPaidByCash = policy.Definition is { PayRefunds: true };
            if (request.Payee is not null && !isPaidByCash)
                return CreditMemoRefusals.PaidByHand(issued.Books.LegalEntity);
            var wanted = new Wish(id, request, refundId, isPaidByCash);
            var (plan, amount) = await PlanAsync(
                refund, wanted, command, calendars, request.Reason, command.Caller.Subject, cancellation);
            var wish = new ApprovalWish<Wish>(
                ApprovalKinds.Refund, issued.Books.LegalEntity, amount, Subject(issued, amount, request.Payee), wanted,
                request.Reason);
            var rate = issued.InvoiceId is null
                ? await JudgedInBooks.HigherAsync(command, issued.Rate, amount, issued.Books)
                : issued.Rate;
            return await gate.PassAsync(command, wish.InBooks(rate, issued.Books), plan, (batch, view) =>
            {
                refund.Append(
                    batch,
                    CreditRefundDecider.Reserve(
                        refund.Memo.State, refundId, amount, request.Reference, isPaidByCash).Events,
                    invoice => AdjustmentDecider.ReserveRefund(invoice, id, refundId, amount, refund.Lacked).Events);
                return Reply.Accepted($"/v1/approvals/{view.Id}", view, view.Version);
            });
        });
    }

    private static string Subject(CreditMemoIssued issued, Money amount, RefundPayee? payee) =>
        $"Refund of {amount} of {issued.Number}{(payee is null ? "" : $" to {payee}")}";

    private static async Task<(Plan Plan, Money Amount)> PlanAsync(
        RefundedCredit refund, Wish wish, HttpCommand command, AccountingCalendars calendars, string reason,
        string requestedBy, CancellationToken cancellation)
    {
        var (memo, issued, request) = (refund.Memo.State, refund.Memo.State.Issued!, wish.Request);
        var none = Money.Zero(memo.Open.Currency);
        if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
            return (denied, none);
        if (Refusal.Unexplained(request.Reason) is { } unexplained)
            return (unexplained, none);
        if (!CreditMemoAccess.TryAmount(request.Amount, none.Currency, out var asked))
            return (InvoiceRefusals.Invalid("/amount", $"The amount is one of {none.Currency}, above zero."), none);

        await calendars.RefreshAsync(cancellation);
        var context = calendars.Context(issued.Books.LegalEntity, command.Caller);
        var rate = issued.Rate is null ? null : await RateTable.FindAsync(
            command.Store.Database, issued.Books.LegalEntity, none.Currency.Code,
            context.DateFor(issued.Books, issued.Entry.PostingDate), cancellation);
        var amount = asked ?? (refund.Invoice is { } of
            ? Money.Min(memo.Available, of.State.RefundableBut(refund.Lacked!.Value))
            : memo.Available);
        var onInvoice = refund.Invoice is { } invoice
            ? wish.PaidByCash
                ? AdjustmentDecider.ReserveRefund(invoice.State, refund.MemoId, refund.Id, amount, refund.Lacked)
                : AdjustmentDecider.RefundCredit(invoice.State, refund.MemoId, refund.Id, amount, refund.Lacked)
            : Decision.Nothing;
        if (onInvoice.Refusal is { } unpaid)
            return (unpaid, none);
        var decision = wish.PaidByCash
            ? CreditRefundDecider.Approve(memo, new CreditMemoRefundApproved(
                refund.Id, issued.Number, issued.CustomerId, issued.Books.LegalEntity, amount, request.Reference,
                issued.Books.Accounts.Other.CashClearing, request.Reason, requestedBy, command.Caller.Subject,
                request.Payee, rate), context)
            : CreditRefundDecider.Refund(memo, refund.Id, amount, request.Reference, rate, context);
        if (decision.Refusal is { } refusal)
            return (refusal, none);
        var batch = new WriteBatch(command.Metadata(reason));
        refund.Append(batch, decision.Events, _ => onInvoice.Events);
        return (Plan.Write(batch, refund.Answer(decision)), amount);
    }

    private static Task<IResult> ReturnAsync(
        Guid id, Guid refundId, ReturnRequest request, HttpCommand command, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var refund = await RefundedCredit.LoadAsync(id, refundId, command.Store, cancellation);
            var memo = refund.Memo;
            if (CreditMemoAccess.Check(id, memo.State, memo.Version, command) is { } no)
                return no;
            if (Refusal.Unexplained(request.Reason) is { } unexplained)
                return unexplained;
            if (memo.State.ToldToPay.Contains(refundId))
                return CreditMemoRefusals.PaidByCash(refundId);
            await calendars.RefreshAsync(cancellation);
            var context = calendars.Context(memo.State.Issued!.Books.LegalEntity, command.Caller);
            var decision = CreditRefundDecider.Return(memo.State, refundId, context);
            if (decision.Refusal is { } refusal)
                return refusal;
            var onInvoice = refund.Invoice is { } invoice
                ? AdjustmentDecider.ReturnRefund(
                    invoice.State, refundId, memo.State.Refunds[refundId].Amount, context)
                : Decision.Nothing;
            if (onInvoice.Refusal is { } unrecovered)
                return unrecovered;
            var batch = new WriteBatch(command.Metadata(request.Reason));
            refund.Append(batch, decision.Events, _ => onInvoice.Events);
            return Plan.Write(batch, refund.Answer(decision));
        });
}
