using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>Where an invoice stands; always computed, never stored.</summary>
public enum InvoiceStatus
{
    /// <summary>Nothing is applied.</summary>
    Open,

    /// <summary>Something is applied and something is open.</summary>
    PartiallyPaid,

    /// <summary>Nothing is open.</summary>
    Paid,

    /// <summary>Cancelled.</summary>
    Void,
}

/// <summary>How far an allocation has come.</summary>
public enum AllocationState
{
    Applied,
    Rejected,
    Reversed,

    /// <summary>Its reversal is here, it is not.</summary>
    ReversalAwaited,
}

/// <summary>What became of one allocation; kept for ever, so that a repeat is known as one.</summary>
public sealed record Allocation(
    Guid ReceiptId, int Installment, Money Amount, AllocationState State, string? Reason = null,
    Money? Discount = null);

/// <summary>An invoice as its events left it.</summary>
public sealed record Invoice
{
    public static readonly Invoice Initial = new();

    /// <summary>What was issued; null before that.</summary>
    public InvoiceIssued? Issued { get; init; }

    /// <summary>Open amount per installment number.</summary>
    public ImmutableSortedDictionary<int, Money> Balances { get; init; } = ImmutableSortedDictionary<int, Money>.Empty;

    public ImmutableDictionary<Guid, Allocation> Allocations { get; init; } =
        ImmutableDictionary<Guid, Allocation>.Empty;

    public bool IsVoid { get; init; }

    /// <summary>What is open on all installments together.</summary>
    public Money Balance => Money.Sum(Balances.Values, Issued!.Total.Currency);

    /// <summary>What payments have settled.</summary>
    public Money Applied => IsVoid ? Money.Zero(Issued!.Total.Currency) : Issued!.Total - Balance;

    public InvoiceStatus Status => StatusOf(Issued!.Total.Amount, Balance.Amount, IsVoid);

    /// <summary>The one rule that gives a status; lists in SQL follow it.</summary>
    public static InvoiceStatus StatusOf(decimal total, decimal balance, bool isVoid) =>
        isVoid ? InvoiceStatus.Void
        : balance == 0 ? InvoiceStatus.Paid
        : balance < total ? InvoiceStatus.PartiallyPaid
        : InvoiceStatus.Open;

    /// <summary>An installment as it would be with this balance.</summary>
    public OpenItem ItemWith(int installment, Money balance)
    {
        var due = Issued!.Installments[installment - 1];
        return new OpenItem(
            installment, Issued.Number, Issued.Books.LegalEntity, Issued.Books.BaseCurrency, Issued.CustomerId,
            Issued.InvoiceDate, due.DueDate, due.Amount, balance, Issued.OrderReference, Issued.PurchaseOrder,
            due.Discount);
    }

    public static Invoice Evolve(Invoice invoice, object e) => e switch
    {
        InvoiceIssued issued => invoice with
        {
            Issued = issued,
            Balances = issued.Installments.ToImmutableSortedDictionary(due => due.Number, due => due.Amount),
        },
        PaymentApplied applied => invoice.Settle(applied.Item.Installment, -applied.Settled).Remember(
            applied.AllocationId,
            new(
                applied.ReceiptId, applied.Item.Installment, applied.Amount, AllocationState.Applied,
                Discount: applied.Discount)),
        PaymentApplicationRejected rejected => invoice.Remember(
            rejected.AllocationId,
            new(rejected.ReceiptId, rejected.Installment, rejected.Amount, AllocationState.Rejected)),
        PaymentReversalAwaited awaited => invoice.Remember(
            awaited.AllocationId,
            new(
                awaited.ReceiptId, awaited.Installment, awaited.Amount, AllocationState.ReversalAwaited,
                awaited.Reason)),
        PaymentReversed reversed => invoice.Settle(reversed.Item.Installment, reversed.Settled).Remember(
            reversed.AllocationId,
            new(reversed.ReceiptId, reversed.Item.Installment, reversed.Amount, AllocationState.Reversed)),
        InvoiceVoided => invoice with
        {
            IsVoid = true,
            Balances = invoice.Balances.ToImmutableSortedDictionary(
                due => due.Key, due => Money.Zero(due.Value.Currency)),
        },
        _ => invoice,
    };

    private Invoice Settle(int installment, Money change) =>
        this with { Balances = Balances.SetItem(installment, Balances[installment] + change) };

    private Invoice Remember(Guid allocationId, Allocation allocation) =>
        this with { Allocations = Allocations.SetItem(allocationId, allocation) };
}

public static class InvoiceStream
{
    public static readonly StreamType<Invoice> Type = new("invoice", Invoice.Initial, Invoice.Evolve);
}
