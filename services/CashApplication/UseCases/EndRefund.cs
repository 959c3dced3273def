using OrderToCash.CashApplication.Payouts;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why a refund ends.</summary>
public sealed record EndRefundRequest(string Reason);

/// <summary>
/// <c>POST /v1/refunds/{id}/cancel</c> takes an approved refund back that is in no payment file; <c>POST
/// /v1/refunds/{id}/return</c> records that the bank sent a paid one back. Either way its money is free again: on its
/// receipt, or at Invoicing, which is told.
/// </summary>
public static class EndRefund
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/refunds/{id:guid}/cancel", Cancel)
            .RequireScope(Scopes.CashWrite).Produces<RefundView>().WithTags("Refunds")
            .WithSummary("Takes a refund back before it is paid");
        routes.MapPost("/v1/refunds/{id:guid}/return", Return)
            .RequireScope(Scopes.CashWrite).Produces<RefundView>().WithTags("Refunds")
            .WithSummary("Records that the bank sent a refund back");
    }

    private static Task<IResult> Cancel(
        Guid id, EndRefundRequest request, HttpCommand command, ReceiptMatching matching) =>
        command.CommitAsync(async cancellation =>
        {
            if ((await SeenAsync(command, id, cancellation)).Denied is { } denied)
                return denied;
            var batch = new WriteBatch(command.Metadata(request.Reason));
            return Answer(id, batch, await AddAsync(
                command.Store, matching, batch, id, refund => RefundDecider.Cancel(refund, id, request.Reason),
                request.Reason, cancellation));
        });

    private static Task<IResult> Return(
        Guid id, EndRefundRequest request, HttpCommand command, ReceiptMatching matching) =>
        command.CommitAsync(async cancellation =>
        {
            var (refund, denied) = await SeenAsync(command, id, cancellation);
            if (denied is not null)
                return denied;
            var account = await PayingAccountAsync(command.Store, refund, cancellation);
            var batch = new WriteBatch(command.Metadata(request.Reason));
            return Answer(id, batch, await AddReturnAsync(
                command.Store, matching, batch, id, account, request.Reason, cancellation));
        });

    /// <summary>Adds to a write the end of a refund that was not paid.</summary>
    internal static Task<(Loaded<Refund> After, Refusal? Refusal)> AddAsync(
        EventStore store, ReceiptMatching matching, WriteBatch batch, Guid id, Func<Refund, Decision> end,
        string reason, CancellationToken cancellation) =>
        AddAsync(
            store, matching, batch, id, (refund, _) => end(refund),
            (receipt, receiptId, deadlines) => ReceiptDecider.ReleaseRefund(receipt, receiptId, id, reason, deadlines),
            cancellation);

    /// <summary>
    /// Adds to a write that the bank sent a paid refund back to this account, posted on the day it booked that; today
    /// where it is not known.
    /// </summary>
    internal static Task<(Loaded<Refund> After, Refusal? Refusal)> AddReturnAsync(
        EventStore store, ReceiptMatching matching, WriteBatch batch, Guid id, PayingAccount? account, string reason,
        CancellationToken cancellation, DateOnly? bookedOn = null)
    {
        return AddAsync(
            store, matching, batch, id,
            (refund, deadlines) => RefundDecider.Return(refund, id, reason, account, PostedOn(deadlines)),
            (receipt, receiptId, deadlines) => ReceiptDecider.ReturnRefund(
                receipt, receiptId, id, account!, reason, deadlines, PostedOn(deadlines)),
            cancellation);

        DateOnly PostedOn(Deadlines deadlines) =>
            bookedOn is { } day ? ReceiptSource.PostedOn(day, deadlines.Today) : deadlines.Today;
    }

    private static async Task<(Loaded<Refund> After, Refusal? Refusal)> AddAsync(
        EventStore store, ReceiptMatching matching, WriteBatch batch, Guid id, Func<Refund, Deadlines, Decision> end,
        Func<Receipt, Guid, Deadlines, Decision> free, CancellationToken cancellation)
    {
        var (refund, version) = await store.LoadAsync(Refund.Type, id, cancellation);
        var deadlines = await matching.DeadlinesAsync(refund.Requested?.LegalEntity ?? "", cancellation);
        var decided = end(refund, deadlines);
        if (decided.Refusal is { } refusal)
            return (default, refusal);
        batch.Append(Refund.Type, id, version, decided.Events);
        if (decided.Events.Count > 0 && refund.Requested!.ReceiptId is { } receiptId)
        {
            var (receipt, receiptVersion) = await store.LoadAsync(ReceiptStream.Type, receiptId, cancellation);
            var freed = free(receipt, receiptId, deadlines);
            if (freed.Refusal is { } impossible)
                return (default, impossible);
            batch.Append(ReceiptStream.Type, receiptId, receiptVersion, freed.Events);
        }

        return (new Loaded<Refund>(decided.Events.Aggregate(refund, Refund.Evolve), version + decided.Events.Count),
            null);
    }

    private static Plan Answer(Guid id, WriteBatch batch, (Loaded<Refund> After, Refusal? Refusal) ended) =>
        ended.Refusal is { } refusal ? refusal : Plan.Write(
            batch, Reply.Ok(RefundView.Of(id, ended.After.State, ended.After.Version), ended.After.Version));

    private static async Task<PayingAccount?> PayingAccountAsync(
        EventStore store, Refund refund, CancellationToken cancellation)
    {
        if (refund is not { Status: RefundStatus.Paid, PaymentFileId: { } fileId })
            return null;
        var (file, _) = await store.LoadAsync(PaymentFile.Type, fileId, cancellation);
        return new PayingAccount(file.Created!.Account.Code, file.Created.Account.LedgerAccount);
    }

    /// <summary>The refund as the caller may see it, or why not.</summary>
    private static async Task<(Refund Refund, Refusal? Denied)> SeenAsync(
        HttpCommand command, Guid id, CancellationToken cancellation)
    {
        var (refund, version) = await command.Store.LoadAsync(Refund.Type, id, cancellation);
        if (refund.Requested is not { } requested)
            return (refund, RefundRefusals.NotFound(id));
        if (command.Caller.Deny(requested.LegalEntity) is { } denied)
            return (refund, denied);
        command.Expect(version);
        return (refund, null);
    }
}
