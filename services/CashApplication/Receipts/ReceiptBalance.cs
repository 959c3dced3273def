using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>What can be said of a receipt as a whole; follows from its balance.</summary>
public enum ReceiptStatus
{
    /// <summary>Nobody knows whose money it is.</summary>
    Unidentified,

    /// <summary>The customer is known, nothing is confirmed.</summary>
    Unapplied,

    /// <summary>Something is confirmed, something is not.</summary>
    PartiallyApplied,

    /// <summary>All of it is confirmed.</summary>
    Applied,

    /// <summary>It was returned, charged back or recorded in error.</summary>
    Reversed,
}

/// <summary>
/// Where the money of a receipt is: amount = unapplied + pending + applied + reversed, none below zero. Every event
/// that moves money carries the balance after it, so that reader and writer can hold their sums against each other.
/// </summary>
/// <param name="CustomerId">Whose money it is; null while unidentified.</param>
/// <param name="Amount">What came in.</param>
/// <param name="Unapplied">Free to apply.</param>
/// <param name="Pending">Promised to items or being taken back from them; Invoicing has not answered yet.</param>
/// <param name="Applied">Confirmed by Invoicing.</param>
/// <param name="Reversed">Gone again.</param>
/// <param name="IsReversed">True once the receipt is reversed, also while its allocations are still being taken
/// back.</param>
public sealed record ReceiptBalance(
    Guid? CustomerId, Money Amount, Money Unapplied, Money Pending, Money Applied, Money Reversed, bool IsReversed)
{
    /// <summary>A receipt that has just come in.</summary>
    public static ReceiptBalance Of(Money amount, Guid? customerId)
    {
        var zero = Money.Zero(amount.Currency);
        return new ReceiptBalance(customerId, amount, amount, zero, zero, zero, IsReversed: false);
    }

    /// <summary>The status that the money's places mean.</summary>
    [JsonIgnore]
    public ReceiptStatus Status => this switch
    {
        { IsReversed: true } => ReceiptStatus.Reversed,
        _ when Applied == Amount => ReceiptStatus.Applied,
        _ when Applied.IsPositive => ReceiptStatus.PartiallyApplied,
        { CustomerId: null } => ReceiptStatus.Unidentified,
        _ => ReceiptStatus.Unapplied,
    };

    /// <summary>True when no money is lost, made or below zero anywhere.</summary>
    [JsonIgnore]
    public bool IsConserved =>
        Amount == Unapplied + Pending + Applied + Reversed &&
        !Unapplied.IsNegative && !Pending.IsNegative && !Applied.IsNegative && !Reversed.IsNegative;

    internal ReceiptBalance Request(Money amount) =>
        this with { Unapplied = Unapplied - amount, Pending = Pending + amount };

    internal ReceiptBalance Confirm(Money amount) =>
        this with { Pending = Pending - amount, Applied = Applied + amount };

    internal ReceiptBalance RequestReversal(Money amount) =>
        this with { Applied = Applied - amount, Pending = Pending + amount };

    /// <summary>
    /// Money that is pending comes free: to unapplied, or out of the house when the receipt is reversed.
    /// </summary>
    internal ReceiptBalance Release(Money amount) =>
        (this with { Pending = Pending - amount, Unapplied = Unapplied + amount }).Settle();

    internal ReceiptBalance Reverse() => (this with { IsReversed = true }).Settle();

    private ReceiptBalance Settle() => IsReversed
        ? this with { Unapplied = Money.Zero(Amount.Currency), Reversed = Reversed + Unapplied }
        : this;
}
