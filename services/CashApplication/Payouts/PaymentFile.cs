using OrderToCash.EventSourcing;

namespace OrderToCash.CashApplication.Payouts;

/// <summary>Where a payment file stands.</summary>
public enum PaymentFileStatus
{
    /// <summary>For its release.</summary>
    Waiting,

    /// <summary>May go to the bank.</summary>
    Released,

    /// <summary>Does not go to the bank.</summary>
    Dropped,
}

/// <summary>Payments for the bank.</summary>
public sealed record PaymentFile
{
    /// <summary>Before it is created.</summary>
    public static readonly PaymentFile Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<PaymentFile> Type = new("payment_file", Initial, Evolve);

    /// <summary>As it was put together; null before that.</summary>
    public PaymentFileCreated? Created { get; init; }

    public PaymentFileStatus Status { get; init; }

    /// <summary>State and event in, next state out.</summary>
    public static PaymentFile Evolve(PaymentFile file, object fact) => fact switch
    {
        PaymentFileCreated e => file with { Created = e },
        PaymentFileReleased => file with { Status = PaymentFileStatus.Released },
        PaymentFileDropped => file with { Status = PaymentFileStatus.Dropped },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a payment file."),
    };
}
