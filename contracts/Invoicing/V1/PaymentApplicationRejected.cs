namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// An allocation was refused; the money is still the receipt's. The answer to <c>AllocationRequested</c>.
/// </summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="AllocationId">The allocation this answers.</param>
/// <param name="ReceiptId">Where the money stays.</param>
/// <param name="Amount">What was asked for.</param>
/// <param name="Code">Stable reason: <c>exceeds-balance</c>, <c>invoice-void</c>, <c>other-currency</c>,
/// <c>no-such-installment</c>, <c>discount-not-earned</c>, <c>bad-difference</c>,
/// <c>credits-not-applied</c>, <c>no-exchange-rate</c>.</param>
/// <param name="Detail">The reason in words.</param>
public sealed record PaymentApplicationRejected(
    Guid InvoiceId, int Installment, Guid AllocationId, Guid ReceiptId, MoneyAmount Amount, string Code, string Detail);
