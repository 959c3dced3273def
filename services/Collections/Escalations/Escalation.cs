using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Escalations;

/// <summary>Where an escalation stands.</summary>
public enum EscalationStatus
{
    /// <summary>Nobody has taken it over yet.</summary>
    Open,

    /// <summary>Somebody has.</summary>
    Acknowledged,

    /// <summary>Settled.</summary>
    Closed,
}

/// <summary>A matter that was handed up.</summary>
public sealed record Escalation
{
    public static readonly Escalation Initial = new();

    /// <summary>As it is; null before it is raised.</summary>
    public EscalationRaised? Raised { get; init; }

    /// <summary>Where it stands.</summary>
    public EscalationStatus Status { get; init; }

    /// <summary>Who has taken it over; null while nobody has.</summary>
    public string? AcknowledgedBy { get; init; }

    public static Escalation Evolve(Escalation escalation, object e) => e switch
    {
        EscalationRaised raised => escalation with { Raised = raised },
        EscalationAcknowledged acknowledged => escalation with
        {
            Status = EscalationStatus.Acknowledged,
            AcknowledgedBy = acknowledged.By,
        },
        EscalationMovedUp moved => escalation with { Raised = moved.Raised },
        EscalationClosed => escalation with { Status = EscalationStatus.Closed },
        _ => escalation,
    };
}

public static class EscalationStream
{
    public static readonly StreamType<Escalation> Type = new("escalation", Escalation.Initial, Escalation.Evolve);

    /// <summary>The escalation of a dispute that was not decided by a day.</summary>
    public static Guid OfDispute(Guid disputeId, DateOnly dueOn) =>
        Ids.From("dispute-escalation", disputeId.ToString("D"), dueOn.ToString("O", null));
}
