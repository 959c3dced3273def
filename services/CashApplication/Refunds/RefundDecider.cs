using System.Text.RegularExpressions;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Refunds;

/// <summary>
/// The rules of refunds. How much may be refunded is the receipt's to say: it keeps the money back in the same write.
/// Of a credit memo it is Invoicing's, which has approved it and keeps so much until it hears what became of it.
/// </summary>
public static partial class RefundDecider
{
    /// <summary>Asks for a refund; with nobody to approve it, it is approved at once.</summary>
    public static Decision Request(Refund refund, RefundRequested wish, string? approvedBy)
    {
        ArgumentNullException.ThrowIfNull(refund);
        ArgumentNullException.ThrowIfNull(wish);
        if (refund.Requested is not null)
            return Decision.Nothing;
        if (Refusal.Unexplained(wish.Reason) is { } unexplained)
            return unexplained;
        if (Check(wish.Payee) is { } refusal)
            return refusal;
        return approvedBy is { } by ? Decision.Of(wish, new RefundApproved(by)) : Decision.Of(wish);
    }

    /// <summary>
    /// Takes over what Invoicing has approved, once however often it is told. Nobody approves it again here; what
    /// cannot be paid as it was told is declined at once, so that the credit is not kept in vain. It is told with its
    /// place in Invoicing's log: what was taken back before that was seen to be covered again.
    /// </summary>
    public static Decision Take(Refund refund, CreditRefundRequested told)
    {
        ArgumentNullException.ThrowIfNull(refund);
        ArgumentNullException.ThrowIfNull(told);
        if (refund.Requested is not null)
            return Decision.Nothing;
        var obstacle = told.Payee is { Iban: null, AccountNumber: null }
            ? RefundRefusals.NoAccount
            : Check(told.Payee);
        var withdrawn = refund.WithdrawnAt < told.Sequence ? null : refund.WithdrawnFor;
        return (withdrawn ?? obstacle?.Detail) is { } reason
            ? Decision.Of(
                told, new CreditRefundDeclined(told.LegalEntity, told.CreditMemoId, told.Amount, reason))
            : Decision.Of(told);
    }

    /// <summary>
    /// Invoicing takes it back: at once where it is in no payment file, else when that is dropped, and it is not
    /// released before. What the bank was told stays paid; what was not told yet is declined when it is, unless it was
    /// approved after that.
    /// </summary>
    /// <param name="sequence">Place of that in Invoicing's log.</param>
    public static Decision Withdraw(Refund refund, string reason, long sequence)
    {
        ArgumentNullException.ThrowIfNull(refund);
        return refund switch
        {
            { Requested: null } => refund.WithdrawnFor is null || refund.WithdrawnAt < sequence
                ? Decision.Of(new CreditRefundHeld(reason, sequence))
                : Decision.Nothing,
            { WithdrawnFor: not null } => Decision.Nothing,
            _ when refund.ApprovedAt > sequence => Decision.Nothing,
            { Status: RefundStatus.InPayment } => Decision.Of(new CreditRefundHeld(reason)),
            { Status: RefundStatus.Approved, Requested.Credit: not null } =>
                Decision.Of(Cancelled(refund.Requested, reason)),
            _ => Decision.Nothing,
        };
    }

    /// <summary>Whoever must has approved it.</summary>
    public static Decision Approve(Refund refund, Guid id, string by) =>
        Step(refund, id, RefundStatus.Waiting, RefundStatus.Approved, _ => new RefundApproved(by));

    /// <summary>It is not approved.</summary>
    public static Decision Reject(Refund refund, Guid id, string reason) =>
        Step(refund, id, RefundStatus.Waiting, RefundStatus.Rejected, _ => new RefundRejected(reason));

    /// <summary>
    /// Takes a refund back that is not in a payment file; one that waits for approval is withdrawn there.
    /// </summary>
    public static Decision Cancel(Refund refund, Guid id, string reason) =>
        Refusal.Unexplained(reason) is { } unexplained
            ? unexplained
            : Step(refund, id, RefundStatus.Approved, RefundStatus.Cancelled, of => Cancelled(of, reason));

    /// <summary>Puts it into a payment file, and into no second one.</summary>
    public static Decision PutIntoFile(Refund refund, Guid id, Guid fileId) =>
        OfOtherFile(refund, fileId)
        ?? Step(refund, id, RefundStatus.Approved, RefundStatus.InPayment, _ => new RefundPutIntoFile(fileId));

    /// <summary>The payment file is dropped; what was taken back meanwhile ends with it.</summary>
    public static Decision TakeOutOfFile(Refund refund, Guid id, Guid fileId)
    {
        var taken = OfOtherFile(refund, fileId)
            ?? Step(refund, id, RefundStatus.InPayment, RefundStatus.Approved, _ => new RefundTakenOutOfFile(fileId));
        return taken is { Refusal: null, Events.Count: > 0 } && refund.WithdrawnFor is { } reason
            ? Decision.Of([.. taken.Events, Cancelled(refund.Requested!, reason)])
            : taken;
    }

    /// <summary>
    /// The payment file it is in is released to the bank; a bank is told once. A receipt's is booked with the receipt.
    /// </summary>
    public static Decision Pay(Refund refund, Guid id, Guid fileId, PayingAccount account, DateOnly postingDate)
    {
        ArgumentNullException.ThrowIfNull(refund);
        ArgumentNullException.ThrowIfNull(account);
        if (refund is { Status: RefundStatus.InPayment, WithdrawnFor: { } withdrawn })
            return RefundRefusals.Withdrawn(refund.Requested!.Number, withdrawn);
        return OfOtherFile(refund, fileId)
            ?? Step(refund, id, RefundStatus.InPayment, RefundStatus.Paid, of => of.Credit is { } credit
                ? new CreditRefundPaid(
                    of.LegalEntity, credit.Id, of.Amount, fileId, account.Code,
                    JournalEntry.CreditRefundPaid(id, of, credit, postingDate, account.LedgerAccount))
                : new RefundPaid(fileId, postingDate));
    }

    /// <summary>The bank sent it back: a new fact, the payment stays one.</summary>
    /// <param name="refund">As it is.</param>
    /// <param name="id">The refund.</param>
    /// <param name="reason">Why, in words.</param>
    /// <param name="account">The account it came back to; null where it was not paid.</param>
    /// <param name="postingDate">Accounting date of that; a credit memo's is never before its payment.</param>
    public static Decision Return(
        Refund refund, Guid id, string reason, PayingAccount? account, DateOnly postingDate) =>
        Refusal.Unexplained(reason) is { } unexplained
            ? unexplained
            : Step(refund, id, RefundStatus.Paid, RefundStatus.Returned, of => of.Credit is { } credit
                ? new CreditRefundReturned(
                    of.LegalEntity, credit.Id, of.Amount, reason, refund.PaidOn!.Value, account!.Code,
                    JournalEntry.CreditRefundReturned(
                        id, of, credit, postingDate < refund.PaidOn ? refund.PaidOn.Value : postingDate,
                        account.LedgerAccount))
                : new RefundReturned(reason, postingDate));

    private static object Cancelled(RefundTerms of, string reason) => of.Credit is { } credit
        ? new CreditRefundCancelled(of.LegalEntity, credit.Id, of.Amount, reason)
        : new RefundCancelled(reason);

    private static Decision? OfOtherFile(Refund refund, Guid fileId)
    {
        ArgumentNullException.ThrowIfNull(refund);
        if (refund.PaymentFileId is { } known && known != fileId)
            return RefundRefusals.InOtherFile(known);
        return null;
    }

    private static Decision Step(
        Refund refund, Guid id, RefundStatus from, RefundStatus to, Func<RefundTerms, object> fact)
    {
        ArgumentNullException.ThrowIfNull(refund);
        if (refund.Requested is not { } terms)
            return RefundRefusals.NotFound(id);
        if (refund.Status == to)
            return Decision.Nothing;
        return refund.Status == from ? Decision.Of(fact(terms)) : RefundRefusals.Is(refund.Status, from);
    }

    private static Refusal? Check(Payee payee) => payee switch
    {
        _ when string.IsNullOrWhiteSpace(payee.Name) || payee.Name.Length > 140 => RefundRefusals.Payee(
            "/payee/name", "The payee has a name of 1 to 140 characters."),
        { Iban: null, AccountNumber: null } or { Iban: not null, AccountNumber: not null } => RefundRefusals.Payee(
            "/payee", "Name an IBAN or an account number, and not both."),
        { Iban: { } iban } when !Iban.IsValid(iban) => RefundRefusals.Payee(
            "/payee/iban", "This is no IBAN: its length or check digits are wrong."),
        { AccountNumber: { } number } when !AccountFormat().IsMatch(number) => RefundRefusals.Payee(
            "/payee/accountNumber", "An account number is 1 to 34 letters and digits."),
        { Bic: { } bic } when !BicFormat().IsMatch(bic) => RefundRefusals.Payee(
            "/payee/bic", "A BIC is 8 or 11 capital letters and digits, such as DEUTDEFF."),
        { ClearingCode: { } code } when !ClearingFormat().IsMatch(code) => RefundRefusals.Payee(
            "/payee/clearingCode", "A clearing code is 1 to 28 letters and digits."),
        { Iban: null, Bic: null, ClearingCode: null } => RefundRefusals.Payee(
            "/payee", "Without an IBAN the bank is named by its BIC or clearing code."),
        _ => null,
    };

    /// <summary>ISO 9362 as pain.001 writes it (<c>BICFIDec2014Identifier</c>).</summary>
    [GeneratedRegex(@"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BicFormat();

    [GeneratedRegex(@"^[A-Za-z0-9]{1,34}\z", RegexOptions.None, 1000)]
    private static partial Regex AccountFormat();

    [GeneratedRegex(@"^[A-Za-z0-9]{1,28}\z", RegexOptions.None, 1000)]
    private static partial Regex ClearingFormat();
}
