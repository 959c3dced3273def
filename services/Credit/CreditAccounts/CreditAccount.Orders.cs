using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

public sealed partial record CreditAccount
{
    /// <summary>
    /// The account as if nothing were reserved for an order: what it has must stand neither against it nor, where a
    /// horizon leaves it out, for it when it is decided again.
    /// </summary>
    public CreditAccount Without(string orderId)
    {
        if (Orders.GetValueOrDefault(orderId) is not { Reserved.IsZero: false } order)
            return this;
        var none = Nothing(order.Amount);
        return WithReserved(orderId, none, ExposureIn(order.Amount.Currency).MoveOrder(order.Reserved, none));
    }

    /// <summary>The account where an invoice bills so much of its order, which is in another currency.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="invoiceId">The invoice.</param>
    /// <param name="now">Null where it is in the same one.</param>
    public CreditAccount WithBilled(string orderId, Guid invoiceId, ConvertedBilling? now)
    {
        if (now is null)
            return this;
        var billing = BillingOf(invoiceId);
        var without = billing.InOrder is { Billed: var before } ? Move(Billed, -before) : Billed;
        return this with
        {
            Billings = Billings.SetItem(invoiceId, billing with { InOrder = now }),
            Billed = Move(without, now.Billed),
        };

        ImmutableDictionary<(string OrderId, Currency Currency), Money> Move(
            ImmutableDictionary<(string OrderId, Currency Currency), Money> billed, Money change)
        {
            var key = (orderId, change.Currency);
            return billed.SetItem(key, billed.TryGetValue(key, out var known) ? known + change : change);
        }
    }

    private CreditAccount WithOrder(object e) => e switch
    {
        OrderApproved order => With(order.Exposure).With(
            new CheckedOrder(order.OrderId, OrderStatus.Approved, order.Amount, order.Reserved, [], order.Available)
            {
                Terms = order.Terms,
                NeededOn = order.NeededOn,
                ReservedUntil = order.ReservedUntil,
                Basis = order.Basis?.InShort,
                At = order.At,
                Warnings = order.Warnings ?? [],
            }),
        OrderHeld order => With(order.Exposure).WithWaiting(new CheckedOrder(
            order.OrderId, OrderStatus.Held, order.Amount, Nothing(order.Amount), order.Reasons, order.Available)
        {
            Terms = order.Terms,
            NeededOn = order.NeededOn,
            Basis = order.Basis,
            At = order.At,
            Warnings = order.Warnings ?? [],
        }),
        OrderDeclined order => With(order.Exposure).WithWaiting(new CheckedOrder(
            order.OrderId, OrderStatus.Declined, order.Amount, Nothing(order.Amount), order.Reasons, order.Available)
        {
            IsDeclinedByRule = order.ByRule,
            Terms = order.Terms,
            NeededOn = order.NeededOn,
            Basis = order.Basis,
            At = order.At,
            Warnings = order.Warnings ?? [],
        }),
        OrderReduced order => With(order.Exposure).With(Orders[order.OrderId] with
        {
            Amount = order.Amount,
            Reserved = order.Reserved,
            Available = order.Available,
        }),
        OrderReleased order => With(order.Exposure).With(Orders[order.OrderId] with
        {
            Status = OrderStatus.Released,
            Reserved = order.Reserved,
            Reasons = order.Reasons,
            Available = order.Available,
            ReservedUntil = order.ReservedUntil,
            Basis = order.Basis?.InShort,
            Warnings = order.Warnings ?? [],
            ReleaseReason = order.ReleaseReason,
            ReleaseApprovalId = null,
        }),
        OrderReleaseRequested asked => With(Orders[asked.OrderId] with { ReleaseApprovalId = asked.ApprovalId }),
        OrderReleaseEnded ended => With(Orders[ended.OrderId] with { ReleaseApprovalId = null }),
        OrderCancelled order => Ended(order.OrderId, OrderStatus.Cancelled, order.Exposure, order.Available),
        OrderExpired order => Ended(order.OrderId, OrderStatus.Expired, order.Exposure, order.Available),
        ReservationConverted order => WithReserved(order.OrderId, order.Reserved, order.Exposure)
            .WithBilled(order.OrderId, order.InvoiceId, order.Billed),
        ReservationRestored order => WithReserved(order.OrderId, order.Reserved, order.Exposure)
            .WithBilled(order.OrderId, order.InvoiceId, order.Billed),
        DeliveryRecorded order => WithReserved(order.OrderId, order.Reserved, order.Exposure) with
        {
            Delivered = Delivered.SetItem((order.OrderId, order.Delivered.Currency), order.Delivered),
            DeliveredAsOf = order.AsOf is { } asOf ? DeliveredAsOf.SetItem(order.OrderId, asOf) : DeliveredAsOf,
        },
        _ => throw new InvalidOperationException($"A credit account has no event {e.GetType().Name}."),
    };

    private CreditAccount Ended(string orderId, OrderStatus status, Exposure exposure, Money available)
    {
        var order = Orders[orderId];
        return With(exposure).With(order with
        {
            Status = status,
            Basis = order.Basis?.InShort,
            Reserved = Nothing(order.Amount),
            Available = available,
            ReleaseApprovalId = null,
        });
    }

    private CreditAccount WithReserved(string orderId, Money reserved, Exposure exposure) =>
        With(exposure).With(Orders[orderId] with { Reserved = reserved });

    /// <summary>A release that was asked for is of the order as it was then, and ends with a person's no.</summary>
    private CreditAccount WithWaiting(CheckedOrder order) => With(
        order.IsWaiting && Orders.GetValueOrDefault(order.OrderId) is { } before
            && before.Wish.IsSameOrder(order.Wish)
            ? order with { ReleaseApprovalId = before.ReleaseApprovalId }
            : order);

    private CreditAccount With(CheckedOrder order)
    {
        var before = Orders.GetValueOrDefault(order.OrderId);
        var waiting = Waiting;
        if (!order.IsWaiting)
            waiting = before?.IsWaiting == true ? waiting.Remove(order.OrderId) : waiting;
        else if (before?.IsWaiting != true)
            waiting = waiting.Add(order.OrderId);
        return WithLater(before, order) with { Orders = Orders.SetItem(order.OrderId, order), Waiting = waiting };
    }

    private CreditAccount WithLater(CheckedOrder? before, CheckedOrder after)
    {
        if (before?.NeededOn is null && after.NeededOn is null)
            return this;
        var reserved = Reserved;
        if (before?.NeededOn is { } was)
            Move((was, before.Amount.Currency.Code), -before.Reserved.Amount);
        if (after.NeededOn is { } now)
            Move((now, after.Amount.Currency.Code), after.Reserved.Amount);
        return this with { Reserved = reserved };

        void Move((DateOnly, string) key, decimal change)
        {
            var sum = reserved.GetValueOrDefault(key) + change;
            reserved = sum == 0 ? reserved.Remove(key) : reserved.SetItem(key, sum);
        }
    }

    private static Money Nothing(Money amount) => Money.Zero(amount.Currency);
}
