using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Requests for the release of orders. Where an order is decided otherwise meanwhile (approved, cancelled, declined by
/// a person, or checked with another amount), nothing is left to approve: the request is taken back in the same write.
/// </summary>
public sealed class WaitingReleases(EventStore store, ApprovalGate gate)
{
    /// <summary>True where an order waits for a release before these events and not after them.</summary>
    public static bool EndWith(CreditAccount before, IReadOnlyList<object> events) => Ended(before, events).Any();

    /// <summary>
    /// True while a request can be approved. An older instance that ends one does not tell the order so.
    /// </summary>
    public async Task<bool> IsWaitingAsync(Guid approvalId, CancellationToken cancellation)
    {
        var (approval, _) = await store.LoadAsync(ApprovalStream.Type, approvalId, cancellation);
        return approval is { Requested: not null, Status: ApprovalStatus.Waiting };
    }

    /// <summary>Takes the requests back that end with these events.</summary>
    public async Task WithdrawAsync(
        WriteBatch batch, CreditAccount before, IReadOnlyList<object> events, CancellationToken cancellation)
    {
        foreach (var approvalId in Ended(before, events))
            await gate.WithdrawAsync(batch, approvalId, cancellation);
    }

    /// <summary>The request that is being granted is not among them.</summary>
    private static IEnumerable<Guid> Ended(CreditAccount before, IReadOnlyList<object> events)
    {
        var after = events.Aggregate(before, CreditAccount.Evolve);
        return
            from orderId in events.Select(OrderOf).OfType<string>().Distinct()
            let asked = before.Orders.GetValueOrDefault(orderId)?.ReleaseApprovalId
            where asked is not null && after.Orders[orderId].ReleaseApprovalId != asked
                && !events.OfType<OrderReleased>().Any(released => released.ApprovalId == asked)
            select asked.Value;
    }

    private static string? OrderOf(object e) => e switch
    {
        OrderApproved order => order.OrderId,
        OrderHeld order => order.OrderId,
        OrderDeclined order => order.OrderId,
        OrderReleased order => order.OrderId,
        OrderReleaseEnded order => order.OrderId,
        OrderCancelled order => order.OrderId,
        _ => null,
    };
}
