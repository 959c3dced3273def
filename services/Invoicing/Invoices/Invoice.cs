using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Ledger;
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

    /// <summary>Nothing is open, and some of it was given up or waived.</summary>
    WrittenOff,
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
/// <param name="Rate">Of the money on its value date; null where the books are in the same currency.</param>
/// <param name="Base">The money in the books' currency.</param>
/// <param name="Unearned">What of the discount was not earned.</param>
/// <param name="DiscountTax">What of the discount lowers the tax; null for nothing.</param>
public sealed record Allocation(
    Guid ReceiptId, int Installment, Money Amount, AllocationState State, string? Reason = null,
    string? Account = null, Money? Discount = null, Money? Difference = null, ExchangeRate? Rate = null,
    Money? Base = null, Money? Unearned = null, Money? DiscountTax = null);

/// <summary>A credit that settles part of an installment.</summary>
public sealed record AppliedCredit(Guid CreditMemoId, int Installment, Money Amount);

/// <summary>A dispute at Collections about an installment, as it was told last.</summary>
public sealed record NotedDispute(int Installment, Money Amount, long Version);

/// <summary>An invoice as its events left it.</summary>
public sealed partial record Invoice
{
    public static readonly Invoice Initial = new();

    /// <summary>What was issued; null before that.</summary>
    public InvoiceIssued? Issued { get; init; }

    /// <summary>Open amount per installment number.</summary>
    public ImmutableSortedDictionary<int, Money> Balances { get; init; } = ImmutableSortedDictionary<int, Money>.Empty;

    public ImmutableDictionary<Guid, Allocation> Allocations { get; init; } =
        ImmutableDictionary<Guid, Allocation>.Empty;

    public bool IsVoid { get; init; }

    /// <summary>Due dates that were moved, per installment.</summary>
    public ImmutableSortedDictionary<int, DateOnly> DueDates { get; init; } =
        ImmutableSortedDictionary<int, DateOnly>.Empty;

    /// <summary>What allowed the last of these moves, per installment: a plan or a change of terms.</summary>
    public ImmutableSortedDictionary<int, string> MovedBy { get; init; } = ImmutableSortedDictionary<int, string>.Empty;

    /// <summary>
    /// Place in the log of Collections of the last request of a payment plan that moved it, per installment.
    /// </summary>
    public ImmutableSortedDictionary<int, long> MovedAt { get; init; } = ImmutableSortedDictionary<int, long>.Empty;

    /// <summary>The due date of each installment that was last found to have passed unpaid.</summary>
    public ImmutableSortedDictionary<int, DateOnly> Overdue { get; init; } =
        ImmutableSortedDictionary<int, DateOnly>.Empty;

    /// <summary>What people here have marked as disputed beside that, per installment.</summary>
    public ImmutableSortedDictionary<int, Money> Marked { get; init; } = ImmutableSortedDictionary<int, Money>.Empty;

    /// <summary>What is disputed of either kind, per installment; see <see cref="DisputedOn(int)"/>.</summary>
    public ImmutableSortedDictionary<int, Money> Disputed { get; init; } = ImmutableSortedDictionary<int, Money>.Empty;

    /// <summary>Disputes at Collections about it, those that are settled among them.</summary>
    public ImmutableDictionary<Guid, NotedDispute> Disputes { get; init; } =
        ImmutableDictionary<Guid, NotedDispute>.Empty;

    /// <summary>What is written off, per installment.</summary>
    public ImmutableSortedDictionary<int, Money> WrittenOff { get; init; } =
        ImmutableSortedDictionary<int, Money>.Empty;

    /// <summary>What is waived, per installment.</summary>
    public ImmutableSortedDictionary<int, Money> Waived { get; init; } = ImmutableSortedDictionary<int, Money>.Empty;

    /// <summary>Credits applied now, by application.</summary>
    public ImmutableDictionary<Guid, AppliedCredit> Credits { get; init; } =
        ImmutableDictionary<Guid, AppliedCredit>.Empty;

    /// <summary>Amounts of the credit memos issued for this invoice, wherever they are applied.</summary>
    public ImmutableDictionary<Guid, Money> CreditMemos { get; init; } = ImmutableDictionary<Guid, Money>.Empty;

    /// <summary>Day of the latest posting: nothing is posted before it any more.</summary>
    public DateOnly LastPosting { get; init; }

    /// <summary>By what it was corrected, or null.</summary>
    public InvoiceCorrected? Correction { get; init; }

    public Currency Currency => Issued!.Total.Currency;

    /// <summary>Sum of the credit memos issued for it.</summary>
    public Money Credited => Money.Sum(CreditMemos.Values, Currency);

    /// <summary>What was given up of it: written off, waived, deducted as a discount or a small difference.</summary>
    public Money GivenUp => Money.Sum(
        WrittenOff.Values.Concat(Waived.Values).Concat(Allocations.Values
            .Where(one => one.State == AllocationState.Applied)
            .SelectMany(one => new[] { one.Discount, one.Difference }).OfType<Money>()),
        Currency);

    /// <summary>
    /// What may still be credited or given up: never more than was billed, is not netted with an invoice, is not owed
    /// on a chargeback and was not given up in another way, so that nobody gets back what nobody paid.
    /// </summary>
    public Money Creditable => Issued!.Total - Credited - Used - GivenUp - ChargedBack;

    /// <summary>
    /// What such a balance of an installment is in the books by the booked rate; null where no rate was.
    /// </summary>
    public Money? BaseOf(int installment, Money balance)
    {
        var due = Issued!.Installments[installment - 1];
        return ForeignExchange.PartOf(due.Base, balance, due.Amount);
    }

    /// <summary>What receivables are less by in the books when so much of an installment is settled.</summary>
    internal Money? BaseSettled(int installment, Money amount) =>
        BaseOf(installment, Balances[installment]) - BaseOf(installment, Balances[installment] - amount);

    /// <summary>What receivables are more by in the books when so much of an installment is open again.</summary>
    internal Money? BaseOpened(int installment, Money amount) =>
        BaseOf(installment, Balances[installment] + amount) - BaseOf(installment, Balances[installment]);

    /// <summary>What all that is open is in the books by the booked rate; null where no rate was.</summary>
    public Money? BaseBalance => Issued!.Installments[0].Base is not { } first ? null : Money.Sum(
        Balances.Select(due => BaseOf(due.Key, due.Value)!.Value), first.Currency);

    /// <summary>Cash discounts that payments of an installment have deducted without earning them.</summary>
    internal Money UnearnedOn(int installment) => Money.Sum(
        Allocations.Values.Where(one => one.State == AllocationState.Applied && one.Installment == installment)
            .Select(one => one.Unearned).OfType<Money>(),
        Currency);

    /// <summary>What is open on all installments together.</summary>
    public Money Balance => Money.Sum(Balances.Values, Issued!.Total.Currency);

    /// <summary>What payments have settled.</summary>
    public Money Applied => IsVoid ? Money.Zero(Issued!.Total.Currency) : Issued!.Total - Balance;

    public InvoiceStatus Status => StatusOf(
        Issued!.Total.Amount, Balance.Amount, IsVoid,
        WrittenOff.Values.Concat(Waived.Values).Sum(amount => amount.Amount));

    /// <summary>The one rule that gives a status; lists in SQL follow it.</summary>
    public static InvoiceStatus StatusOf(decimal total, decimal balance, bool isVoid, decimal writtenOff) =>
        isVoid ? InvoiceStatus.Void
        : balance == 0 ? writtenOff > 0 ? InvoiceStatus.WrittenOff : InvoiceStatus.Paid
        : balance < total ? InvoiceStatus.PartiallyPaid
        : InvoiceStatus.Open;

    /// <summary>An installment as it would be with this balance.</summary>
    /// <param name="unearned">Unearned discount that the change deducts; below zero what it takes back.</param>
    public OpenItem ItemWith(int installment, Money balance, Money? unearned = null)
    {
        var due = Issued!.Installments[installment - 1];
        var moved = DueDates.TryGetValue(installment, out var dueDate);
        var agreed = Issued.AgreedDueDate(due);
        var disputed = DisputedOn(installment, balance);
        var taken = due.Discount?.Unearned?.UpTo is null
            ? Money.Zero(balance.Currency)
            : UnearnedOn(installment) + (unearned ?? Money.Zero(balance.Currency));
        return new OpenItem(
            installment, Issued.Number, Issued.Books.LegalEntity, Issued.Books.BaseCurrency, Issued.CustomerId,
            Issued.InvoiceDate, moved ? dueDate : due.DueDate, due.Amount, balance, Issued.OrderReference,
            Issued.PurchaseOrder, due.Discount, moved || agreed != due.DueDate ? agreed : null,
            disputed.IsZero ? null : disputed, Issued.Kind, BaseOf(installment, balance), Issued.ExternalNumber,
            Charge, taken.IsZero ? null : taken);
    }

    private ChargeKind? Charge =>
        Issued!.Charges?.Where(one => one.Amount.IsPositive).Select(one => one.Kind).Distinct().ToArray() switch
        {
            null or [] => null,
            [var only] => only,
            _ => ChargeKind.LateFee,
        };

    /// <summary>All installments as they are.</summary>
    public IEnumerable<OpenItem> Items() => Balances.Select(item => ItemWith(item.Key, item.Value));

    /// <summary>What is disputed of an installment: what was marked, as far as it is still open.</summary>
    public Money DisputedOn(int installment) => DisputedOn(installment, Balances[installment]);

    private Money DisputedOn(int installment, Money balance) =>
        Disputed.TryGetValue(installment, out var marked) ? Money.Min(marked, balance) : Money.Zero(balance.Currency);

    public static Invoice Evolve(Invoice invoice, object e)
    {
        var after = EvolveItself(invoice, e);
        DateOnly? posted = e switch
        {
            IFinancialEvent financial => financial.Entry.PostingDate,
            InstallmentRescheduled moved => moved.PostingDate,
            DepositReleased released => released.PostingDate,
            _ => null,
        };
        return posted > after.LastPosting ? after with { LastPosting = posted.Value } : after;
    }

    private static Invoice EvolveItself(Invoice invoice, object e) => e switch
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
                Account: applied.Entry.Lines.Single(line => line.Role == AccountRoles.UnappliedCash).Account,
                Discount: applied.Discount, Difference: applied.Difference, Rate: applied.Rate,
                Base: applied.Entry.Lines.Single(line => line.Role == AccountRoles.UnappliedCash).BaseDebit,
                Unearned: applied.Unearned?.Amount,
                DiscountTax: applied.Entry.Lines.SingleOrDefault(line => line.Role == AccountRoles.Tax)?.Debit)),
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
        _ => EvolveAdjusted(invoice, e),
    };

    private static Invoice EvolveAdjusted(Invoice invoice, object e) => e switch
    {
        InvoiceCredited credited => invoice with
        {
            CreditMemos = invoice.CreditMemos.SetItem(credited.CreditMemoId, credited.Amount),
            CreditedNet = credited.Net is { } net
                ? invoice.CreditedNet.SetItem(credited.CreditMemoId, net)
                : invoice.CreditedNet,
            CreditedTaxes = credited.Taxes is { } taxes
                ? invoice.CreditedTaxes.SetItem(credited.CreditMemoId, taxes)
                : invoice.CreditedTaxes,
        },
        InvoiceCreditWithdrawn withdrawn => invoice with
        {
            CreditMemos = invoice.CreditMemos.Remove(withdrawn.CreditMemoId),
            CreditedNet = invoice.CreditedNet.Remove(withdrawn.CreditMemoId),
            CreditedTaxes = invoice.CreditedTaxes.Remove(withdrawn.CreditMemoId),
        },
        InvoiceCreditRefundReserved reserved => invoice with
        {
            ReservedRefunds = invoice.ReservedRefunds.SetItem(reserved.RefundId, reserved.Amount),
        },
        InvoiceCreditRefundReleased released => invoice with
        {
            ReservedRefunds = invoice.ReservedRefunds.Remove(released.RefundId),
        },
        InvoiceCreditRefunded refunded => invoice with
        {
            ReservedRefunds = invoice.ReservedRefunds.Remove(refunded.RefundId),
            Refunds = invoice.Refunds.SetItem(refunded.RefundId, refunded.Amount),
        },
        InvoiceCreditRefundReturned returned => invoice with { Refunds = invoice.Refunds.Remove(returned.RefundId) },
        InvoiceCorrected corrected => invoice with { Correction = corrected },
        CreditApplied applied => invoice.Settle(applied.Item.Installment, -applied.Amount) with
        {
            Credits = invoice.Credits.SetItem(
                applied.ApplicationId, new(applied.CreditMemoId, applied.Item.Installment, applied.Amount)),
        },
        CreditUnapplied unapplied => invoice.Settle(unapplied.Item.Installment, unapplied.Amount) with
        {
            Credits = invoice.Credits.Remove(unapplied.ApplicationId),
        },
        WrittenOff lost => invoice.Settle(lost.Item.Installment, -lost.Amount)
            .GiveUp(lost.Item.Installment, lost.Amount),
        WriteOffRecovered back => invoice.Settle(back.Item.Installment, back.Amount)
            .GiveUp(back.Item.Installment, -back.Amount),
        ChargeWaived waived => invoice.Settle(waived.Item.Installment, -waived.Amount)
            .LetGo(waived.Item.Installment, invoice.ToWaive(waived.Amount, waived.Line)),
        ChargeReinstated back => invoice.Settle(back.Item.Installment, back.Amount)
            .LetGo(back.Item.Installment, [.. invoice.ToReinstate(back.Amount, back.Line)
                .Select(one => (one.Line, -one.Amount))]),
        InstallmentRescheduled moved => invoice.Move(moved.Item.Installment, moved),
        InvoiceBecameOverdue overdue => invoice with
        {
            Overdue = invoice.Overdue.SetItem(overdue.Item.Installment, overdue.Item.DueDate),
        },
        DisputeMarked { Source: { } source } marked => (invoice with
        {
            Disputes = invoice.Disputes.SetItem(
                source.DisputeId, new(marked.Item.Installment, source.Amount, source.Version)),
        }).SumDisputed(marked.Item.Installment),
        DisputeMarked marked => (invoice with
        {
            Marked = invoice.Marked.SetItem(marked.Item.Installment, invoice.MarkedBy(marked)),
        }).SumDisputed(marked.Item.Installment),
        _ => EvolveDeposits(invoice, e),
    };

    /// <summary>
    /// Events of before the two were kept apart say what was disputed in all: what Collections holds back is not
    /// marked.
    /// </summary>
    private Money MarkedBy(DisputeMarked e) => e.Marked ?? Money.Max(
        Money.Zero(Currency), (e.Item.Disputed ?? Money.Zero(Currency)) - HeldBack(e.Item.Installment));

    /// <summary>What Collections holds back of an installment.</summary>
    private Money HeldBack(int installment) => Money.Sum(
        Disputes.Values.Where(dispute => dispute.Installment == installment).Select(dispute => dispute.Amount),
        Currency);

    private Invoice SumDisputed(int installment)
    {
        var sum = HeldBack(installment) + Marked.GetValueOrDefault(installment, Money.Zero(Currency));
        return this with
        {
            Disputed = sum.IsZero ? Disputed.Remove(installment) : Disputed.SetItem(installment, sum),
        };
    }

    private Invoice GiveUp(int installment, Money change)
    {
        var lost = WrittenOff.SetItem(
            installment, WrittenOff.TryGetValue(installment, out var before) ? before + change : change);
        return this with
        {
            WrittenOff = lost,
            LostByRefunds = Money.Min(LostByRefundsWith(change), Money.Sum(lost.Values, Currency)),
        };
    }

    private Invoice Move(int installment, InstallmentRescheduled moved) => this with
    {
        DueDates = DueDates.SetItem(installment, moved.Item.DueDate),
        MovedBy = MovedBy.SetItem(installment, moved.Source),
        MovedAt = moved.Sequence is { } sequence ? MovedAt.SetItem(installment, sequence) : MovedAt,
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
