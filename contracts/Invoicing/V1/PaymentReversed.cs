namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// An applied payment was taken back and the item is open again; the answer to <c>AllocationReversalRequested</c>.
/// </summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="AllocationId">The allocation taken back.</param>
/// <param name="ReceiptId">Where the money goes back to.</param>
/// <param name="Amount">What was taken back.</param>
/// <param name="PostingDate">Accounting date of the reversal.</param>
/// <param name="Item">The installment after it.</param>
/// <param name="Discount">Cash discount taken back with it, or null.</param>
/// <param name="Difference">Small difference that is owed again with it, or null.</param>
/// <param name="Credits">Credit memos that were applied with it and are open again, each told by its own messages as
/// well; null for none.</param>
/// <param name="DifferenceLine">The side of the entry on which the difference is owed again; null where there is
/// none.</param>
public sealed record PaymentReversed(
    Guid InvoiceId, Guid AllocationId, Guid ReceiptId, MoneyAmount Amount, DateOnly PostingDate, OpenItem Item,
    MoneyAmount? Discount = null, MoneyAmount? Difference = null, IReadOnlyList<AppliedCredit>? Credits = null,
    JournalLine? DifferenceLine = null);
