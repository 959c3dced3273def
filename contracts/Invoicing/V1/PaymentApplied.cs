namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>Money of a receipt was applied to an installment; the answer to <c>AllocationRequested</c>.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="AllocationId">The allocation this answers.</param>
/// <param name="ReceiptId">Where the money came from.</param>
/// <param name="Amount">What was applied.</param>
/// <param name="ValueDate">Day the money counted at the bank.</param>
/// <param name="PostingDate">Accounting date of the application.</param>
/// <param name="Item">The installment after it.</param>
/// <param name="Discount">Cash discount deducted beside the amount, or null.</param>
/// <param name="Difference">Small difference given up beside the amount, or null.</param>
/// <param name="Unearned">What of the discount came too late and is allowed all the same; null for nothing.</param>
/// <param name="Credits">Credit memos that were applied with it, each told by its own messages as well; null for
/// none.</param>
/// <param name="DifferenceLine">The side of the entry on which the difference was given up: its account and, where the
/// books are in another currency, what it is worth there. Null where nothing was given up.</param>
public sealed record PaymentApplied(
    Guid InvoiceId, Guid AllocationId, Guid ReceiptId, MoneyAmount Amount, DateOnly ValueDate, DateOnly PostingDate,
    OpenItem Item, MoneyAmount? Discount = null, MoneyAmount? Difference = null,
    MoneyAmount? Unearned = null, IReadOnlyList<AppliedCredit>? Credits = null,
    JournalLine? DifferenceLine = null);
