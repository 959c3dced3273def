namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// A dispute was accepted: Invoicing is asked to credit the amount and settle the installment with it. It answers with
/// CollectionsRequestAnswered, once for each request.
/// </summary>
/// <param name="RequestId">The request.</param>
/// <param name="DisputeId">The dispute.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who gets the credit.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">Tax included.</param>
/// <param name="ReasonCode">Why it was disputed.</param>
/// <param name="RequestedBy">Subject of the person who accepted it, or the service where a policy did.</param>
/// <param name="Reason">In words, or null.</param>
public sealed record DisputeCreditRequested(
    Guid RequestId, Guid DisputeId, string LegalEntity, Guid CustomerId, Guid InvoiceId, int Installment,
    MoneyAmount Amount, string ReasonCode, string RequestedBy, string? Reason);
