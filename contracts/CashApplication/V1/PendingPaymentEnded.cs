namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>A payment is pending no longer. It ends once.</summary>
/// <param name="PendingPaymentId">The payment.</param>
/// <param name="LegalEntity">Whom it was to reach.</param>
/// <param name="Outcome"><c>settled</c>: it is a receipt; <c>failed</c>: no money comes; <c>expired</c>: none came in
/// time; <c>replaced</c>: the bank showed it, and another pending payment is the same money.</param>
/// <param name="CustomerId">Whose money it was to be, or null.</param>
/// <param name="Amount">How much was pending.</param>
/// <param name="ReceiptId">The receipt that it has become, or null.</param>
/// <param name="Items">What it was expected to pay.</param>
public sealed record PendingPaymentEnded(
    Guid PendingPaymentId, string LegalEntity, string Outcome, Guid? CustomerId, MoneyAmount Amount, Guid? ReceiptId,
    IReadOnlyList<PendingPaymentItem> Items);
