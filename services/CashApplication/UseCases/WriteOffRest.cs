using OrderToCash.Approvals;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why the rest is given up.</summary>
/// <param name="CustomerId">Whose share of the receipt; the receipt's own customer where it is left out.</param>
public sealed record WriteOffRestRequest(string Reason, Guid? CustomerId = null);

/// <summary>
/// What is kept with a request for approval: of one rest, of all those of a run, or of the fee of a settlement.
/// </summary>
/// <param name="ReceiptId">The receipt; empty for a run.</param>
/// <param name="DecisionId">The decision; empty for a run, where each rest has its own, and for a fee.</param>
/// <param name="Reason">Why.</param>
/// <param name="RunId">The run; null for one rest.</param>
/// <param name="CustomerId">Whose share of the receipt; null for the receipt's own customer.</param>
/// <param name="Settled">The receipts whose money it is, and what was kept of them; null for no fee.</param>
public sealed record RestWish(
    Guid ReceiptId, Guid DecisionId, string Reason, Guid? RunId = null, Guid? CustomerId = null,
    SettledReceipts? Settled = null);

/// <summary>
/// <c>POST /v1/receipts/{id}/write-off</c>: gives up what is free of a receipt because it is too small to look after.
/// No more than the policy's limit, whoever asks; within it as the approval matrix says. Both judge it together with
/// what was given up of the receipt before, whosever share that was.
/// </summary>
public static class WriteOffRest
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/write-off", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>()
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithTags("Workbench")
        .WithSummary("Gives up a small rest of a receipt");

    private static Task<IResult> Handle(
        Guid id, WriteOffRestRequest request, HttpCommand command, ApprovalGate gate, ReceiptMatching matching)
    {
        var wish = new RestWish(id, Ids.Next(command.Clock), request.Reason, CustomerId: request.CustomerId);
        return command.CommitAsync(async cancellation =>
        {
            var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
            if (!receipt.Exists)
                return ReceiptRefusals.NotFound(id);
            if (command.Guard(receipt) is { } denied)
                return denied;
            command.Expect(version);
            var rest = receipt.Balance.FreeOf(request.CustomerId);
            return await gate.PassAsync(
                command,
                new ApprovalWish<RestWish>(
                    ApprovalKinds.WriteOff, receipt.LegalEntity, rest,
                    $"Write-off of {rest} that are left of {receipt.Number}", wish, request.Reason,
                    InAll: rest + receipt.Balance.TotalWrittenOff),
                await PlanAsync(wish, command, matching, command.Metadata(request.Reason), cancellation));
        });
    }

    /// <summary>It is approved; what is free must still be what was approved, and within the limit of now.</summary>
    internal static Task<Plan> CarryOutAsync(RestWish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var matching = grant.Services.GetRequiredService<ReceiptMatching>();
        return wish switch
        {
            { RunId: { } runId } => StartWriteOffRun.CarryOutAsync(runId, grant, cancellation),
            { Settled: { } settled } => ClearReceipts.PlanAsync(
                wish.ReceiptId, settled, grant.Command.Store, matching, grant.Metadata, cancellation),
            _ => PlanAsync(wish, grant.Command, matching, grant.Metadata, cancellation, grant.Requested.Amount),
        };
    }

    /// <summary>It is not approved: a run is dropped; one rest just stays where it is.</summary>
    internal static Task EndAsync(
        RestWish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation) =>
        wish.RunId is { } runId ? StartWriteOffRun.EndAsync(runId, end, batch, cancellation) : Task.CompletedTask;

    private static async Task<Plan> PlanAsync(
        RestWish wish, HttpCommand command, ReceiptMatching matching, EventMetadata metadata,
        CancellationToken cancellation, Money? approved = null)
    {
        var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, wish.ReceiptId, cancellation);
        var settings = await matching.SettingsAsync(receipt.LegalEntity, cancellation);
        var rest = receipt.Balance.FreeOf(wish.CustomerId);
        var limit = settings.Policy.WriteOffLimit(receipt.Balance.Amount.Currency);
        if (rest + receipt.Balance.TotalWrittenOff > limit)
            return ReceiptRefusals.ExceedsWriteOffLimit(rest, receipt.Balance.TotalWrittenOff, limit);
        if (approved is { } amount && amount != rest)
            return ReceiptRefusals.RestChanged(amount, rest);
        var decided = ReceiptDecider.WriteOffRest(
            receipt, wish.ReceiptId, wish.DecisionId, wish.Reason, await command.TodayAsync(receipt.LegalEntity),
            customerId: wish.CustomerId);
        if (decided.Refusal is { } refusal)
            return refusal;
        var (after, now) = (decided.Events.Aggregate(receipt, Receipt.Evolve), version + decided.Events.Count);
        return Plan.Write(
            new WriteBatch(metadata).Append(ReceiptStream.Type, wish.ReceiptId, version, decided.Events),
            Reply.Ok(ReceiptView.Of(wish.ReceiptId, after, now, []), now));
    }
}
