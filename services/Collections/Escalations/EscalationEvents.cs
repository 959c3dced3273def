namespace OrderToCash.Collections.Escalations;

/// <summary>Who a matter is handed to; further down is further up.</summary>
public enum EscalationTarget
{
    /// <summary>The collector's team lead.</summary>
    TeamLead,

    /// <summary>The owner of the account in sales.</summary>
    Sales,

    /// <summary>The credit manager.</summary>
    CreditManager,

    /// <summary>The legal department; nothing goes further up by itself.</summary>
    Legal,

    /// <summary>Whoever places matters with a collection agency; only who names it hands anything there.</summary>
    Agency,
}

/// <summary>What a matter was handed up for.</summary>
public enum EscalationCause
{
    /// <summary>A person found it necessary.</summary>
    Manual,

    /// <summary>A step of a playbook.</summary>
    Playbook,

    /// <summary>A dispute that was not decided in time.</summary>
    Dispute,

    /// <summary>The state that the customer's arrears put it in.</summary>
    OverdueState,
}

/// <summary>A matter was handed up.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Target">To whom.</param>
/// <param name="Cause">What for.</param>
/// <param name="SourceId">The notice or dispute behind it, or null.</param>
/// <param name="Text">In words.</param>
/// <param name="AcknowledgeBy">Last day to acknowledge it; after that it goes up a rung.</param>
public sealed record EscalationRaised(
    string LegalEntity, Guid CustomerId, EscalationTarget Target, EscalationCause Cause, Guid? SourceId, string Text,
    DateOnly AcknowledgeBy);

/// <summary>Somebody has taken it over.</summary>
/// <param name="Raised">As it is.</param>
/// <param name="By">Subject.</param>
public sealed record EscalationAcknowledged(EscalationRaised Raised, string By);

/// <summary>Nobody has, and it went up a rung.</summary>
/// <param name="Raised">As it is now.</param>
public sealed record EscalationMovedUp(EscalationRaised Raised);

/// <summary>It is settled.</summary>
/// <param name="Raised">As it was.</param>
/// <param name="Result">In words.</param>
public sealed record EscalationClosed(EscalationRaised Raised, string Result);
