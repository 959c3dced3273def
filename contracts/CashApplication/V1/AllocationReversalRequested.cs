namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>A confirmed allocation is to be taken back; Invoicing answers with PaymentReversed.</summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="AllocationId">The allocation.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">What is taken back.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record AllocationReversalRequested(
    Guid ReceiptId, Guid AllocationId, Guid InvoiceId, int Installment, MoneyAmount Amount, string Reason,
    ReceiptBalance Balance);
