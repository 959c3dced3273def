namespace OrderToCash.Contracts.Credit.V1;

/// <summary>An application for credit, or the review of a customer, was decided.</summary>
/// <param name="ApplicationId">The case.</param>
/// <param name="Kind"><c>application</c> or <c>review</c>.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Decision"><c>approved</c> or <c>declined</c>.</param>
/// <param name="Limit">The limit that was granted; null where none was.</param>
/// <param name="ExpiresOn">Its last day, or null.</param>
/// <param name="Terms">Payment terms that were granted with it; null for those it has.</param>
/// <param name="ByPolicy">Decided without a person.</param>
/// <param name="Reasons">Why it was declined; empty for an approval.</param>
/// <param name="Reason">What the person who decided gave as the reason; empty where nobody did.</param>
public sealed record CreditApplicationDecided(
    Guid ApplicationId, string Kind, Guid CustomerId, string Decision, MoneyAmount? Limit, DateOnly? ExpiresOn,
    string? Terms, bool ByPolicy, IReadOnlyList<DecisionReason> Reasons, string Reason);
