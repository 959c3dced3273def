using System.Text.Json.Serialization;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Payouts;

/// <summary>One payment of a file.</summary>
/// <param name="RefundId">The refund it pays; the bank hears it as the end-to-end reference.</param>
/// <param name="ReceiptId">The receipt whose money it is; null for a credit memo's.</param>
/// <param name="ReceiptNumber">What the payee knows it by: number of the receipt, or of the credit memo.</param>
/// <param name="Reference">What else the payee is told; null for a receipt's.</param>
public sealed record PaymentOrder(
    Guid RefundId, Guid? ReceiptId, string ReceiptNumber, Money Amount, Payee Payee,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reference = null);

/// <summary>The account that a file pays from, as it was then.</summary>
public sealed record OrderingAccount(
    string Code, string LedgerAccount, string? Iban, string? AccountNumber, string? BankCode);

/// <summary>Payments were put together for the bank; nothing is paid until the file is released.</summary>
/// <param name="CreatedAt">In UTC.</param>
/// <param name="ExecutionDate">The day on which the bank is to pay.</param>
public sealed record PaymentFileCreated(
    string LegalEntity, string LegalEntityName, OrderingAccount Account, Money Total, DateOnly ExecutionDate,
    DateTimeOffset CreatedAt, IReadOnlyList<PaymentOrder> Orders);

/// <summary>The file may go to the bank; its refunds count as paid.</summary>
public sealed record PaymentFileReleased(string By, DateOnly PostingDate);

/// <summary>The file does not go to the bank; its refunds wait for another one.</summary>
public sealed record PaymentFileDropped(string Reason);
