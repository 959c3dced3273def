namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>What is open of a credit memo changed.</summary>
/// <param name="CreditMemoId">The credit memo.</param>
/// <param name="Kind"><c>applied</c>, <c>unapplied</c>, <c>refunded</c>, <c>refund-returned</c> or
/// <c>voided</c>.</param>
/// <param name="InvoiceId">The invoice that was settled or is open again; null where there is none.</param>
/// <param name="Amount">By how much.</param>
/// <param name="Open">What may still be applied or paid back.</param>
/// <param name="ApplicationId">Where it was applied: the source of the <see cref="OpenItemsChanged"/> that lowers the
/// balance; else null.</param>
/// <param name="Installment">Where it was applied: the installment, from 1; else null.</param>
public sealed record CreditMemoChanged(
    Guid CreditMemoId, string Kind, Guid? InvoiceId, MoneyAmount Amount, MoneyAmount Open, Guid? ApplicationId = null,
    int? Installment = null);
