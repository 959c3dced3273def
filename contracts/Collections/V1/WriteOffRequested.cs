namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// An approved recommendation: Invoicing is asked to give items up as uncollectible, in full or in part; what was paid
/// in the meantime is not. It answers with CollectionsRequestAnswered, once for each request.
/// </summary>
/// <param name="RequestId">The request.</param>
/// <param name="RecommendationId">The recommendation.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who owes it.</param>
/// <param name="Items">What is given up.</param>
/// <param name="RequestedBy">Subject of the person who recommended it, or the service where a playbook did.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record WriteOffRequested(
    Guid RequestId, Guid RecommendationId, string LegalEntity, Guid CustomerId, IReadOnlyList<WriteOffItem> Items,
    string RequestedBy, string Reason);

/// <summary>What is given up of an item.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">At most so much.</param>
public sealed record WriteOffItem(Guid InvoiceId, int Installment, MoneyAmount Amount);
