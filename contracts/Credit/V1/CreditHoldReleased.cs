namespace OrderToCash.Contracts.Credit.V1;

/// <summary>A hold of a customer's credit is let go; others may still be in force.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="HoldId">The hold.</param>
/// <param name="Code">Its code.</param>
/// <param name="Reason">Why, in words; empty where nobody gave one.</param>
public sealed record CreditHoldReleased(Guid CustomerId, Guid HoldId, string Code, string Reason);
