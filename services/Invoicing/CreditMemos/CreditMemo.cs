using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>Where a credit memo stands; always computed, never stored.</summary>
public enum CreditMemoStatus
{
    /// <summary>Nothing of it is applied or paid back.</summary>
    Open,

    /// <summary>Some of it is applied or paid back, and some is open.</summary>
    PartiallyApplied,

    /// <summary>All of it is applied, or paid back.</summary>
    Applied,

    /// <summary>Cancelled.</summary>
    Void,
}

/// <summary>One application as it is now.</summary>
public sealed record CreditApplication(Guid InvoiceId, string InvoiceNumber, int Installment, Money Amount);

/// <summary>A refund that was not returned.</summary>
/// <param name="Reference">Of the payment.</param>
/// <param name="PaidOn">Day of its posting.</param>
/// <param name="BasePaid">What it was worth in the books' currency; null where that is the credit memo's.</param>
public sealed record CreditRefund(Money Amount, string Reference, DateOnly PaidOn, Money? BasePaid);

/// <summary>What is kept for a refund that waits for an approval, or to be paid.</summary>
/// <param name="Reference">Of the payment.</param>
/// <param name="Rate">Of the day of its approval; null where there is none.</param>
public sealed record ReservedRefund(Money Amount, string Reference, ExchangeRate? Rate = null);

/// <summary>A credit memo as its events left it.</summary>
public sealed record CreditMemo
{
    public static readonly CreditMemo Initial = new();

    /// <summary>What was issued; null before that.</summary>
    public CreditMemoIssued? Issued { get; init; }

    /// <summary>Applications that hold now.</summary>
    public ImmutableSortedDictionary<Guid, CreditApplication> Applications { get; init; } =
        ImmutableSortedDictionary<Guid, CreditApplication>.Empty;

    /// <summary>Refunds that hold now.</summary>
    public ImmutableSortedDictionary<Guid, CreditRefund> Refunds { get; init; } =
        ImmutableSortedDictionary<Guid, CreditRefund>.Empty;

    /// <summary>Refunds that wait for an approval, or to be paid.</summary>
    public ImmutableSortedDictionary<Guid, ReservedRefund> Reserved { get; init; } =
        ImmutableSortedDictionary<Guid, ReservedRefund>.Empty;

    /// <summary>Refunds that cash application was told to pay, whatever became of them.</summary>
    public ImmutableHashSet<Guid> ToldToPay { get; init; } = [];

    /// <summary>Refunds that the bank has sent back.</summary>
    public ImmutableHashSet<Guid> ReturnedRefunds { get; init; } = [];

    public bool IsVoid { get; init; }

    /// <summary>What is neither applied nor paid back: so much less is owed.</summary>
    public Money Open => IsVoid ? Money.Zero(Issued!.Total.Currency)
        : Issued!.Total - Money.Sum(
            Applications.Values.Select(one => one.Amount).Concat(Refunds.Values.Select(one => one.Amount)),
            Issued.Total.Currency);

    /// <summary>What may still be applied or paid back: what is open and kept for no refund.</summary>
    public Money Available => Open - Money.Sum(Reserved.Values.Select(one => one.Amount), Issued!.Total.Currency);

    /// <summary>What so much of it is in the books by its booked rate; null where no rate was booked.</summary>
    public Money? BaseOf(Money open) =>
        ForeignExchange.PartOf(Issued!.Entry.ReceivablesBase(onDebit: false), open, Issued.Total);

    public CreditMemoStatus Status => StatusOf(Issued!.Total.Amount, Open.Amount, IsVoid);

    /// <summary>The one rule that gives a status.</summary>
    public static CreditMemoStatus StatusOf(decimal total, decimal open, bool isVoid) =>
        isVoid ? CreditMemoStatus.Void
        : open == 0 ? CreditMemoStatus.Applied
        : open < total ? CreditMemoStatus.PartiallyApplied
        : CreditMemoStatus.Open;

    public static CreditMemo Evolve(CreditMemo memo, object e) => e switch
    {
        CreditMemoIssued issued => memo with { Issued = issued },
        CreditMemoApplied applied => memo with
        {
            Applications = memo.Applications.SetItem(
                applied.ApplicationId,
                new(applied.InvoiceId, applied.InvoiceNumber, applied.Installment, applied.Amount)),
        },
        CreditMemoUnapplied unapplied => memo with
        {
            Applications = memo.Applications.Remove(unapplied.ApplicationId),
        },
        CreditMemoRefundReserved reserved => memo with
        {
            Reserved = memo.Reserved.SetItem(reserved.RefundId, new(reserved.Amount, reserved.Reference)),
        },
        CreditMemoPayoutReserved reserved => memo with
        {
            Reserved = memo.Reserved.SetItem(reserved.RefundId, new(reserved.Amount, reserved.Reference)),
        },
        CreditMemoRefundApproved approved => memo with
        {
            Reserved = memo.Reserved.SetItem(
                approved.RefundId, new(approved.Amount, approved.Reference, approved.Rate)),
            ToldToPay = memo.ToldToPay.Add(approved.RefundId),
        },
        CreditMemoRefundReleased released => memo with { Reserved = memo.Reserved.Remove(released.RefundId) },
        CreditMemoRefunded refunded => memo with
        {
            Reserved = memo.Reserved.Remove(refunded.RefundId),
            Refunds = memo.Refunds.SetItem(refunded.RefundId, new(
                refunded.Amount, refunded.Reference, refunded.Entry.PostingDate,
                refunded.Entry.Lines.Single(line => line.Role == AccountRoles.CashClearing).BaseCredit)),
        },
        CreditMemoRefundReturned returned => memo with
        {
            Refunds = memo.Refunds.Remove(returned.RefundId),
            ReturnedRefunds = memo.ReturnedRefunds.Add(returned.RefundId),
        },
        CreditMemoVoided => memo with { IsVoid = true },
        _ => memo,
    };
}

public static class CreditMemoStream
{
    public static readonly StreamType<CreditMemo> Type = new("credit_memo", CreditMemo.Initial, CreditMemo.Evolve);
}
