using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>
/// What is paid back of a credit memo. The money leaves by cash clearing, on which the bank's line meets it. What it is
/// worth differs from what the credit memo was booked at by an exchange difference, as with every settlement.
/// </summary>
public static class CreditRefundDecider
{
    private const int MaxReference = 140;

    /// <summary>
    /// Pays part of what is open back: of what is kept for no refund, or of what is kept for this one.
    /// </summary>
    /// <param name="memo">The credit memo.</param>
    /// <param name="refundId">What the refund is called from now on.</param>
    /// <param name="amount">How much.</param>
    /// <param name="reference">Of the payment; one of a credit memo's refunds has it.</param>
    /// <param name="rate">Of the day; null for equal currencies and where there is none.</param>
    /// <param name="context">When, and which days are open.</param>
    public static Decision Refund(
        CreditMemo memo, Guid refundId, Money amount, string? reference, ExchangeRate? rate, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(memo);
        ArgumentNullException.ThrowIfNull(context);
        var (issued, books) = (memo.Issued!, memo.Issued!.Books);
        if (Obstacle(memo with { Reserved = memo.Reserved.Remove(refundId) }, amount, reference) is { } refusal)
            return refusal;
        if (issued.Rate is not null && rate is null)
        {
            return InvoiceRefusals.NoRate(
                amount.Currency.Code, context.DateFor(books, issued.Entry.PostingDate), books);
        }

        var open = memo.Open - amount;
        var entry = context.Entry(books, issued.Entry.PostingDate, PostingKinds.CreditRefunded, new[]
        {
            JournalLine.OnDebit(
                books.Accounts.Receivables, AccountRoles.Receivables, amount,
                memo.BaseOf(memo.Open) - memo.BaseOf(open)),
            JournalLine.OnCredit(
                books.Accounts.Other.CashClearing, AccountRoles.CashClearing, amount,
                rate?.Of(amount, Currency.Of(books.BaseCurrency))),
        }.WithDifference(books.Accounts.Other));
        return Decision.Of(new CreditMemoRefunded(
            refundId, issued.Number, issued.CustomerId, issued.CreditDate, books.LegalEntity, books.BaseCurrency,
            amount, reference!, open, entry, memo.BaseOf(open), memo.Reserved.ContainsKey(refundId)));
    }

    /// <summary>Keeps part of what is open for a refund until that is approved, rejected or withdrawn.</summary>
    /// <param name="memo">The credit memo.</param>
    /// <param name="refundId">What the refund is called from now on.</param>
    /// <param name="amount">How much.</param>
    /// <param name="reference">Of the payment; one of a credit memo's refunds has it.</param>
    /// <param name="isPaidByCash">Cash application pays it, once it is approved.</param>
    public static Decision Reserve(
        CreditMemo memo, Guid refundId, Money amount, string reference, bool isPaidByCash)
    {
        ArgumentNullException.ThrowIfNull(memo);
        if (Obstacle(memo, amount, reference) is { } refusal)
            return refusal;
        return isPaidByCash
            ? Decision.Of(new CreditMemoPayoutReserved(refundId, amount, reference))
            : Decision.Of(new CreditMemoRefundReserved(refundId, amount, reference));
    }

    /// <summary>
    /// Has cash application pay part of what is open: of what is kept for no refund, or of what is kept for this one.
    /// Nothing is booked before that has paid it. Where to is part of what is approved, and never looked up later.
    /// </summary>
    /// <param name="memo">The credit memo.</param>
    /// <param name="wish">What is approved; whether it was kept before is said here.</param>
    /// <param name="context">When, and which days are open.</param>
    public static Decision Approve(CreditMemo memo, CreditMemoRefundApproved wish, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(memo);
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(context);
        var (issued, books) = (memo.Issued!, memo.Issued!.Books);
        var others = memo with { Reserved = memo.Reserved.Remove(wish.RefundId) };
        if (Obstacle(others, wish.Amount, wish.Reference) is { } refusal)
            return refusal;
        if ((wish.Payee is { } payee ? payee.Check() : CreditMemoRefusals.NoPayee) is { } unpayable)
            return unpayable;
        return issued.Rate is not null && wish.Rate is null
            ? InvoiceRefusals.NoRate(
                wish.Amount.Currency.Code, context.DateFor(books, issued.Entry.PostingDate), books)
            : Decision.Of(wish with { Reserved = memo.Reserved.ContainsKey(wish.RefundId) });
    }

    /// <summary>The refund does not come: what is kept for it is free again. Nothing where nothing is.</summary>
    public static Decision Release(CreditMemo memo, Guid refundId)
    {
        ArgumentNullException.ThrowIfNull(memo);
        return memo.Reserved.TryGetValue(refundId, out var reserved)
            ? Decision.Of(new CreditMemoRefundReleased(refundId, reserved.Amount))
            : Decision.Nothing;
    }

    /// <summary>The bank has sent a refund back: so much is open again, in a new entry on another day.</summary>
    public static Decision Return(CreditMemo memo, Guid refundId, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(memo);
        ArgumentNullException.ThrowIfNull(context);
        if (!memo.Refunds.TryGetValue(refundId, out var refund))
            return Refusal.NotFound("refund", refundId);
        var (issued, books) = (memo.Issued!, memo.Issued!.Books);
        var open = memo.Open + refund.Amount;
        var entry = context.Entry(books, refund.PaidOn, PostingKinds.CreditRefundReturned, new[]
        {
            JournalLine.OnDebit(
                books.Accounts.Other.CashClearing, AccountRoles.CashClearing, refund.Amount, refund.BasePaid),
            JournalLine.OnCredit(
                books.Accounts.Receivables, AccountRoles.Receivables, refund.Amount,
                memo.BaseOf(open) - memo.BaseOf(memo.Open)),
        }.WithDifference(books.Accounts.Other, undone: true));
        return Decision.Of(new CreditMemoRefundReturned(
            refundId, issued.Number, issued.CustomerId, issued.CreditDate, books.LegalEntity, books.BaseCurrency,
            refund.Amount, open, entry, memo.BaseOf(open)));
    }

    /// <summary>Why so much cannot be paid back under this reference, or null.</summary>
    private static Refusal? Obstacle(CreditMemo memo, Money amount, string? reference)
    {
        if (string.IsNullOrWhiteSpace(reference) || reference.Length > MaxReference || reference.Any(char.IsControl))
            return CreditMemoRefusals.NoReference(MaxReference);
        if (memo.IsVoid)
            return CreditMemoRefusals.IsVoid(memo);
        if (memo.Refunds.Values.Select(one => one.Reference)
            .Concat(memo.Reserved.Values.Select(one => one.Reference)).Contains(reference))
            return CreditMemoRefusals.RefundKnown(memo, reference);
        if (!amount.IsPositive)
            return CreditMemoRefusals.NothingToRefund(memo);
        return amount > memo.Available ? CreditMemoRefusals.ExceedsOpen(memo, amount) : null;
    }
}
