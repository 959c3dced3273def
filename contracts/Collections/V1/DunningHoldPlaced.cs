namespace OrderToCash.Contracts.Collections.V1;

/// <summary>Something is held back from dunning, or a customer from any contact.</summary>
/// <param name="HoldId">The hold.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Kind"><c>dunning-block</c>, <c>legal-hold</c>, <c>do-not-contact</c>, <c>cease-and-desist</c>,
/// <c>bankruptcy</c> or <c>internal-party</c>.</param>
/// <param name="InvoiceId">The invoice; null for all of the customer.</param>
/// <param name="Installment">Its installment; null for all of the invoice.</param>
/// <param name="Amount">How much of the installment; null for all of it.</param>
/// <param name="Until">Last day of the hold; null: until it is released.</param>
/// <param name="Reason">Why.</param>
public sealed record DunningHoldPlaced(
    Guid HoldId, string LegalEntity, Guid CustomerId, string Kind, Guid? InvoiceId, int? Installment,
    MoneyAmount? Amount, DateOnly? Until, string Reason);
