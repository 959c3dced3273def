namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// The payment that fell short was taken back, and the deduction with it: all of the item is open again.
/// </summary>
/// <param name="ReceiptId">The receipt it was deducted from.</param>
/// <param name="AllocationId">The allocation; see DeductionTaken.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">What was deducted.</param>
public sealed record DeductionWithdrawn(
    Guid ReceiptId, Guid AllocationId, Guid InvoiceId, int Installment, MoneyAmount Amount);
