using OrderToCash.Approvals;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Free money of a receipt that is to go back; to where it came from where no payee is named.</summary>
/// <param name="CustomerId">Whose share of the receipt; the receipt's own customer where it is left out.</param>
public sealed record RefundRequest(
    Guid ReceiptId, Money Amount, string Reason, Payee? Payee = null, Guid? CustomerId = null);

/// <summary>What is kept with a request for approval.</summary>
public sealed record RefundWish(Guid RefundId);

/// <summary>A refund.</summary>
/// <param name="ReceiptId">The receipt whose money it is; null for a credit memo's.</param>
/// <param name="ReceiptNumber">Its number; null for a credit memo's.</param>
/// <param name="ApprovalId">The request that waits for it; only in the answer to the request itself.</param>
/// <param name="CreditMemoId">The credit memo of Invoicing that it pays back; null for a receipt's.</param>
/// <param name="CreditMemoNumber">Its number; null for a receipt's.</param>
/// <param name="PaidOn">Accounting date of the payment; null before that.</param>
public sealed record RefundView(
    Guid Id, string LegalEntity, Guid? ReceiptId, string? ReceiptNumber, Guid CustomerId, Money Amount, Payee Payee,
    string Reason, string RequestedBy, RefundStatus Status, Guid? PaymentFileId, Guid? ApprovalId, long Version,
    Guid? CreditMemoId, string? CreditMemoNumber, DateOnly? PaidOn)
{
    internal static RefundView Of(Guid id, Refund refund, long version, Guid? approvalId = null)
    {
        var requested = refund.Requested!;
        return new RefundView(
            id, requested.LegalEntity, requested.ReceiptId, requested.Credit is null ? requested.Number : null,
            requested.CustomerId, requested.Amount, requested.Payee, requested.Reason, requested.RequestedBy,
            refund.Status, refund.PaymentFileId, approvalId, version, requested.Credit?.Id,
            requested.Credit is null ? null : requested.Number, refund.PaidOn);
    }
}

/// <summary>
/// <c>POST /v1/refunds</c>: keeps free money of a receipt back for a refund, so that nothing else can use it. 201 where
/// nobody must approve it, else 202; it is paid with a payment file.
/// </summary>
public static class RequestRefund
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/refunds", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<RefundView>(StatusCodes.Status201Created)
        .Produces<RefundView>(StatusCodes.Status202Accepted)
        .WithTags("Refunds")
        .WithSummary("Asks for a refund of free money");

    private static Task<IResult> Handle(RefundRequest request, HttpCommand command, ApprovalGate gate)
    {
        var id = Ids.Next(command.Clock);
        return command.CommitAsync(async cancellation =>
        {
            var (receipt, version) = await command.Store.LoadAsync(
                ReceiptStream.Type, request.ReceiptId, cancellation);
            if (command.Guard(receipt) is { } denied)
                return denied;
            var reserved = ReceiptDecider.ReserveRefund(
                receipt, request.ReceiptId, id, request.Amount, request.CustomerId);
            if (reserved.Refusal is { } impossible)
                return impossible;
            var wanted = Wanted(request, receipt, command.Caller.Subject);
            var decided = RefundDecider.Request(Refund.Initial, wanted, command.Caller.Subject);
            if (decided.Refusal is { } refusal)
                return refusal;

            var atOnce = Write(new WriteBatch(command.Metadata(request.Reason)), decided.Events);
            return await gate.PassAsync(
                command,
                new ApprovalWish<RefundWish>(
                    ApprovalKinds.Refund, receipt.LegalEntity, request.Amount,
                    $"Refund of {request.Amount} from {receipt.Number} to {wanted.Payee.Name}", new RefundWish(id),
                    request.Reason),
                Plan.Write(atOnce, Reply.Created($"/v1/refunds/{id}", View(decided.Events), decided.Events.Count)),
                (batch, view) =>
                {
                    Write(batch, [wanted]);
                    return Reply.Accepted($"/v1/refunds/{id}", View([wanted], view.Id), 1);
                });

            WriteBatch Write(WriteBatch batch, IReadOnlyList<object> events) => batch
                .Append(ReceiptStream.Type, request.ReceiptId, version, reserved.Events)
                .Append(Refund.Type, id, 0, events);

            RefundView View(IReadOnlyList<object> events, Guid? approvalId = null) => RefundView.Of(
                id, events.Aggregate(Refund.Initial, Refund.Evolve), events.Count, approvalId);
        });
    }

    /// <summary>It is approved: it can be paid.</summary>
    internal static async Task<Plan> CarryOutAsync(
        RefundWish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (refund, version) = await grant.Command.Store.LoadAsync(Refund.Type, wish.RefundId, cancellation);
        var decided = RefundDecider.Approve(refund, wish.RefundId, grant.Command.Caller.Subject);
        return decided.Refusal is { } refusal ? refusal : Plan.Write(
            new WriteBatch(grant.Metadata).Append(Refund.Type, wish.RefundId, version, decided.Events),
            Reply.Ok(RefundView.Of(wish.RefundId, refund, version)));
    }

    /// <summary>It is not: its money is free again.</summary>
    internal static async Task EndAsync(
        RefundWish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        var reason = end.Reason ?? $"The request is {end.Status.ToString().ToLowerInvariant()}.";
        var (_, impossible) = await EndRefund.AddAsync(
            end.Services.GetRequiredService<EventStore>(), end.Services.GetRequiredService<ReceiptMatching>(), batch,
            wish.RefundId,
            refund => RefundDecider.Reject(refund, wish.RefundId, reason), reason, cancellation);
        if (impossible is not null)
            throw new InvalidOperationException($"Refund {wish.RefundId}: {impossible.Detail}");
    }

    private static RefundRequested Wanted(RefundRequest request, Receipt receipt, string by) => new(
        receipt.LegalEntity, request.ReceiptId, receipt.Number, request.CustomerId ?? receipt.Balance.CustomerId!.Value,
        request.Amount,
        request.Payee is { } payee
            ? payee with { Iban = payee.Iban is { } iban ? Iban.Normalize(iban) : null }
            : Payee.BackTo(receipt.Payer.Name ?? "", receipt.Payer.Account),
        request.Reason, by);
}
