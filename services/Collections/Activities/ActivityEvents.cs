namespace OrderToCash.Collections.Activities;

/// <summary>How somebody was in touch.</summary>
public enum ContactChannel
{
    /// <summary>Mail.</summary>
    Email,

    /// <summary>A telephone call.</summary>
    Call,

    /// <summary>A letter.</summary>
    Letter,

    /// <summary>A meeting.</summary>
    Meeting,

    /// <summary>A remark; nobody was contacted.</summary>
    Note,

    /// <summary>A text message to a telephone.</summary>
    Sms,

    /// <summary>A message over WhatsApp.</summary>
    Whatsapp,

    /// <summary>A message in the portal that customers log in to.</summary>
    Portal,
}

/// <summary>What came of it.</summary>
public enum ContactOutcome
{
    /// <summary>Nobody answered the call.</summary>
    NoAnswer,

    /// <summary>A message was left.</summary>
    LeftMessage,

    /// <summary>Somebody was spoken to.</summary>
    Spoke,

    /// <summary>The number is not theirs.</summary>
    WrongNumber,

    /// <summary>They say that they do not owe it.</summary>
    Disputed,

    /// <summary>They promised to pay.</summary>
    Promised,

    /// <summary>It went out.</summary>
    Sent,

    /// <summary>It did not go out.</summary>
    Failed,

    /// <summary>They answered.</summary>
    Replied,

    /// <summary>Written down.</summary>
    Noted,
}

/// <summary>Somebody was in touch with a customer, or tried to be, or wrote something down about it.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Channel">How.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Summary">In words.</param>
/// <param name="OccurredAt">When it was.</param>
/// <param name="ContactName">With whom, or null.</param>
public sealed record ActivityLogged(
    Guid CustomerId, string LegalEntity, ContactChannel Channel, ContactOutcome Outcome, string Summary,
    DateTimeOffset OccurredAt, string? ContactName);
