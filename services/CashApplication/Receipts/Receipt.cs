using System.Collections.Immutable;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>How far an allocation is in the handshake with Invoicing.</summary>
public enum AllocationStatus
{
    /// <summary>Asked for; no answer yet.</summary>
    Pending,

    /// <summary>Applied.</summary>
    Confirmed,

    /// <summary>Refused.</summary>
    Rejected,

    /// <summary>To be taken back; no answer yet.</summary>
    ReversalPending,

    /// <summary>Taken back.</summary>
    Reversed,
}

/// <summary>What was decided about several allocations at once, and why.</summary>
public sealed record AllocationGround(
    Guid DecisionId, string Rule, decimal Confidence, IReadOnlyList<string> Reasons, bool IsAutomatic,
    Scoring? Scoring = null, Guid? RemittanceId = null);

/// <summary>Part of a receipt that is, was or should be applied to an installment.</summary>
/// <param name="Ordinal">In the order in which they were asked for, from 0.</param>
/// <param name="Asked">What was asked for.</param>
/// <param name="Ground">The decision behind it.</param>
/// <param name="Withdrawn">Why it is to be taken back as soon as it is confirmed, or null.</param>
/// <param name="Then">Where its money goes once it is taken back, or null.</param>
/// <param name="Answer">What Invoicing said against it, or null.</param>
/// <param name="IsWithdrawnByPerson">False where it is withdrawn because the money itself is gone.</param>
/// <param name="BookedCharges">The entry of bank charges beside it, while they are on their account; or null.</param>
public sealed record Allocation(
    int Ordinal, RequestedAllocation Asked, AllocationGround Ground, AllocationStatus Status,
    string? Withdrawn = null, MoveTarget? Then = null, string? Answer = null, bool IsWithdrawnByPerson = true,
    JournalEntry? BookedCharges = null)
{
    public Guid Id => Asked.AllocationId;

    public Guid InvoiceId => Asked.InvoiceId;

    public int Installment => Asked.Installment;

    public Money Amount => Asked.Amount;

    /// <summary>The allocation that asks for its money alone, where what was to go beside it was refused.</summary>
    public Guid AloneId => Ids.From("alone", Id.ToString("N"));
}

/// <summary>What a decision of a person or a rule did; the last ones can be undone.</summary>
public enum DecisionKind
{
    Identification,
    Allocation,
    OnAccount,
    Transfer,
    WriteOff,
}

/// <summary>A decision that can be undone.</summary>
/// <param name="Amount">How much it moved; null where that is told by the allocations.</param>
/// <param name="From">Whose money it was before, for a transfer; whose share it is of, for what is kept on account or
/// given up.</param>
/// <param name="To">Whose it became.</param>
public sealed record UndoableDecision(
    Guid Id, DecisionKind Kind, Money? Amount = null, Guid? From = null, Guid? To = null);

/// <summary>Money that came in, and where it went.</summary>
public sealed partial record Receipt
{
    /// <summary>Before it is recorded.</summary>
    public static readonly Receipt Initial = new();

    public string Number { get; init; } = "";

    public string LegalEntity { get; init; } = "";

    public string Method { get; init; } = "";

    public string? BankAccount { get; init; }

    public LedgerAccounts Accounts { get; init; } = new("", "", "");

    public DateOnly ValueDate { get; init; }

    public DateOnly PostingDate { get; init; }

    public Payer Payer { get; init; } = new(null, null);

    public IReadOnlyList<string> Remittance { get; init; } = [];

    /// <summary>What the payer told in fields: documents with their amounts. Often empty.</summary>
    public IReadOnlyList<RemittanceLine> Documents { get; init; } = [];

    public string? CheckNumber { get; init; }

    /// <summary>The statement line; null for a receipt that was entered, until the bank shows it.</summary>
    public ReceiptSource? Source { get; init; }

    /// <summary>True where it was entered, not brought by a file of a bank.</summary>
    public bool IsEntered { get; init; }

    /// <summary>True where a file brought it and it was entered too.</summary>
    public bool IsAnnounced { get; init; }

    /// <summary>What the processor of the payment calls it, or null.</summary>
    public string? ProcessorReference { get; init; }

    /// <summary>What banks kept of it on its way, as the bank told; null for nothing.</summary>
    public BankCharges? Charges { get; init; }

    public string? IdentifiedBy { get; init; }

    /// <summary>The entry by which it last became a customer's; null where it never was one's.</summary>
    public Guid? LastIdentification { get; init; }

    /// <summary>Why free money waits for a person, or null.</summary>
    public ReceiptSetAside? Aside { get; init; }

    /// <summary>Who looks after it, or null.</summary>
    public string? Owner { get; init; }

    public ReceiptBalance Balance { get; init; } = new(null, default, default, default, default, default, false);

    public ImmutableDictionary<Guid, Allocation> Allocations { get; init; } =
        ImmutableDictionary<Guid, Allocation>.Empty;

    /// <summary>What is reserved for refunds that are not paid yet.</summary>
    public ImmutableDictionary<Guid, Money> Refunds { get; init; } = ImmutableDictionary<Guid, Money>.Empty;

    /// <summary>What was paid back, by refund.</summary>
    public ImmutableDictionary<Guid, Money> PaidRefunds { get; init; } = ImmutableDictionary<Guid, Money>.Empty;

    /// <summary>Whose share a refund is of, where it is not the receipt's own customer's money.</summary>
    public ImmutableDictionary<Guid, Guid> RefundOwners { get; init; } = ImmutableDictionary<Guid, Guid>.Empty;

    /// <summary>Parts that were reversed, by what tells them apart.</summary>
    public ImmutableDictionary<Guid, Money> Parts { get; init; } = ImmutableDictionary<Guid, Money>.Empty;

    /// <summary>What was reversed with the receipt as a whole; null while it is not.</summary>
    public Money? ReversedAtLast { get; init; }

    /// <summary>Decisions that hold and can be undone, the last one at the end.</summary>
    public ImmutableList<UndoableDecision> Decisions { get; init; } = [];

    /// <summary>
    /// True once a person took something back or decided what is to become of the money: from then on matching leaves
    /// it alone until it is asked.
    /// </summary>
    public bool IsLeftToPeople { get; init; }

    /// <summary>True where matching may look at free money of it again by itself.</summary>
    public bool MayBeMatchedAgain => Exists && !Balance.IsReversed && !IsLeftToPeople
        && Aside?.Reason is not (AsideReasons.Rejected or AsideReasons.TakenBack);

    /// <summary>
    /// What banks kept of it and no allocation has settled yet; null for nothing, and where no account takes it.
    /// </summary>
    public BankCharges? ChargesLeft => Accounts.TakeCharges && !Allocations.Values.Any(one =>
        one is { Asked.Charges: not null, Status: not (AllocationStatus.Rejected or AllocationStatus.Reversed) })
            ? Charges
            : null;

    /// <summary>
    /// The remittance advices that it follows: of each decision that holds, but where all that it applied is taken back
    /// or was refused. None once the receipt is reversed.
    /// </summary>
    public IEnumerable<Guid> FollowedAdvices => Balance.IsReversed ? [] : Allocations.Values
        .Where(one => one.Ground.RemittanceId is not null && !IsGone(one)
            && Decisions.Exists(decision => decision.Id == one.Ground.DecisionId))
        .Select(one => one.Ground.RemittanceId!.Value).Distinct();

    /// <summary>True from its first event on.</summary>
    public bool Exists => Number.Length > 0;

    /// <summary>Whose share a refund is of; null for the receipt's own customer.</summary>
    internal Guid? OwnerOfRefund(Guid refundId) =>
        RefundOwners.TryGetValue(refundId, out var owner) ? owner : null;

    /// <summary>The allocation of this id, or null.</summary>
    public Allocation? Find(Guid allocationId) => Allocations.GetValueOrDefault(allocationId);

    /// <summary>
    /// True where it is refused, taken back or on its way back, and so is what its money went on to, if anything.
    /// </summary>
    private bool IsGone(Allocation one)
    {
        if (one is { Status: AllocationStatus.Confirmed } or { Status: AllocationStatus.Pending, Withdrawn: null })
            return false;
        var next = one.Then is { } target ? Find(target.AllocationId)
            : one.Status == AllocationStatus.Rejected ? Find(one.AloneId)
            : null;
        return next is not null
            ? IsGone(next)
            : one.Then is null || one.Status is AllocationStatus.Rejected or AllocationStatus.Reversed;
    }

    /// <summary>In the order in which they were asked for.</summary>
    public IEnumerable<Allocation> InOrder() => Allocations.Values.OrderBy(allocation => allocation.Ordinal);
}
