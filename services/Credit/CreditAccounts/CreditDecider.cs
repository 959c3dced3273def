using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>What people and order systems ask of a credit account.</summary>
public static class CreditDecider
{
    /// <summary>Sets the limit; the same limit again is nothing.</summary>
    public static Decision SetLimit(CreditAccount account, Money limit, DateOnly? expiresOn, DateOnly today)
    {
        var currency = account.Currency;
        if (limit.Currency != currency)
            return CreditRefusals.LimitInOtherCurrency(limit.Currency, currency);
        if (expiresOn is { } last && last < today)
            return CreditRefusals.ExpiryInThePast(last, today);
        var set = new LimitSet(limit, expiresOn);
        return set == account.Limit ? Decision.Nothing : Decision.Of(set);
    }

    /// <summary>
    /// Checks an order and reserves its amount if nothing stands against it. The same order with the same amount was
    /// decided already; with another amount it is decided anew on the difference; after its cancellation it is a new
    /// order.
    /// </summary>
    public static Decision Check(CreditAccount account, string orderId, Money amount, DateOnly today)
    {
        var order = account.Orders.GetValueOrDefault(orderId);
        if (order is null or { Status: OrderStatus.Cancelled })
            return Decide(account, orderId, amount, Money.Zero(amount.Currency), today);
        if (order.Amount == amount)
            return Decision.Nothing;
        if (order.Amount.Currency != amount.Currency)
            return CreditRefusals.OrderInOtherCurrency(orderId, order.Amount.Currency);
        return order.IsApproved && amount < order.Amount
            ? Reduce(account, order, amount, today)
            : Decide(account, orderId, amount, order.Reserved, today);
    }

    /// <summary>
    /// Lets a held order go whatever stands against it; the caller has the authority and gives the reason.
    /// </summary>
    public static Decision Release(CreditAccount account, string orderId, DateOnly today)
    {
        var order = account.Orders.GetValueOrDefault(orderId);
        switch (order?.Status)
        {
            case null:
                return CreditRefusals.NoOrder(orderId);
            case OrderStatus.Cancelled:
                return CreditRefusals.OrderIsCancelled(orderId);
            case OrderStatus.Approved or OrderStatus.Released:
                return Decision.Nothing;
        }

        var before = account.ExposureIn(order!.Amount.Currency);
        var reserved = Unbilled(account, orderId, order.Amount);
        var after = before.MoveOrder(order.Reserved, reserved);
        return Decision.Of(new OrderReleased(
            orderId, order.Amount, reserved, OrderRules.Against(account, before, reserved, today),
            after, Available(account, after, today)));
    }

    /// <summary>Gives back what is reserved for an order that will not come.</summary>
    public static Decision Cancel(CreditAccount account, string orderId, DateOnly today)
    {
        var order = account.Orders.GetValueOrDefault(orderId);
        if (order is null)
            return CreditRefusals.NoOrder(orderId);
        if (order.Status == OrderStatus.Cancelled)
            return Decision.Nothing;
        if (order.IsApproved && order.Reserved.IsZero)
            return CreditRefusals.OrderIsInvoiced(orderId);
        var after = account.ExposureIn(order.Amount.Currency)
            .MoveOrder(order.Reserved, Money.Zero(order.Amount.Currency));
        return Decision.Of(new OrderCancelled(orderId, order.Amount, after, Available(account, after, today)));
    }

    /// <summary>What is left of the limit: nothing is granted without one or after its last day.</summary>
    public static Money Available(CreditAccount account, Exposure changed, DateOnly today)
    {
        var currency = account.Currency;
        var exposure = changed.OpenOrders.Currency == currency ? changed : account.ExposureIn(currency);
        return account.GrantedOn(today, currency) - exposure.Total;
    }

    /// <summary>What is still to be invoiced of an order of this amount.</summary>
    public static Money Unbilled(CreditAccount account, string orderId, Money amount) =>
        Money.Max(amount - account.BilledOf(orderId, amount.Currency), Money.Zero(amount.Currency));

    private static Decision Decide(
        CreditAccount account, string orderId, Money amount, Money reservedNow, DateOnly today)
    {
        // What the order has already must not stand against it: only the difference needs room.
        var none = Money.Zero(amount.Currency);
        var without = account.ExposureIn(amount.Currency).MoveOrder(reservedNow, none);
        var need = Unbilled(account, orderId, amount);
        var reasons = OrderRules.Against(account, without, need, today);
        if (reasons.Count > 0)
            return Decision.Of(new OrderHeld(orderId, amount, reasons, without, Available(account, without, today)));
        var after = without.MoveOrder(none, need);
        return Decision.Of(new OrderApproved(orderId, amount, need, after, Available(account, after, today)));
    }

    private static Decision Reduce(CreditAccount account, CheckedOrder order, Money amount, DateOnly today)
    {
        var reserved = Unbilled(account, order.OrderId, amount);
        var after = account.ExposureIn(amount.Currency).MoveOrder(order.Reserved, reserved);
        return Decision.Of(new OrderReduced(order.OrderId, amount, reserved, after, Available(account, after, today)));
    }
}
