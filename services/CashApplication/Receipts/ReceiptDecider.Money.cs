using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>The bank account that refunds are paid from.</summary>
/// <param name="Code">What we call it.</param>
/// <param name="LedgerAccount">Where its money is booked.</param>
public sealed record PayingAccount(string Code, string LedgerAccount);

public static partial class ReceiptDecider
{
    /// <summary>Keeps free money on account; all of it where no amount is named.</summary>
    public static Decision KeepOnAccount(Receipt receipt, Guid receiptId, Guid decisionId, Money? amount)
    {
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        if (receipt.Balance.CustomerId is null)
            return ReceiptRefusals.Unidentified;
        var kept = amount ?? receipt.Balance.Free;
        if (Exceeds(kept, receipt.Balance.Free) is { } no)
            return no;
        return Decision.Of(new PutOnAccount(
            decisionId, receipt.LegalEntity, kept, IsAutomatic: false, receipt.Balance.KeepOnAccount(kept)));
    }

    /// <summary>Frees money that is on account; all of it where no amount is named.</summary>
    public static Decision TakeOffAccount(Receipt receipt, Guid receiptId, Money? amount, Deadlines deadlines)
    {
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        var freed = amount ?? receipt.Balance.KeptOnAccount;
        if (Exceeds(freed, receipt.Balance.KeptOnAccount) is { } no)
            return no;
        var story = new Story(receiptId, receipt).Add(
            new TakenOffAccount(receipt.LegalEntity, freed, receipt.Balance.TakeOffAccount(freed)));
        SetAside(story, deadlines.Aside(AsideReasons.Unexplained, $"{freed} were taken off the account."));
        return Decision.Of(story.Events);
    }

    /// <summary>Gives free money to another customer; all of it where no amount is named.</summary>
    public static Decision Transfer(
        Receipt receipt, Guid receiptId, Guid decisionId, Guid to, Money? amount, string reason, Deadlines deadlines)
    {
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReasonLength)
            return ReceiptRefusals.ReasonMissing;
        if (receipt.Balance.CustomerId is not { } from)
            return ReceiptRefusals.Unidentified;
        if (from == to)
            return ReceiptRefusals.SameCustomer;
        var handed = amount ?? receipt.Balance.Free;
        if (Exceeds(handed, receipt.Balance.Free) is { } no)
            return no;
        var story = new Story(receiptId, receipt);
        Hand(story, decisionId, from, to, handed, reason);
        SetAsideWaiting(story, deadlines.Aside(AsideReasons.Unexplained, $"{handed} are another customer's now."));
        return Decision.Of(story.Events);
    }

    /// <summary>Gives up a rest that is too small to look after; the caller has checked the limit.</summary>
    public static Decision WriteOffRest(
        Receipt receipt, Guid receiptId, Guid decisionId, string reason, DateOnly postingDate,
        bool isAutomatic = false)
    {
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReasonLength)
            return ReceiptRefusals.ReasonMissing;
        var rest = receipt.Balance.Free;
        if (Exceeds(rest, rest) is { } no)
            return no;
        var story = new Story(receiptId, receipt);
        GiveUp(story, decisionId, rest, reason, isAutomatic, postingDate);
        return Decision.Of(story.Events);
    }

    /// <summary>Keeps free money back for a refund.</summary>
    public static Decision ReserveRefund(Receipt receipt, Guid receiptId, Guid refundId, Money amount)
    {
        if (receipt.Refunds.ContainsKey(refundId) || receipt.PaidRefunds.ContainsKey(refundId))
            return Decision.Nothing;
        if (Unusable(receipt, receiptId) is { } refusal)
            return refusal;
        if (receipt.Balance.CustomerId is null)
            return ReceiptRefusals.Unidentified;
        if (Exceeds(amount, receipt.Balance.Free) is { } no)
            return no;
        return Decision.Of(new RefundReserved(
            receipt.LegalEntity, refundId, amount, receipt.Balance.Request(amount)));
    }

    /// <summary>The refund will not be paid; nothing where it never was reserved or is paid.</summary>
    public static Decision ReleaseRefund(
        Receipt receipt, Guid receiptId, Guid refundId, string reason, Deadlines deadlines)
    {
        if (!receipt.Refunds.TryGetValue(refundId, out var amount))
            return Decision.Nothing;
        var story = new Story(receiptId, receipt).Add(
            new RefundReleased(receipt.LegalEntity, refundId, amount, reason, receipt.Balance.Release(amount)));
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
                JournalEntry.RefundPaid(receiptId, receipt, postingDate, amount, refundId, account.LedgerAccount),
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
                receiptId, receipt, postingDate ?? deadlines.Today, amount, refundId, account.LedgerAccount),
            receipt.Balance.PayBackIn(amount)));
        SetAside(story, deadlines.Aside(AsideReasons.Unexplained, $"The refund of {amount} came back: {reason}"));
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
        Story story, Guid decisionId, Money amount, string reason, bool isAutomatic, DateOnly postingDate) =>
        story.Add(new RestWrittenOff(
            decisionId, story.Receipt.LegalEntity, amount, reason, isAutomatic,
            JournalEntry.WrittenOff(story.ReceiptId, story.Receipt, postingDate, amount, decisionId),
            story.Balance.WriteOff(amount)));

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
