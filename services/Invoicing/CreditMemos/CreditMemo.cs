using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>Where a credit memo stands; always computed, never stored.</summary>
public enum CreditMemoStatus
{
    /// <summary>Nothing of it is applied.</summary>
    Open,

    /// <summary>Some of it is applied and some is open.</summary>
    PartiallyApplied,

    /// <summary>All of it is applied.</summary>
    Applied,

    /// <summary>Cancelled.</summary>
    Void,
}

/// <summary>One application as it is now.</summary>
public sealed record CreditApplication(Guid InvoiceId, string InvoiceNumber, int Installment, Money Amount);

/// <summary>A credit memo as its events left it.</summary>
public sealed record CreditMemo
{
    public static readonly CreditMemo Initial = new();

    /// <summary>What was issued; null before that.</summary>
    public CreditMemoIssued? Issued { get; init; }

    /// <summary>Applications that hold now.</summary>
    public ImmutableSortedDictionary<Guid, CreditApplication> Applications { get; init; } =
        ImmutableSortedDictionary<Guid, CreditApplication>.Empty;

    public bool IsVoid { get; init; }

    /// <summary>What may still be applied.</summary>
    public Money Open => IsVoid ? Money.Zero(Issued!.Total.Currency)
        : Issued!.Total - Money.Sum(Applications.Values.Select(one => one.Amount), Issued.Total.Currency);

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
        CreditMemoVoided => memo with { IsVoid = true },
        _ => memo,
    };
}

public static class CreditMemoStream
{
    public static readonly StreamType<CreditMemo> Type = new("credit_memo", CreditMemo.Initial, CreditMemo.Evolve);
}
