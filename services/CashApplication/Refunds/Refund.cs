using OrderToCash.EventSourcing;

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

    /// <summary>Not approved.</summary>
    Rejected,

    /// <summary>Taken back before it was paid.</summary>
    Cancelled,

    /// <summary>Sent back by the bank.</summary>
    Returned,
}

/// <summary>Money that goes back to a customer.</summary>
public sealed record Refund
{
    /// <summary>Before it is asked for.</summary>
    public static readonly Refund Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<Refund> Type = new("refund", Initial, Evolve);

    /// <summary>As it was asked for; null before that.</summary>
    public RefundRequested? Requested { get; init; }

    public RefundStatus Status { get; init; }

    /// <summary>The payment file it is or was in, or null.</summary>
    public Guid? PaymentFileId { get; init; }

    /// <summary>State and event in, next state out.</summary>
    public static Refund Evolve(Refund refund, object fact) => fact switch
    {
        RefundRequested e => refund with { Requested = e },
        RefundApproved => refund with { Status = RefundStatus.Approved },
        RefundRejected => refund with { Status = RefundStatus.Rejected },
        RefundCancelled => refund with { Status = RefundStatus.Cancelled },
        RefundPutIntoFile e => refund with { Status = RefundStatus.InPayment, PaymentFileId = e.PaymentFileId },
        RefundTakenOutOfFile => refund with { Status = RefundStatus.Approved, PaymentFileId = null },
        RefundPaid e => refund with { Status = RefundStatus.Paid, PaymentFileId = e.PaymentFileId },
        RefundReturned => refund with { Status = RefundStatus.Returned },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a refund."),
    };
}
