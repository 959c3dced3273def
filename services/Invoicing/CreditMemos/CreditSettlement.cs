using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>
/// Settles invoices with a credit memo. Credit memo and invoice each keep their side of an application; both sides are
/// decided here and must be written together.
/// </summary>
/// <param name="memoId">The credit memo.</param>
/// <param name="memo">As it is.</param>
/// <param name="context">When, and which days are open.</param>
/// <param name="nextId">Gives the identifier of each application.</param>
/// <param name="account">Customers that are one with the credit memo's: survivor and duplicates of a merge.</param>
public sealed class CreditSettlement(
    Guid memoId, CreditMemo memo, PostingContext context, Func<Guid> nextId, IReadOnlySet<Guid>? account = null)
{
    private readonly List<object> _memoEvents = [];

    /// <summary>The credit memo after what was settled so far.</summary>
    public CreditMemo Memo { get; private set; } = memo;

    /// <summary>What to append to the credit memo.</summary>
    public IReadOnlyList<object> MemoEvents => _memoEvents;

    /// <summary>
    /// Settles one installment, or all of the invoice in the order of due dates, with an amount or as much as both
    /// sides allow. Gives what to append to the invoice.
    /// </summary>
    /// <param name="invoiceId">The invoice.</param>
    /// <param name="invoice">As it is.</param>
    /// <param name="installment">Only this one.</param>
    /// <param name="amount">So much of the credit memo.</param>
    /// <param name="spared">What of an installment is left alone; null for nothing.</param>
    public Decision Settle(
        Guid invoiceId, Invoice invoice, int? installment = null, Money? amount = null,
        Func<Invoice, int, Money>? spared = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (Memo.IsVoid)
            return CreditMemoRefusals.IsVoid(Memo);
        if (invoice.Issued!.CustomerId != Memo.Issued!.CustomerId
            && account?.IsSupersetOf([invoice.Issued.CustomerId, Memo.Issued.CustomerId]) != true)
            return CreditMemoRefusals.OtherCustomer(Memo, invoice.Issued.Number);
        if (invoice.Currency != Memo.Open.Currency)
            return CreditMemoRefusals.OtherCurrency(Memo, invoice);
        if (amount is { } asked && asked.Currency != Memo.Open.Currency)
            return CreditMemoRefusals.OtherCurrency(Memo, asked);
        if (amount > Memo.Available)
            return CreditMemoRefusals.ExceedsOpen(Memo, amount.Value);
        if (installment is { } one && !invoice.Balances.ContainsKey(one))
            return AdjustmentRefusals.NoInstallment(invoice, one);

        var rest = amount ?? Memo.Available;
        var events = new List<object>();
        var items = invoice.Balances.Keys.Where(number => installment is null || number == installment)
            .OrderBy(number => invoice.ItemWith(number, invoice.Balances[number]).DueDate).ThenBy(number => number);
        foreach (var number in items)
        {
            var balance = invoice.Balances[number];
            var part = Money.Min(rest, spared is null ? balance : balance - spared(invoice, number));
            if (!part.IsPositive)
                continue;
            var decision = Apply(invoiceId, invoice, number, part);
            if (decision.IsRefused)
                return decision;
            events.AddRange(decision.Events);
            invoice = decision.Events.Aggregate(invoice, Invoice.Evolve);
            rest -= part;
        }

        return amount is { } whole && rest.IsPositive
            ? AdjustmentRefusals.ExceedsBalance(invoice, installment ?? 1, whole - rest, whole)
            : Decision.Of(events);
    }

    /// <summary>Takes an application back. Gives what to append to the invoice.</summary>
    /// <param name="applicationId">The application.</param>
    /// <param name="invoice">The invoice that it settles.</param>
    /// <param name="allocationId">The payment that is taken back with it; null for a person.</param>
    /// <param name="lacked">What deposits that the invoice is netted with lack; null for nothing.</param>
    public Decision TakeBack(
        Guid applicationId, Invoice invoice, Guid? allocationId = null, Money? lacked = null)
    {
        var decision = CreditMemoDecider.Unapply(Memo, applicationId, allocationId);
        if (decision.IsRefused)
            return decision;
        var open = Memo.Open;
        Remember(decision);
        var worth = Memo.BaseOf(Memo.Open) - Memo.BaseOf(open);
        return AdjustmentDecider.UnapplyCredit(invoice, applicationId, Source(worth, invoice), context, lacked);
    }

    private Decision Apply(Guid invoiceId, Invoice invoice, int installment, Money amount)
    {
        var id = nextId();
        var worth = Memo.BaseOf(Memo.Open) - Memo.BaseOf(Memo.Open - amount);
        var onInvoice = AdjustmentDecider.ApplyCredit(
            invoice, id, Source(worth, invoice), installment, amount, context);
        if (onInvoice.IsRefused)
            return onInvoice;
        var onMemo = CreditMemoDecider.Apply(
            Memo, id, new CreditApplication(invoiceId, invoice.Issued!.Number, installment, amount));
        if (onMemo.IsRefused)
            return onMemo;
        Remember(onMemo);
        return onInvoice;
    }

    private CreditSource Source(Money? worth, Invoice invoice) => new(
        memoId, Memo.Issued!.Number, Memo.Issued.CreditDate, worth,
        Memo.Issued.CustomerId == invoice.Issued!.CustomerId ? null : Memo.Issued.CustomerId);

    private void Remember(Decision decision)
    {
        _memoEvents.AddRange(decision.Events);
        Memo = decision.Events.Aggregate(Memo, CreditMemo.Evolve);
    }
}
