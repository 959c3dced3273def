using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Approvals;

/// <summary>Somebody asks for a decision that others must approve.</summary>
/// <param name="Kind">What is decided: one of <see cref="ApprovalKinds"/>.</param>
/// <param name="LegalEntity">Whose matrix it was judged by.</param>
/// <param name="Amount">By which it is judged.</param>
/// <param name="Subject">What it is about, for people.</param>
/// <param name="RequestedBy">Who asks, and so never approves.</param>
/// <param name="Needed">How many must approve.</param>
/// <param name="Roles">Who may.</param>
/// <param name="Request">What is carried out once it is granted, as JSON.</param>
/// <param name="ExpiresAt">From when on it can no longer be approved; null for never.</param>
/// <param name="EscalatesAt">From when on others may decide, too; null for never.</param>
/// <param name="EscalatesTo">The role of these others.</param>
/// <param name="InBooks">What it comes to in the books' currency, with what was done before, where that is another one
/// and a rate is known: by that it was judged. Else null.</param>
/// <param name="RiskClass">Class of the customer by which it was judged; null where it has none, or was not kept yet.
/// </param>
public sealed record ApprovalRequested(
    string Kind, string LegalEntity, Money Amount, string Subject, string RequestedBy, int Needed,
    IReadOnlyList<string> Roles, string Request, DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? EscalatesAt = null, string? EscalatesTo = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? InBooks = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RiskClass = null);

/// <summary>Nobody decided for long; from now on those with this role may, too.</summary>
public sealed record ApprovalEscalated(string To);

/// <summary>One person approved.</summary>
/// <param name="By">Who.</param>
/// <param name="OnBehalfOf">Whose delegated authority it was done by; null for their own.</param>
public sealed record ApprovalGiven(string By, string? OnBehalfOf = null);

/// <summary>One who may decide wants to know more first. It still waits; whoever approves knows enough.</summary>
/// <param name="By">Who.</param>
/// <param name="OnBehalfOf">Whose delegated authority it was done by; null for their own.</param>
public sealed record ApprovalResearchRequired(string By, string? OnBehalfOf = null);

/// <summary>Enough have approved, and what was asked for is carried out with this event.</summary>
public sealed record ApprovalGranted;

/// <summary>One person rejected it; that ends it.</summary>
/// <param name="By">Who.</param>
/// <param name="OnBehalfOf">Whose delegated authority it was done by; null for their own.</param>
public sealed record ApprovalRejected(string By, string? OnBehalfOf = null);

/// <summary>Who asked no longer asks.</summary>
public sealed record ApprovalWithdrawn(string By);

/// <summary>Nobody decided in time.</summary>
public sealed record ApprovalExpired;
