namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>What is open of a credit memo changed.</summary>
/// <param name="CreditMemoId">The credit memo.</param>
/// <param name="Kind"><c>applied</c>, <c>unapplied</c> or <c>voided</c>.</param>
/// <param name="InvoiceId">The invoice that was settled or is open again; null where it was voided.</param>
/// <param name="Amount">By how much.</param>
/// <param name="Open">What may still be applied.</param>
public sealed record CreditMemoChanged(
    Guid CreditMemoId, string Kind, Guid? InvoiceId, MoneyAmount Amount, MoneyAmount Open);
