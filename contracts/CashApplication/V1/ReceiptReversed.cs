namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>A receipt is void: returned by the bank, charged back, or recorded in error. Its allocations are taken back one by one.</summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="LegalEntity">Whose bank account it had reached.</param>
/// <param name="Reason"><c>nsf</c>, <c>return</c>, <c>chargeback</c>, <c>stop</c> or <c>error</c>.</param>
/// <param name="ReturnCode">E.g. <c>R01</c>, or null.</param>
/// <param name="PostingDate">Accounting date of the reversal.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record ReceiptReversed(
    Guid ReceiptId, string LegalEntity, string Reason, string? ReturnCode, DateOnly PostingDate, ReceiptBalance Balance);
