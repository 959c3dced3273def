namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>Invoicing has taken an allocation back.</summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="AllocationId">The allocation.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">What came back.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record AllocationReversed(
    Guid ReceiptId, Guid AllocationId, Guid InvoiceId, int Installment, MoneyAmount Amount, ReceiptBalance Balance);
