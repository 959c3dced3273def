using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>The receipt that is the money of a pending payment.</summary>
public sealed record SettlePendingPaymentRequest(Guid ReceiptId);

/// <summary>Why no money comes.</summary>
public sealed record FailPendingPaymentRequest(string Reason);

/// <summary>
/// <c>POST /v1/pending-payments/{id}/settle</c> and <c>/fail</c>: what nothing tells by itself is told by a caller.
/// </summary>
public static class EndPendingPayment
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/pending-payments/{id:guid}/settle", Settle)
            .RequireScope(Scopes.CashWrite).Produces<PendingPaymentView>().WithTags("Pending payments")
            .WithSummary("Says which receipt is the money of a pending payment");
        routes.MapPost("/v1/pending-payments/{id:guid}/fail", Fail)
            .RequireScope(Scopes.CashWrite).Produces<PendingPaymentView>().WithTags("Pending payments")
            .WithSummary("Says that no money comes");
    }

    private static Task<IResult> Settle(
        Guid id, SettlePendingPaymentRequest request, HttpCommand command, PendingPaymentSettler settler,
        WakeUp<WaitingMatchService> wakeUp) =>
        command.CommitAsync(
            async cancellation =>
            {
                var (pending, version) = await command.Store.LoadAsync(PendingPayment.Type, id, cancellation);
                if (pending.Recorded is not { } told)
                    return PendingPaymentRefusals.NotFound(id);
                if (command.Caller.Deny(told.LegalEntity) is { } denied)
                    return denied;
                command.Expect(version);
                var batch = new WriteBatch(command.Metadata());
                var settled = await settler.AddAsync(batch, id, request.ReceiptId, cancellation);
                if (settled.Refusal is { } refusal)
                    return refusal;
                var after = settled.Events.Aggregate(pending, PendingPayment.Evolve);
                version += settled.Events.Count;
                return Plan.Write(batch, Reply.Ok(PendingPaymentView.Of(id, after, version), version), wakeUp.Wake);
            },
            _ => PendingPaymentRefusals.ReceiptSettlesAnother);

    private static Task<IResult> Fail(Guid id, FailPendingPaymentRequest request, HttpCommand command) =>
        command.DecideAsync(
            PendingPayment.Type, id,
            pending => pending.Recorded is { } told && command.Caller.Deny(told.LegalEntity) is { } denied
                ? denied
                : PendingPaymentDecider.Fail(pending, id, request.Reason),
            decided => Reply.Ok(PendingPaymentView.Of(id, decided.State, decided.Version), decided.Version),
            request.Reason);
}
