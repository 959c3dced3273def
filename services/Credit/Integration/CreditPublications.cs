using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using V1 = OrderToCash.Contracts.Credit.V1;

namespace OrderToCash.Credit.Integration;

/// <summary>What Credit tells the others.</summary>
public static class CreditPublications
{
    /// <summary>Stored events to contracts.</summary>
    public static Publications Create() => new Publications()
        .On<LimitSet>(e => new V1.CreditLimitSet(
            e.StreamId, e.Data.Limit.ToContract(), e.Event.Metadata.Reason ?? "", e.Data.ExpiresOn))
        .On<OrderApproved>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "approved", [], e.Data.Reserved, e.Data.Available))
        .On<OrderHeld>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "held", e.Data.Reasons, Nothing(e.Data.Amount),
            e.Data.Available))
        .On<OrderReduced>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "approved", [], e.Data.Reserved, e.Data.Available))
        .On<OrderReleased>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "released", e.Data.Reasons, e.Data.Reserved, e.Data.Available))
        .On<OrderCancelled>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "cancelled", [], Nothing(e.Data.Amount), e.Data.Available));

    private static V1.OrderDecided Decided(
        Guid customerId, string orderId, Money amount, string decision, IReadOnlyList<OrderReason> reasons,
        Money reserved,
        Money available) =>
        new(customerId, orderId, amount.ToContract(), decision,
            [.. reasons.Select(reason => new V1.DecisionReason(reason.Code, reason.Detail))],
            reserved.ToContract(), available.ToContract());

    private static Money Nothing(Money amount) => Money.Zero(amount.Currency);
}
