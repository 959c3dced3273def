using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Escalations;

/// <summary>What may become of an escalation.</summary>
public static class EscalationDecider
{
    /// <summary>Hands a matter up, once.</summary>
    public static Decision Raise(Escalation escalation, EscalationRaised wish, EscalationPolicy policy, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(escalation);
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(policy);
        return escalation.Raised is null
            ? Decision.Of(wish with { AcknowledgeBy = today.AddDays(policy.AcknowledgeDays) })
            : Decision.Nothing;
    }

    /// <summary>Somebody takes it over.</summary>
    public static Decision Acknowledge(Escalation escalation, string by)
    {
        ArgumentNullException.ThrowIfNull(escalation);
        return escalation switch
        {
            { Status: EscalationStatus.Closed } => Closed(),
            { AcknowledgedBy: { } known } => known == by
                ? Decision.Nothing
                : Refusal.State("escalation-acknowledged", $"{known} has taken it over."),
            _ => Decision.Of(new EscalationAcknowledged(escalation.Raised!, by)),
        };
    }

    /// <summary>It is settled; whoever settles it has taken it over.</summary>
    public static Decision Close(Escalation escalation, string by, string result)
    {
        ArgumentNullException.ThrowIfNull(escalation);
        var closed = new EscalationClosed(escalation.Raised!, result);
        return escalation switch
        {
            { Status: EscalationStatus.Closed } => Decision.Nothing,
            { Status: EscalationStatus.Open } =>
                Decision.Of(new EscalationAcknowledged(escalation.Raised!, by), closed),
            _ => Decision.Of(closed),
        };
    }

    /// <summary>Goes up a rung where nobody has taken it over in time; with the legal department and
    /// beyond it stays.</summary>
    public static Decision MoveUp(Escalation escalation, EscalationPolicy policy, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(escalation);
        ArgumentNullException.ThrowIfNull(policy);
        if (escalation is not { Status: EscalationStatus.Open, Raised: { } raised } || raised.AcknowledgeBy >= today
            || raised.Target >= EscalationTarget.Legal)
            return Decision.Nothing;
        return Decision.Of(new EscalationMovedUp(raised with
        {
            Target = raised.Target + 1,
            AcknowledgeBy = today.AddDays(policy.AcknowledgeDays),
        }));
    }

    private static Refusal Closed() => Refusal.State("escalation-closed", "The escalation is settled.");
}
