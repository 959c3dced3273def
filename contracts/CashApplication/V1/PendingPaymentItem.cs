namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>What a pending payment is expected to pay. Nothing of it is applied.</summary>
/// <param name="ItemId">Names it; the same when the payment ends.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="Amount">How much of it.</param>
public sealed record PendingPaymentItem(
    Guid ItemId, Guid InvoiceId, int Installment, string InvoiceNumber, MoneyAmount Amount);
