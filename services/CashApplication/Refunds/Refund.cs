using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Refunds;

/// <summary>Where a refund stands.</summary>
public enum RefundStatus
{
    /// <summary>For an approval.</summary>
    Waiting,

    /// <summary>To be paid.</summary>
    Approved,

    /// <summary>In a payment file that is not released yet.</summary>
    InPayment,

    /// <summary>The bank was told to pay it.</summary>
    Paid,

    /// <summary>Not approved; a credit memo's, approved at Invoicing: cannot be paid as it was told.</summary>
    Rejected,

    /// <summary>Taken back before it was paid.</summary>
    Cancelled,

    /// <summary>Sent back by the bank.</summary>
    Returned,
}

/// <summary>What a refund is of, and where it goes.</summary>
/// <param name="ReceiptId">The receipt whose money it is; null for a credit memo's.</param>
/// <param name="Number">What people call the receipt or credit memo.</param>
/// <param name="Credit">The credit memo it is of; null for a receipt's.</param>
public sealed record RefundTerms(
    string LegalEntity, Guid? ReceiptId, string Number, Guid CustomerId, Money Amount, Payee Payee, string Reason,
    string RequestedBy, RefundedCreditMemo? Credit = null);

/// <summary>A credit memo of Invoicing, of which nothing else is known here.</summary>
/// <param name="Id">The credit memo.</param>
/// <param name="Reference">Of the payment; the payee is told.</param>
/// <param name="ClearingAccount">Ledger account on which its side of the payment is booked.</param>
public sealed record RefundedCreditMemo(Guid Id, string Reference, string ClearingAccount);

/// <summary>Money that goes back to a customer.</summary>
public sealed record Refund
{
    /// <summary>Before it is asked for.</summary>
    public static readonly Refund Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<Refund> Type = new("refund", Initial, Evolve);

    /// <summary>As it was asked for; null before that.</summary>
    public RefundTerms? Requested { get; init; }

    public RefundStatus Status { get; init; }

    /// <summary>The payment file it is or was in, or null.</summary>
    public Guid? PaymentFileId { get; init; }

    /// <summary>Why Invoicing has taken it back; null where it has not.</summary>
    public string? WithdrawnFor { get; init; }

    /// <summary>
    /// Where Invoicing took it back before it was told of here: the place of that in its log, and what it approves
    /// later is paid after all. Null where it was told, and where the place is not known: that stays so for good.
    /// </summary>
    public long? WithdrawnAt { get; init; }

    /// <summary>Place of its approval in Invoicing's log; null where that is not known.</summary>
    public long? ApprovedAt { get; init; }

    /// <summary>Accounting date of the payment; null before that.</summary>
    public DateOnly? PaidOn { get; init; }

    /// <summary>State and event in, next state out.</summary>
    public static Refund Evolve(Refund refund, object fact) => fact switch
    {
        RefundRequested e => refund with
        {
            Requested = new RefundTerms(
                e.LegalEntity, e.ReceiptId, e.ReceiptNumber, e.CustomerId, e.Amount, e.Payee, e.Reason, e.RequestedBy),
        },
        CreditRefundRequested e => refund with
        {
            Requested = new RefundTerms(
                e.LegalEntity, null, e.Number, e.CustomerId, e.Amount, e.Payee, e.Reason, e.RequestedBy,
                new RefundedCreditMemo(e.CreditMemoId, e.Reference, e.ClearingAccount)),
            Status = RefundStatus.Approved,
            ApprovedAt = e.Sequence,
            WithdrawnFor = null,
        },
        CreditRefundDeclined => refund with { Status = RefundStatus.Rejected },
        CreditRefundCancelled => refund with { Status = RefundStatus.Cancelled },
        CreditRefundHeld e => refund with { WithdrawnFor = e.Reason, WithdrawnAt = e.Sequence },
        CreditRefundPaid e => refund.Paid(e.PaymentFileId, e.Entry.PostingDate),
        CreditRefundReturned => refund with { Status = RefundStatus.Returned },
        RefundApproved => refund with { Status = RefundStatus.Approved },
        RefundRejected => refund with { Status = RefundStatus.Rejected },
        RefundCancelled => refund with { Status = RefundStatus.Cancelled },
        RefundPutIntoFile e => refund with { Status = RefundStatus.InPayment, PaymentFileId = e.PaymentFileId },
        RefundTakenOutOfFile => refund with { Status = RefundStatus.Approved, PaymentFileId = null },
        RefundPaid e => refund.Paid(e.PaymentFileId, e.PostingDate),
        RefundReturned => refund with { Status = RefundStatus.Returned },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a refund."),
    };

    private Refund Paid(Guid fileId, DateOnly day) =>
        this with { Status = RefundStatus.Paid, PaymentFileId = fileId, PaidOn = day };
}
