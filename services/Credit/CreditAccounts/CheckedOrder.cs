using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>Where an order stands.</summary>
public enum OrderStatus
{
    /// <summary>It fitted; its amount is reserved until it is invoiced.</summary>
    Approved,

    /// <summary>It waits for a person, or for room.</summary>
    Held,

    /// <summary>A person let it go.</summary>
    Released,

    /// <summary>It will not come.</summary>
    Cancelled,

    /// <summary>A person, or a rule, said no.</summary>
    Declined,

    /// <summary>It was not invoiced in time and its reservation is given back.</summary>
    Expired,
}

/// <summary>An order as its system asks for it.</summary>
/// <param name="OrderId">As its system names it.</param>
/// <param name="Amount">What it is worth, tax included.</param>
/// <param name="Terms">Payment terms it is to be invoiced with, where they are not the customer's.</param>
/// <param name="NeededOn">Day it is to be delivered, or null.</param>
/// <param name="At">How far it has come.</param>
public sealed record OrderWish(
    string OrderId, Money Amount, string? Terms = null, DateOnly? NeededOn = null, CheckPoint At = CheckPoint.Confirm)
{
    /// <summary>True where the other one asks for the same, wherever it has come to.</summary>
    public bool IsSameOrder(OrderWish other) => this with { At = other.At } == other;
}

/// <summary>An order and the last decision on it.</summary>
/// <param name="Reserved">What of it is reserved now.</param>
/// <param name="Reasons">What stood against it at that decision.</param>
/// <param name="Available">What was left of the limit after that decision.</param>
public sealed record CheckedOrder(
    string OrderId, OrderStatus Status, Money Amount, Money Reserved, IReadOnlyList<OrderReason> Reasons,
    Money Available)
{
    /// <summary>Payment terms it was asked with, or null for the customer's.</summary>
    public string? Terms { get; init; }

    /// <summary>Day it is to be delivered, or null.</summary>
    public DateOnly? NeededOn { get; init; }

    /// <summary>The check point of the last decision.</summary>
    public CheckPoint At { get; init; }

    /// <summary>A rule declined it, and not a person.</summary>
    public bool IsDeclinedByRule { get; init; }

    /// <summary>What the last decision warns of.</summary>
    public IReadOnlyList<OrderReason> Warnings { get; init; } = [];

    /// <summary>The code of why a person released it; null where none did, or the policy has no codes.</summary>
    public string? ReleaseReason { get; init; }

    /// <summary>The request for approval that its release waits for; null where none does.</summary>
    public Guid? ReleaseApprovalId { get; init; }

    /// <summary>The last decision's day and ground; null for those made before they were kept.</summary>
    public DecisionBasis? Basis { get; init; }

    /// <summary>Last day of its reservation; null for ever.</summary>
    public DateOnly? ReservedUntil { get; init; }

    /// <summary>True when the order may be delivered.</summary>
    public bool IsApproved => Status is OrderStatus.Approved or OrderStatus.Released;

    /// <summary>A person declined it, which is for good.</summary>
    public bool IsDeclinedByPerson => this is { Status: OrderStatus.Declined, IsDeclinedByRule: false };

    /// <summary>True for one that is held, or that a rule declined; a person's no is for good.</summary>
    public bool IsWaiting =>
        Status == OrderStatus.Held || this is { Status: OrderStatus.Declined, IsDeclinedByRule: true };

    /// <summary>True when asking again begins anew.</summary>
    public bool IsOver => Status is OrderStatus.Cancelled or OrderStatus.Expired;

    /// <summary>The order as it was asked for.</summary>
    public OrderWish Wish => new(OrderId, Amount, Terms, NeededOn, At);
}
