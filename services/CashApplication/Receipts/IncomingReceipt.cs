using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>Money that came in by a file of a bank, before it has a number and a match.</summary>
/// <param name="ReceiptId">The receipt to be; follows from the line it comes from.</param>
/// <param name="Method"><c>wire</c>, <c>ach</c>, <c>card</c>, <c>check</c>, <c>cash</c> or <c>lockbox</c>.</param>
/// <param name="Amount">More than zero.</param>
/// <param name="ValueDate">Day the money counts at the bank.</param>
/// <param name="Payer">Who paid.</param>
/// <param name="Remittance">What the payer says it is for, line by line, numbers of documents among it.</param>
/// <param name="Documents">What of it is told in fields: documents with their amounts. Often empty.</param>
/// <param name="CheckNumber">Number of the check, or null.</param>
/// <param name="Source">Where it stands in the file.</param>
/// <param name="Charges">What banks kept of it on its way, as the bank tells; null for nothing.</param>
public sealed record IncomingReceipt(
    Guid ReceiptId, string Method, Money Amount, DateOnly ValueDate, Payer Payer, IReadOnlyList<string> Remittance,
    IReadOnlyList<RemittanceLine> Documents, string? CheckNumber, ReceiptSource Source,
    BankCharges? Charges = null);
