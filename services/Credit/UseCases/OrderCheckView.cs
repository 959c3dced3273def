using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.UseCases;

/// <summary>What an order system needs to know of a decision.</summary>
public enum OrderDecision
{
    /// <summary>The order may be delivered.</summary>
    Approved,

    /// <summary>It waits for a person.</summary>
    Held,

    /// <summary>It may not be delivered on credit.</summary>
    Declined,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It was not invoiced in time; check it again if it comes after all.</summary>
    Expired,
}

/// <summary>An order and the last decision on it.</summary>
/// <param name="Id">Stable id of the check.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="OrderId">The order, as its system names it.</param>
/// <param name="Amount">What the order is worth.</param>
/// <param name="Decision">May it be delivered?</param>
/// <param name="Status">How that came: <c>released</c> is approved by a person.</param>
/// <param name="Reasons">Everything that stood against it, also where a person overrode it.</param>
/// <param name="Warnings">Everything that is to be known of it and does not stand against it.</param>
/// <param name="CheckPoint">How far it had come.</param>
/// <param name="Reserved">What of it is reserved now and not invoiced yet.</param>
/// <param name="Delivered">What of it is delivered by now, invoiced or not.</param>
/// <param name="Available">What was left of the limit after the decision; below zero when over.</param>
/// <param name="Terms">Payment terms it was asked with, or null for the customer's.</param>
/// <param name="NeededOn">Day it is to be delivered, or null.</param>
/// <param name="ReservedUntil">Last day of the reservation; null for ever, or where nothing is reserved.</param>
/// <param name="ReleaseReason">The code of why a person released it, or null.</param>
/// <param name="ReleaseApprovalId">The approval that its release waits for, or null.</param>
/// <param name="Policy">Number of the policy that was applied.</param>
/// <param name="Version">Version of the credit account.</param>
public sealed record OrderCheckView(
    Guid Id, Guid CustomerId, string OrderId, Money Amount, OrderDecision Decision, OrderStatus Status,
    IReadOnlyList<OrderReason> Reasons, IReadOnlyList<OrderReason> Warnings, CheckPoint CheckPoint, Money Reserved,
    Money Delivered, Money Available, string? Terms, DateOnly? NeededOn, DateOnly? ReservedUntil, string? ReleaseReason,
    Guid? ReleaseApprovalId, int? Policy, long Version)
{
    /// <summary>An order of an account.</summary>
    public static OrderCheckView Of(Guid customerId, CreditAccount account, string orderId, long version)
    {
        var order = account.Orders[orderId];
        var decision = order.Status switch
        {
            OrderStatus.Held => OrderDecision.Held,
            OrderStatus.Declined => OrderDecision.Declined,
            OrderStatus.Cancelled => OrderDecision.Cancelled,
            OrderStatus.Expired => OrderDecision.Expired,
            _ => OrderDecision.Approved,
        };
        return new OrderCheckView(
            OrderChecksProjection.IdOf(customerId, orderId), customerId, orderId, order.Amount, decision,
            order.Status, order.Reasons, order.Warnings, order.At, order.Reserved,
            account.DeliveredOf(orderId, order.Amount.Currency), order.Available, order.Terms, order.NeededOn,
            order.Reserved.IsZero ? null : order.ReservedUntil, order.ReleaseReason,
            order.ReleaseApprovalId, order.Basis?.Policy, version);
    }
}
