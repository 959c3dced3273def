namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// A refund of a credit memo is not to be paid any more, because what was paid on its invoice was taken back. It may
/// come before the refund is approved, and of one that nobody was told to pay. Whoever has the bank accounts stops what
/// the bank was not told yet, and says so as of any refund that ends; what is paid already stays paid. Of this and
/// CreditRefundApproved the one with the higher header otc-sequence counts, whichever comes first.
/// </summary>
/// <param name="RefundId">The refund.</param>
/// <param name="InvoiceId">The invoice that its credit memo is for.</param>
/// <param name="LegalEntity">Who would have paid.</param>
/// <param name="Amount">Of the refund.</param>
/// <param name="Reason">In words.</param>
public sealed record CreditRefundWithdrawn(
    Guid RefundId, Guid InvoiceId, string LegalEntity, MoneyAmount Amount, string Reason);
