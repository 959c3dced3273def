namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>Money came in.</summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="Number">What people call it, e.g. <c>RCT-US01-2026-000007</c>.</param>
/// <param name="LegalEntity">Whose bank account it reached.</param>
/// <param name="Method"><c>wire</c>, <c>ach</c>, <c>card</c>, <c>check</c>, <c>cash</c> or <c>lockbox</c>.</param>
/// <param name="BankAccount">Code of the bank account, or null.</param>
/// <param name="ValueDate">Day the money counts at the bank.</param>
/// <param name="PostingDate">Accounting date.</param>
/// <param name="PayerName">As the bank gave it, or null.</param>
/// <param name="Reference">Remittance text, or null.</param>
/// <param name="Balance">Where the money is.</param>
public sealed record ReceiptRecorded(
    Guid ReceiptId, string Number, string LegalEntity, string Method, string? BankAccount, DateOnly ValueDate,
    DateOnly PostingDate, string? PayerName, string? Reference, ReceiptBalance Balance);
