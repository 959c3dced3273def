namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// An approved recommendation, or one that is no longer needed: Invoicing is asked to suspend, reinstate or end a
/// customer's service. It answers with CollectionsRequestAnswered, once for each request.
/// </summary>
/// <param name="RequestId">The request.</param>
/// <param name="RecommendationId">The recommendation.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Change"><c>suspend</c>, <c>reinstate</c> or <c>terminate</c>.</param>
/// <param name="RequestedBy">Subject of the person who recommended it, or the service.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record ServiceChangeRequested(
    Guid RequestId, Guid RecommendationId, string LegalEntity, Guid CustomerId, string Change, string RequestedBy,
    string Reason);
