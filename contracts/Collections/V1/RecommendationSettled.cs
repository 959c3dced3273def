namespace OrderToCash.Contracts.Collections.V1;

/// <summary>Something became of a recommendation.</summary>
/// <param name="RecommendationId">The recommendation.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Kind"><c>suspend</c>, <c>terminate</c> or <c>write-off</c>.</param>
/// <param name="Status"><c>approved</c>, <c>carried-out</c>, <c>rejected</c>, <c>withdrawn</c>, <c>refused</c> or
/// <c>reversed</c>.</param>
/// <param name="Detail">Why, in words; empty where there is nothing to say.</param>
public sealed record RecommendationSettled(
    Guid RecommendationId, string LegalEntity, Guid CustomerId, string Kind, string Status, string Detail);
