namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A dispute as it is after the event that carries it.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who disputes.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="ReasonCode"><c>price</c>, <c>quantity</c>, <c>quality</c>, <c>not-received</c>, <c>duplicate</c>,
/// <c>tax</c>, <c>freight</c>, <c>terms</c>, <c>return</c>, <c>promotion</c>, <c>po-missing</c>, <c>admin</c> or
/// <c>other</c>.</param>
/// <param name="Amount">What was disputed at first.</param>
/// <param name="Accepted">About how much the customer is right; zero while that is not known.</param>
/// <param name="Disputed">How much of the item is held back from collection because of it; zero once it is
/// settled.</param>
/// <param name="Status"><c>open</c>, <c>investigating</c>, <c>accepted</c>, <c>credited</c>, <c>rejected</c> or
/// <c>withdrawn</c>.</param>
/// <param name="Team">Who looks into it.</param>
/// <param name="Owner">Subject of the person who does, or null.</param>
/// <param name="DueOn">By when it is to be decided.</param>
public sealed record Dispute(
    Guid DisputeId, string LegalEntity, Guid CustomerId, Guid InvoiceId, int Installment, string ReasonCode,
    MoneyAmount Amount, MoneyAmount Accepted, MoneyAmount Disputed, string Status, string Team, string? Owner,
    DateOnly DueOn);
