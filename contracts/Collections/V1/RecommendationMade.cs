namespace OrderToCash.Contracts.Collections.V1;

/// <summary>Something is recommended about a customer and waits for approval, or is approved at once.</summary>
/// <param name="RecommendationId">The recommendation.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Kind"><c>suspend</c>, <c>terminate</c> or <c>write-off</c>.</param>
/// <param name="Amount">What is past due and may be collected, in the customer's currency.</param>
/// <param name="Score">0 to 100: how little is to be expected.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record RecommendationMade(
    Guid RecommendationId, string LegalEntity, Guid CustomerId, string Kind, MoneyAmount Amount, int Score,
    string Reason);
