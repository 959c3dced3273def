using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>Free money is kept for the customer on purpose: nothing looks for its purpose any more.</summary>
/// <param name="IsAutomatic">True when a rule set says so, not a person.</param>
/// <param name="CustomerId">Whose share it is of, where it is not the receipt's own customer's; or null.</param>
public sealed record PutOnAccount(
    Guid DecisionId, string LegalEntity, Money Amount, bool IsAutomatic, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? CustomerId = null);

/// <summary>Money on account is free to apply again.</summary>
/// <param name="CustomerId">Whose share it is of, where it is not the receipt's own customer's; or null.</param>
public sealed record TakenOffAccount(
    string LegalEntity, Money Amount, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? CustomerId = null);

/// <summary>Free money turns out to be another customer's.</summary>
/// <param name="DecisionId">The decision; it is undone by this id.</param>
/// <param name="From">Whose it was.</param>
/// <param name="To">Whose it is.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Undoes">The transfer that is taken back by it, or null.</param>
public sealed record CashTransferred(
    Guid DecisionId, string LegalEntity, Guid From, Guid To, Money Amount, string Reason, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Undoes = null)
{
    /// <summary>True where the receipt itself has become the other customer's, not a share of it.</summary>
    [JsonIgnore]
    public bool IsWhole => Balance.CustomerId == To && Amount == Balance.Unapplied
        && Balance.Pending.IsZero && Balance.Applied.IsZero;
}

/// <summary>Free money is kept back for a refund that was asked for.</summary>
/// <param name="CustomerId">Whose share it is of, where it is not the receipt's own customer's; or null.</param>
public sealed record RefundReserved(
    string LegalEntity, Guid RefundId, Money Amount, ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? CustomerId = null);

/// <summary>The refund will not be paid; its money is free again.</summary>
public sealed record RefundReleased(
    string LegalEntity, Guid RefundId, Money Amount, string Reason, ReceiptBalance Balance);

/// <summary>The refund was paid out.</summary>
/// <param name="BankAccount">Code of the account it was paid from.</param>
/// <param name="Entry">Unapplied cash to the bank.</param>
public sealed record RefundPaidOut(
    string LegalEntity, Guid RefundId, Money Amount, string BankAccount, JournalEntry Entry, ReceiptBalance Balance);

/// <summary>A refund that was paid came back from the bank; its money is free again.</summary>
/// <param name="BankAccount">Code of the account it came back to.</param>
/// <param name="Entry">Bank to unapplied cash.</param>
public sealed record RefundCameBack(
    string LegalEntity, Guid RefundId, Money Amount, string Reason, string BankAccount, JournalEntry Entry,
    ReceiptBalance Balance);

/// <summary>A rest too small to look after was given up.</summary>
/// <param name="Entry">Unapplied cash to small differences.</param>
/// <param name="CustomerId">Whose share it is of, where it is not the receipt's own customer's; or null.</param>
public sealed record RestWrittenOff(
    Guid DecisionId, string LegalEntity, Money Amount, string Reason, bool IsAutomatic, JournalEntry Entry,
    ReceiptBalance Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? CustomerId = null);

/// <summary>What was given up is the customer's money again.</summary>
/// <param name="Undoes">The decision that gave it up.</param>
/// <param name="Entry">Small differences to unapplied cash.</param>
public sealed record RestWriteOffReversed(
    Guid Undoes, string LegalEntity, Money Amount, JournalEntry Entry, ReceiptBalance Balance);

/// <summary>Free money waits for a person.</summary>
/// <param name="Reason">Which queue: see <see cref="AsideReasons"/>.</param>
/// <param name="Detail">Why, in words.</param>
/// <param name="DueOn">The day by which somebody should have looked at it; null where no limit is set.</param>
/// <param name="Payers">Who may have paid it, the likeliest first, where that is not certain; null where it is, or was
/// not asked.</param>
/// <param name="QueueOwner">Who looks after the queue; null for nobody.</param>
public sealed record ReceiptSetAside(
    string Reason, string Detail, DateOnly? DueOn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<LikelyPayer>? Payers = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? QueueOwner = null)
{
    /// <summary>True when it waits for the same reason, and the same customers may have paid it.</summary>
    public bool IsAsBefore(ReceiptSetAside? before) =>
        before is not null && Reason == before.Reason && (Payers ?? []).SequenceEqual(before.Payers ?? []);

    /// <summary>Equal when all that they say is, payers one by one.</summary>
    public bool Equals(ReceiptSetAside? other) =>
        IsAsBefore(other) && (Detail, DueOn, QueueOwner) == (other!.Detail, other.DueOn, other.QueueOwner);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Reason, Detail, DueOn);
}

/// <summary>A customer who may have paid.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record LikelyPayer(Guid CustomerId, decimal Confidence);

/// <summary>Somebody looks after it, or nobody does any more (null).</summary>
public sealed record ReceiptAssigned(string? Owner);

/// <summary>The queues of the workbench.</summary>
public static class AsideReasons
{
    /// <summary>Nobody knows whose money it is.</summary>
    public const string Unidentified = "unidentified";

    /// <summary>The customer is known, nothing explains the money.</summary>
    public const string Unexplained = "unexplained";

    /// <summary>An explanation is likely but not certain enough.</summary>
    public const string Suggested = "suggested";

    /// <summary>Several explanations rival.</summary>
    public const string Rivals = "rivals";

    /// <summary>What is known points to different customers.</summary>
    public const string Contradiction = "contradiction";

    /// <summary>What is named has been paid already.</summary>
    public const string AlreadyPaid = "already-paid";

    /// <summary>All that was named is paid, and something is left.</summary>
    public const string Remainder = "remainder";

    /// <summary>More was paid than is due, and the policy says that it is paid back.</summary>
    public const string ToRefund = "to-refund";

    /// <summary>Nothing of this customer is applied without a person.</summary>
    public const string OnHold = "on-hold";

    /// <summary>The item is disputed.</summary>
    public const string Disputed = "disputed";

    /// <summary>The payer names another of our companies.</summary>
    public const string OtherEntity = "other-entity";

    /// <summary>Invoicing refused an allocation.</summary>
    public const string Rejected = "rejected";

    /// <summary>It was applied and taken back.</summary>
    public const string TakenBack = "taken-back";

    /// <summary>It came by a file whose effects are held: nothing is decided about it until that is armed.</summary>
    public const string Held = "held";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Unidentified, Unexplained, Suggested, Rivals, Contradiction, AlreadyPaid, Remainder, OnHold, Disputed,
        OtherEntity, Rejected, TakenBack, ToRefund, Held,
    ];
}
