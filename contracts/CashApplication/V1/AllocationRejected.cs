namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>Invoicing has refused an allocation; its money is unapplied again.</summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="AllocationId">The allocation.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">What was asked for.</param>
/// <param name="Code">Stable reason; see PaymentApplicationRejected.</param>
/// <param name="Detail">The reason in words.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record AllocationRejected(
    Guid ReceiptId, Guid AllocationId, Guid InvoiceId, int Installment, MoneyAmount Amount, string Code, string Detail,
    ReceiptBalance Balance);
