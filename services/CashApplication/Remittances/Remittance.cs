using OrderToCash.EventSourcing;

namespace OrderToCash.CashApplication.Remittances;

/// <summary>Where an advice stands.</summary>
public enum RemittanceStatus
{
    /// <summary>For its money.</summary>
    Waiting,

    /// <summary>A receipt follows it.</summary>
    Matched,

    /// <summary>No money will come.</summary>
    Closed,
}

/// <summary>A remittance advice, from being sent to being followed, by one receipt at a time.</summary>
public sealed record Remittance
{
    /// <summary>Before it comes.</summary>
    public static readonly Remittance Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<Remittance> Type = new("remittance", Initial, Evolve);

    /// <summary>As it came; null before that.</summary>
    public RemittanceReceived? Received { get; init; }

    public RemittanceStatus Status { get; init; }

    /// <summary>The receipt that follows it, or null.</summary>
    public Guid? ReceiptId { get; init; }

    /// <summary>State and event in, next state out.</summary>
    public static Remittance Evolve(Remittance remittance, object fact) => fact switch
    {
        RemittanceReceived e => remittance with { Received = e },
        RemittanceMatched e => remittance with { Status = RemittanceStatus.Matched, ReceiptId = e.ReceiptId },
        RemittanceReleased => remittance with { Status = RemittanceStatus.Waiting, ReceiptId = null },
        RemittanceClosed => remittance with { Status = RemittanceStatus.Closed },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a remittance."),
    };
}
