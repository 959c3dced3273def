using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>All that has become of a refund which cash application was told to pay.</summary>
/// <param name="PaidOn">Accounting date of the payment; null where it is not paid and will not be.</param>
/// <param name="ReturnedOn">Accounting date on which it came back; null where it did not.</param>
public sealed record PaymentOfRefund(Guid RefundId, DateOnly? PaidOn, DateOnly? ReturnedOn);

/// <summary>
/// What the payment of a refund, or its end, means to the credit memo and the invoice it is for. It may be told late,
/// again and in any order: what is known is left alone, and a return brings the payment with it. Money that has left is
/// booked on the day cash application books it, so that cash clearing is even on that day once both sides are booked;
/// where that day was closed in between, the side that comes later is booked on the next open one.
/// </summary>
public sealed class CreditRefundOutcome
{
    private readonly Guid _memoId;
    private readonly PaymentOfRefund _told;
    private readonly PostingContext _context;
    private readonly List<object> _onMemo = [];
    private readonly List<object> _onInvoice = [];
    private CreditMemo _memo;
    private Invoice? _invoice;

    private CreditRefundOutcome(
        Guid memoId, CreditMemo memo, Invoice? invoice, PaymentOfRefund told, PostingContext context) =>
        (_memoId, _memo, _invoice, _told, _context) = (memoId, memo, invoice, told, context);

    /// <summary>What to append to the credit memo; empty where it is known.</summary>
    public IReadOnlyList<object> OnMemo => _onMemo;

    /// <summary>What to append to the invoice it is for.</summary>
    public IReadOnlyList<object> OnInvoice => _onInvoice;

    /// <summary>
    /// What contradicts what is known: a defect on one of the two sides, that a person must look at. Else null.
    /// </summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Decides it.</summary>
    /// <param name="memoId">The credit memo.</param>
    /// <param name="memo">As it is.</param>
    /// <param name="invoice">The invoice it is for, or null.</param>
    /// <param name="told">What cash application says.</param>
    /// <param name="rate">Of the day of the payment; null for equal currencies and where there is none.</param>
    /// <param name="context">When, and which days are open.</param>
    /// <param name="lacked">What deposits that the invoice is netted with lack of what it took of them, by
    /// <see cref="Invoice.LackedBy"/>; null for nothing.</param>
    public static CreditRefundOutcome Of(
        Guid memoId, CreditMemo memo, Invoice? invoice, PaymentOfRefund told, ExchangeRate? rate,
        PostingContext context, Money? lacked = null)
    {
        ArgumentNullException.ThrowIfNull(memo);
        ArgumentNullException.ThrowIfNull(told);
        ArgumentNullException.ThrowIfNull(context);
        var outcome = new CreditRefundOutcome(memoId, memo, invoice, told, context);
        outcome.Refusal = outcome.Contradiction() ?? outcome.Pay(rate) ?? outcome.Return();
        outcome.WithdrawOthers(lacked);
        return outcome;
    }

    private Refusal? Contradiction()
    {
        var isOpen = _memo.Reserved.ContainsKey(_told.RefundId);
        var isPaid = _memo.Refunds.ContainsKey(_told.RefundId);
        return !_memo.ToldToPay.Contains(_told.RefundId) ? Refusal.NotFound("refund", _told.RefundId)
            : _told.PaidOn is null && (isPaid || _memo.ReturnedRefunds.Contains(_told.RefundId))
                ? CreditMemoRefusals.PaidAlready(_told.RefundId)
            : _told.PaidOn is not null && !isOpen && !isPaid && !_memo.ReturnedRefunds.Contains(_told.RefundId)
                ? CreditMemoRefusals.NotPaid(_told.RefundId)
            : null;
    }

    private Refusal? Pay(ExchangeRate? rate)
    {
        if (!_memo.Reserved.TryGetValue(_told.RefundId, out var kept))
            return null;
        if (_told.PaidOn is not { } day)
        {
            return OnMemoOf(CreditRefundDecider.Release(_memo, _told.RefundId))
                ?? OnInvoiceOf(invoice => AdjustmentDecider.ReleaseRefund(invoice, _told.RefundId));
        }

        var paid = CreditRefundDecider.Refund(
            _memo, _told.RefundId, kept.Amount, kept.Reference, rate ?? kept.Rate,
            PostedOn(day, _memo.Issued!.Entry.PostingDate));
        return OnMemoOf(paid) ?? OnInvoiceOf(invoice =>
            AdjustmentDecider.PayRefund(invoice, _memoId, _told.RefundId));
    }

    private Refusal? Return()
    {
        if (_told.ReturnedOn is not { } day || !_memo.Refunds.TryGetValue(_told.RefundId, out var refund))
            return null;
        return OnMemoOf(CreditRefundDecider.Return(_memo, _told.RefundId, PostedOn(day, refund.PaidOn)))
            ?? OnInvoiceOf(invoice =>
                AdjustmentDecider.ReturnRefund(invoice, _told.RefundId, refund.Amount, _context));
    }

    /// <summary>
    /// What has left may be what covered other refunds: a payment bounced before this was heard, and this one was taken
    /// back in their stead. They end as they do where it is heard first.
    /// </summary>
    private void WithdrawOthers(Money? lacked)
    {
        if (_invoice is { } invoice && _onInvoice.OfType<InvoiceCreditRefunded>().Any())
        {
            _onInvoice.AddRange(AdjustmentDecider.Uncovered(
                invoice, lacked ?? Money.Zero(invoice.Currency),
                $"What may be paid back of {invoice.Issued!.Number} has left by another refund."));
        }
    }

    /// <summary>The day that is told, or the next one that takes postings.</summary>
    private PostingContext PostedOn(DateOnly day, DateOnly notBefore) =>
        _context with { Wanted = _context.Calendar.PostingDay(day > notBefore ? day : notBefore) };

    private Refusal? OnMemoOf(Decision decision)
    {
        _memo = decision.Events.Aggregate(_memo, CreditMemo.Evolve);
        _onMemo.AddRange(decision.Events);
        return decision.Refusal;
    }

    private Refusal? OnInvoiceOf(Func<Invoice, Decision> decide)
    {
        if (_invoice is not { } invoice)
            return null;
        var decision = decide(invoice);
        _invoice = decision.Events.Aggregate(invoice, Invoice.Evolve);
        _onInvoice.AddRange(decision.Events);
        return decision.Refusal;
    }
}
