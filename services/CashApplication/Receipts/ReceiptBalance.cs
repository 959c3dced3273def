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

    /// <summary>Nothing is confirmed, and all that is free is kept on account on purpose.</summary>
    OnAccount,

    /// <summary>Something is confirmed, something is not.</summary>
    PartiallyApplied,

    /// <summary>All that was not paid back or written off is confirmed.</summary>
    Applied,

    /// <summary>All of it went back to the customer.</summary>
    Refunded,

    /// <summary>All of it was so little that it was written off.</summary>
    WrittenOff,

    /// <summary>It was returned, charged back or recorded in error.</summary>
    Reversed,
}

/// <summary>Unapplied money of a customer other than the one whose receipt it is.</summary>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="Unapplied">How much, on account or not.</param>
/// <param name="OnAccount">Part of it that is kept on purpose; null for nothing.</param>
public sealed record CustomerShare(
    Guid CustomerId, Money Unapplied,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? OnAccount = null)
{
    /// <summary>What is not kept on account.</summary>
    [JsonIgnore]
    public Money Free => Unapplied - KeptOnAccount;

    /// <summary>What is kept on account.</summary>
    [JsonIgnore]
    public Money KeptOnAccount => OnAccount ?? Money.Zero(Unapplied.Currency);
}

/// <summary>
/// Where the money of a receipt is: amount = unapplied + pending + applied + refunded + written off + reversed, none
/// below zero. Every event that moves money carries the balance after it, so that reader and writer can hold their sums
/// against each other.
/// </summary>
/// <param name="CustomerId">Whose money it is; null while unidentified.</param>
/// <param name="Amount">What came in.</param>
/// <param name="Unapplied">Not applied: free, on account, or another customer's share.</param>
/// <param name="Pending">Promised to items or a refund, or being taken back from items; not answered yet.</param>
/// <param name="Applied">Confirmed by Invoicing.</param>
/// <param name="Reversed">Gone again.</param>
/// <param name="IsReversed">True once the receipt is reversed, also while its allocations are still being taken
/// back.</param>
/// <param name="Refunded">Paid back; null for nothing.</param>
/// <param name="WrittenOff">Small rest that was given up; null for nothing.</param>
/// <param name="OnAccount">Part of the receipt's own customer's unapplied money that is kept on purpose; null for
/// nothing.</param>
/// <param name="Shares">Parts of the unapplied money that are other customers'; null for none.</param>
/// <param name="Owed">Part of the pending money that the bank has taken back already: it is gone as soon as it comes
/// free; null for nothing.</param>
public sealed record ReceiptBalance(
    Guid? CustomerId, Money Amount, Money Unapplied, Money Pending, Money Applied, Money Reversed, bool IsReversed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Refunded = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? WrittenOff = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? OnAccount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<CustomerShare>? Shares = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Owed = null)
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
        _ when Applied.IsPositive => Applied == Amount - Reversed - TotalRefunded - TotalWrittenOff
            ? ReceiptStatus.Applied
            : ReceiptStatus.PartiallyApplied,
        _ when TotalRefunded.IsPositive && TotalRefunded == Amount - Reversed - TotalWrittenOff =>
            ReceiptStatus.Refunded,
        _ when TotalWrittenOff.IsPositive && TotalWrittenOff == Amount - Reversed => ReceiptStatus.WrittenOff,
        { CustomerId: null } => ReceiptStatus.Unidentified,
        _ when AllOnAccount.IsPositive && Waiting.IsZero && Pending.IsZero => ReceiptStatus.OnAccount,
        _ => ReceiptStatus.Unapplied,
    };

    /// <summary>True when no money is lost, made or below zero anywhere.</summary>
    [JsonIgnore]
    public bool IsConserved =>
        Amount == Unapplied + Pending + Applied + TotalRefunded + TotalWrittenOff + Reversed &&
        !Unapplied.IsNegative && !Pending.IsNegative && !Applied.IsNegative && !Reversed.IsNegative &&
        !TotalRefunded.IsNegative && !TotalWrittenOff.IsNegative && !KeptOnAccount.IsNegative &&
        (Shares ?? []).All(share => share.Unapplied.IsPositive && !share.Free.IsNegative
            && !share.KeptOnAccount.IsNegative) && !Free.IsNegative &&
        !StillOwed.IsNegative && StillOwed <= Pending + Applied;

    /// <summary>What was paid back.</summary>
    [JsonIgnore]
    public Money TotalRefunded => Refunded ?? Zero;

    /// <summary>What was given up.</summary>
    [JsonIgnore]
    public Money TotalWrittenOff => WrittenOff ?? Zero;

    /// <summary>What is kept on account for the receipt's own customer.</summary>
    [JsonIgnore]
    public Money KeptOnAccount => OnAccount ?? Zero;

    /// <summary>What is kept on account, whoever's it is.</summary>
    [JsonIgnore]
    public Money AllOnAccount =>
        KeptOnAccount + Money.Sum((Shares ?? []).Select(share => share.KeptOnAccount), Amount.Currency);

    /// <summary>What the bank has taken back and is not free yet.</summary>
    [JsonIgnore]
    public Money StillOwed => Owed ?? Zero;

    /// <summary>What came in and neither the bank has taken back nor was paid back.</summary>
    [JsonIgnore]
    public Money Left => Amount - Reversed - StillOwed - TotalRefunded;

    /// <summary>What may be matched: neither on account nor another customer's.</summary>
    [JsonIgnore]
    public Money Free =>
        Unapplied - KeptOnAccount - Money.Sum((Shares ?? []).Select(share => share.Unapplied), Amount.Currency);

    private Money Zero => Money.Zero(Amount.Currency);

    /// <summary>What waits for a person: all that is unapplied and not on account, whoever's it is.</summary>
    [JsonIgnore]
    public Money Waiting => Unapplied - AllOnAccount;

    /// <summary>What a customer may use: their share, or what is free of the receipt's own customer.</summary>
    public Money FreeOf(Guid? customerId) => ShareOf(customerId)?.Free ?? Free;

    /// <summary>
    /// Whose money a caller means: the receipt's own customer's (no share), or that of one who has a share.
    /// </summary>
    internal (bool IsKnown, Guid? Share) OwnerOf(Guid? customerId) => customerId is null || customerId == CustomerId
        ? (true, null)
        : (ShareOf(customerId) is not null, customerId);

    /// <summary>What is kept on account for a customer with a share, or for the receipt's own.</summary>
    public Money OnAccountOf(Guid? customerId) => ShareOf(customerId)?.KeptOnAccount ?? KeptOnAccount;

    /// <summary>
    /// The owner of the money that pays for an item of this customer: the share's, else the receipt's.
    /// </summary>
    internal Guid? OwnerFor(Guid customerId) => ShareOf(customerId)?.CustomerId;

    internal ReceiptBalance Request(Money amount, Guid? owner = null) =>
        Take(amount, owner) with { Pending = Pending + amount };

    internal ReceiptBalance Confirm(Money amount) =>
        this with { Pending = Pending - amount, Applied = Applied + amount };

    internal ReceiptBalance RequestReversal(Money amount) =>
        this with { Applied = Applied - amount, Pending = Pending + amount };

    /// <summary>
    /// Money that is pending comes free: to unapplied, or out of the house when the receipt is reversed.
    /// </summary>
    internal ReceiptBalance Release(Money amount, Guid? owner = null)
    {
        var freed = Give(amount, owner) with { Pending = Pending - amount };
        var gone = Money.Min(StillOwed, amount);
        return IsReversed || !gone.IsPositive
            ? freed.Settle()
            : freed.Take(gone, owner) with { Reversed = Reversed + gone, Owed = OrNull(StillOwed - gone) };
    }

    internal ReceiptBalance Reverse() => (this with
    {
        IsReversed = true,
        Unapplied = Unapplied + TotalWrittenOff,
        WrittenOff = null,
        Owed = null,
    }).Settle();

    /// <summary>
    /// So much is gone: of what is free, then of what is on account, then of others' shares, then of what comes free.
    /// </summary>
    internal ReceiptBalance ReversePart(Money amount)
    {
        var now = Money.Min(amount, Unapplied);
        var left = this with { Unapplied = Unapplied - now, Reversed = Reversed + now };
        var beyond = now - Free;
        if (beyond.IsPositive)
        {
            var kept = Money.Min(beyond, KeptOnAccount);
            left = left with { OnAccount = OrNull(KeptOnAccount - kept) };
            beyond -= kept;
        }

        return (left with { Owed = OrNull(StillOwed + amount - now) }).LessOfShares(beyond);
    }

    internal ReceiptBalance KeepOnAccount(Money amount, Guid? owner = null) => ShareOf(owner) is { } share
        ? With(share with { OnAccount = OrNull(share.KeptOnAccount + amount) })
        : this with { OnAccount = OrNull(KeptOnAccount + amount) };

    internal ReceiptBalance TakeOffAccount(Money amount, Guid? owner = null) => KeepOnAccount(-amount, owner);

    /// <summary>
    /// The amount becomes the other customer's: a share, or the receipt itself where nothing else of it is left.
    /// </summary>
    internal ReceiptBalance Transfer(Guid from, Guid to, Money amount)
    {
        var left = Take(amount, from);
        var isWhole = from == CustomerId && left.Unapplied.IsZero && Pending.IsZero && Applied.IsZero;
        return isWhole ? (left with { CustomerId = to }).Give(amount, to) : left.Give(amount, to);
    }

    internal ReceiptBalance PayOut(Money amount) =>
        this with { Pending = Pending - amount, Refunded = OrNull(TotalRefunded + amount) };

    internal ReceiptBalance PayBackIn(Money amount, Guid? owner = null) =>
        (Give(amount, owner) with { Refunded = OrNull(TotalRefunded - amount) }).Settle();

    internal ReceiptBalance WriteOff(Money amount, Guid? owner = null) =>
        Take(amount, owner) with { WrittenOff = OrNull(TotalWrittenOff + amount) };

    internal ReceiptBalance TakeBackWriteOff(Money amount, Guid? owner = null) =>
        Give(amount, owner) with { WrittenOff = OrNull(TotalWrittenOff - amount) };

    private CustomerShare? ShareOf(Guid? customerId) =>
        (Shares ?? []).FirstOrDefault(share => share.CustomerId == customerId);

    private ReceiptBalance Take(Money amount, Guid? owner) => Move(-amount, owner);

    private ReceiptBalance Give(Money amount, Guid? owner) => Move(amount, owner);

    private ReceiptBalance Move(Money change, Guid? owner)
    {
        var after = this with { Unapplied = Unapplied + change };
        if (owner is not { } other || other == CustomerId)
            return after;
        var share = ShareOf(other) ?? new CustomerShare(other, Zero);
        return after.With(share with { Unapplied = share.Unapplied + change });
    }

    private ReceiptBalance With(CustomerShare share)
    {
        var rest = (Shares ?? []).Where(one => one.CustomerId != share.CustomerId);
        CustomerShare[] shares = share.Unapplied.IsZero ? [.. rest] : [.. rest, share];
        return this with { Shares = shares.Length == 0 ? null : shares };
    }

    private ReceiptBalance LessOfShares(Money beyond)
    {
        var shares = new List<CustomerShare>();
        foreach (var share in Shares ?? [])
        {
            var part = beyond.IsPositive ? Money.Min(beyond, share.Unapplied) : Zero;
            beyond -= part;
            if (share.Unapplied > part)
            {
                var left = share.Unapplied - part;
                shares.Add(new CustomerShare(
                    share.CustomerId, left, OrNull(Money.Min(left, share.KeptOnAccount))));
            }
        }

        return this with { Shares = shares.Count == 0 ? null : shares };
    }

    private ReceiptBalance Settle() => IsReversed
        ? this with { Unapplied = Zero, OnAccount = null, Shares = null, Reversed = Reversed + Unapplied }
        : this;

    private static Money? OrNull(Money money) => money.IsZero ? null : money;
}
