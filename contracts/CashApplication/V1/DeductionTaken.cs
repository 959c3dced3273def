namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// A customer paid an installment short and claims a reason. The money is applied, the rest is open and in dispute.
/// </summary>
/// <param name="ReceiptId">The receipt it was deducted from.</param>
/// <param name="AllocationId">The allocation that fell short; one deduction for each.</param>
/// <param name="LegalEntity">Whose receipt.</param>
/// <param name="CustomerId">Who owes the item.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">What was deducted.</param>
/// <param name="ReasonCode"><c>price</c>, <c>quantity</c>, <c>quality</c>, <c>not-received</c>, <c>duplicate</c>,
/// <c>tax</c>, <c>terms</c> or <c>other</c>.</param>
/// <param name="CustomerReason">The reason in the customer's own code or words, or null.</param>
public sealed record DeductionTaken(
    Guid ReceiptId, Guid AllocationId, string LegalEntity, Guid CustomerId, Guid InvoiceId, int Installment,
    MoneyAmount Amount, string ReasonCode, string? CustomerReason = null);
