using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.PendingPayments;

/// <summary>Money on its way, from being told to its one end.</summary>
public sealed record PendingPayment
{
    /// <summary>Before it is told.</summary>
    public static readonly PendingPayment Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<PendingPayment> Type = new("pending_payment", Initial, Evolve);

    /// <summary>As it was told; null before that.</summary>
    public PendingPaymentRecorded? Recorded { get; init; }

    /// <summary>How it ended; null while it is pending.</summary>
    public PendingPaymentEnded? Ended { get; init; }

    /// <summary>The processor has said that it was taken: there is nothing more to ask it.</summary>
    public bool IsAnswered { get; init; }

    /// <summary><c>pending</c>, or how it ended.</summary>
    public string Status => Ended?.Outcome ?? "pending";

    /// <summary>
    /// A processor's reference names one pending payment of a legal entity: telling it twice is telling it once.
    /// </summary>
    public static Guid IdOf(string legalEntity, string processorReference) =>
        Ids.From("pending-payment", legalEntity, processorReference);

    /// <summary>State and event in, next state out.</summary>
    public static PendingPayment Evolve(PendingPayment pending, object fact) => fact switch
    {
        PendingPaymentRecorded e => pending with { Recorded = e },
        PendingPaymentAnswered e => pending with
        {
            Recorded = pending.Recorded! with { Stage = e.Stage },
            IsAnswered = true,
        },
        PendingPaymentEnded e => pending with { Ended = e },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a pending payment."),
    };
}
