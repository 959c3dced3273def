using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>The bank account that refunds are paid from.</summary>
/// <param name="Code">What we call it.</param>
/// <param name="LedgerAccount">Where its money is booked.</param>
public sealed record PayingAccount(string Code, string LedgerAccount);

public static partial class ReceiptDecider
{
    /// <summary>
    /// Keeps free money on account, of the receipt's own customer or of one who has a share of it; all that is free of
    /// theirs where no amount is named.
    /// </summary>
    public static Decision KeepOnAccount(
        Receipt receipt, Guid receiptId, Guid decisionId, Money? amount, Guid? customerId = null)
    {
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        if (NotOwned(receipt, customerId, out var owner) is { } stranger)
            return stranger;
        var free = receipt.Balance.FreeOf(owner);
        var kept = amount ?? free;
        if (Exceeds(kept, free) is { } no)
            return no;
        return Decision.Of(new PutOnAccount(
            decisionId, receipt.LegalEntity, kept, IsAutomatic: false, receipt.Balance.KeepOnAccount(kept, owner),
            owner));
    }

    /// <summary>Frees money that is on account; all of it where no amount is named.</summary>
    public static Decision TakeOffAccount(
        Receipt receipt, Guid receiptId, Money? amount, Deadlines deadlines, Guid? customerId = null)
    {
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        if (NotOwned(receipt, customerId, out var owner) is { } stranger)
            return stranger;
        var kept = receipt.Balance.OnAccountOf(owner);
        var freed = amount ?? kept;
        if (Exceeds(freed, kept) is { } no)
            return no;
        var story = new Story(receiptId, receipt).Add(
            new TakenOffAccount(receipt.LegalEntity, freed, receipt.Balance.TakeOffAccount(freed, owner), owner));
        SetAsideWaiting(story, deadlines.Aside(AsideReasons.Unexplained, $"{freed} were taken off the account."));
        return Decision.Of(story.Events);
    }

    /// <summary>
    /// Gives free money of the receipt's own customer, or of one who has a share of it, to another customer; all that
    /// is free of theirs where no amount is named.
    /// </summary>
    public static Decision Transfer(
        Receipt receipt, Guid receiptId, Guid decisionId, Guid to, Money? amount, string reason, Deadlines deadlines,
        Guid? fromCustomerId = null)
    {
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        if (NotOwned(receipt, fromCustomerId, out var owner) is { } stranger)
            return stranger;
        var from = owner ?? receipt.Balance.CustomerId!.Value;
        if (from == to)
            return ReceiptRefusals.SameCustomer;
        var free = receipt.Balance.FreeOf(owner);
        var handed = amount ?? free;
        if (Exceeds(handed, free) is { } no)
            return no;
        var story = new Story(receiptId, receipt);
        Hand(story, decisionId, from, to, handed, reason);
        SetAsideWaiting(story, deadlines.Aside(AsideReasons.Unexplained, $"{handed} are another customer's now."));
        return Decision.Of(story.Events);
    }

    /// <summary>
    /// Gives up a rest that is too small to look after, of the receipt's own customer or of one who has a share of it;
    /// the caller has checked the limit.
    /// </summary>
    public static Decision WriteOffRest(
        Receipt receipt, Guid receiptId, Guid decisionId, string reason, DateOnly postingDate,
        bool isAutomatic = false, Guid? customerId = null)
    {
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        var (isKnown, owner) = receipt.Balance.OwnerOf(customerId);
        if (!isKnown)
            return ReceiptRefusals.NoShare(customerId!.Value);
        var rest = receipt.Balance.FreeOf(owner);
        if (Exceeds(rest, rest) is { } no)
            return no;
        var story = new Story(receiptId, receipt);
        GiveUp(story, decisionId, rest, reason, isAutomatic, postingDate, owner);
        return Decision.Of(story.Events);
    }

    /// <summary>
    /// Keeps free money back for a refund, to the receipt's own customer or to one who has a share of it.
    /// </summary>
    public static Decision ReserveRefund(
        Receipt receipt, Guid receiptId, Guid refundId, Money amount, Guid? customerId = null)
    {
        if (receipt.Refunds.ContainsKey(refundId) || receipt.PaidRefunds.ContainsKey(refundId))
            return Decision.Nothing;
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        if (NotOwned(receipt, customerId, out var owner) is { } stranger)
            return stranger;
        if (Exceeds(amount, receipt.Balance.FreeOf(owner)) is { } no)
            return no;
        return Decision.Of(new RefundReserved(
            receipt.LegalEntity, refundId, amount, receipt.Balance.Request(amount, owner), owner));
    }

    /// <summary>The refund will not be paid; nothing where it never was reserved or is paid.</summary>
    public static Decision ReleaseRefund(
        Receipt receipt, Guid receiptId, Guid refundId, string reason, Deadlines deadlines)
    {
        if (!receipt.Refunds.TryGetValue(refundId, out var amount))
            return Decision.Nothing;
        var story = new Story(receiptId, receipt).Add(
            new RefundReleased(
                receipt.LegalEntity, refundId, amount, reason,
                receipt.Balance.Release(amount, receipt.OwnerOfRefund(refundId))));
        SetAsideWaiting(story, deadlines.Aside(
            AsideReasons.Unexplained, $"The refund of {amount} is not paid: {reason}"));
        return Decision.Of(story.Events);
    }

    /// <summary>
    /// The refund left the bank; once, however often it is told. Reversing a receipt releases its refunds: none is paid
    /// of money that is gone.
    /// </summary>
    public static Decision PayRefund(
        Receipt receipt, Guid receiptId, Guid refundId, PayingAccount account, DateOnly postingDate) =>
        receipt.Refunds.TryGetValue(refundId, out var amount)
            ? Decision.Of(new RefundPaidOut(
                receipt.LegalEntity, refundId, amount, account.Code,
                JournalEntry.RefundPaid(
                    receiptId, receipt, postingDate, amount, refundId, account.LedgerAccount,
                    receipt.OwnerOfRefund(refundId)),
                receipt.Balance.PayOut(amount)))
            : receipt.Balance.IsReversed && !receipt.PaidRefunds.ContainsKey(refundId)
                ? ReceiptRefusals.Reversed
                : Decision.Nothing;

    /// <summary>A refund that was paid came back: a new fact, the payment stays what it was.</summary>
    public static Decision ReturnRefund(
        Receipt receipt, Guid receiptId, Guid refundId, PayingAccount account, string reason, Deadlines deadlines,
        DateOnly? postingDate = null)
    {
        if (!receipt.PaidRefunds.TryGetValue(refundId, out var amount))
            return Decision.Nothing;
        var story = new Story(receiptId, receipt).Add(new RefundCameBack(
            receipt.LegalEntity, refundId, amount, reason, account.Code,
            JournalEntry.RefundReturned(
                receiptId, receipt, postingDate ?? deadlines.Today, amount, refundId, account.LedgerAccount,
                receipt.OwnerOfRefund(refundId)),
            receipt.Balance.PayBackIn(amount, receipt.OwnerOfRefund(refundId))));
        SetAsideWaiting(
            story, deadlines.Aside(AsideReasons.Unexplained, $"The refund of {amount} came back: {reason}"));
        return Decision.Of(story.Events);
    }

    /// <summary>Says why free money waits; nothing where that is said already.</summary>
    public static Decision SetAside(Receipt receipt, Guid receiptId, ReceiptSetAside aside)
    {
        var story = new Story(receiptId, receipt);
        SetAside(story, aside);
        return Decision.Of(story.Events);
    }

    /// <summary>Says who looks after it.</summary>
    public static Decision Assign(Receipt receipt, Guid receiptId, string? owner) => receipt switch
    {
        { Exists: false } => ReceiptRefusals.NotFound(receiptId),
        _ when receipt.Owner == owner => Decision.Nothing,
        _ => Decision.Of(new ReceiptAssigned(owner)),
    };

    private static void Hand(
        Story story, Guid decisionId, Guid from, Guid to, Money amount, string reason, Guid? undoes = null) =>
        story.Add(new CashTransferred(
            decisionId, story.Receipt.LegalEntity, from, to, amount, reason,
            story.Balance.Transfer(from, to, amount), undoes));

    private static void GiveUp(
        Story story, Guid decisionId, Money amount, string reason, bool isAutomatic, DateOnly postingDate,
        Guid? owner = null) =>
        story.Add(new RestWrittenOff(
            decisionId, story.Receipt.LegalEntity, amount, reason, isAutomatic,
            JournalEntry.WrittenOff(story.ReceiptId, story.Receipt, postingDate, amount, decisionId, owner),
            story.Balance.WriteOff(amount, owner), owner));

    /// <summary>Why nobody's money is meant, or whose share of it, null for the receipt's own customer's.</summary>
    private static Refusal? NotOwned(Receipt receipt, Guid? customerId, out Guid? owner)
    {
        var (isKnown, share) = receipt.Balance.OwnerOf(customerId);
        owner = share;
        return receipt.Balance.CustomerId is null ? ReceiptRefusals.Unidentified
            : isKnown ? null
            : ReceiptRefusals.NoShare(customerId!.Value);
    }

    private static Refusal? Unusable(Receipt receipt, Guid receiptId) => receipt switch
    {
        { Exists: false } => ReceiptRefusals.NotFound(receiptId),
        { Balance.IsReversed: true } => ReceiptRefusals.Reversed,
        _ => null,
    };

    private static Refusal? Exceeds(Money amount, Money limit) => amount switch
    {
        _ when amount.Currency != limit.Currency =>
            ReceiptRefusals.OtherReceiptCurrency(amount.Currency, limit.Currency),
        { IsPositive: false } => ReceiptRefusals.AmountNotPositive(),
        _ when amount > limit => ReceiptRefusals.ExceedsUnapplied(amount, limit),
        _ => null,
    };
}
