using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Refunds;

/// <summary>Who is paid back, and where.</summary>
/// <param name="Name">At most 140 characters.</param>
/// <param name="Iban">IBAN without blanks, or null.</param>
/// <param name="AccountNumber">Account number where there is no IBAN, or null.</param>
/// <param name="Bic">BIC of the bank, or null.</param>
/// <param name="ClearingCode">National code of the bank where there is no BIC, such as an ABA number; or null.</param>
public sealed record Payee(
    string Name, string? Iban = null, string? AccountNumber = null, string? Bic = null, string? ClearingCode = null);

/// <summary>Money of a receipt is to go back to the customer; it is kept back from now on.</summary>
public sealed record RefundRequested(
    string LegalEntity, Guid ReceiptId, string ReceiptNumber, Guid CustomerId, Money Amount, Payee Payee,
    string Reason, string RequestedBy);

/// <summary>Whoever must has approved it, or nobody had to.</summary>
public sealed record RefundApproved(string By);

/// <summary>It is not approved; the money is free again.</summary>
public sealed record RefundRejected(string Reason);

/// <summary>It was taken back before it was paid; the money is free again.</summary>
public sealed record RefundCancelled(string Reason);

/// <summary>It is in a payment file that waits to be released.</summary>
public sealed record RefundPutIntoFile(Guid PaymentFileId);

/// <summary>The payment file it was in is dropped; it waits for another one.</summary>
public sealed record RefundTakenOutOfFile(Guid PaymentFileId);

/// <summary>The bank was told to pay it.</summary>
public sealed record RefundPaid(Guid PaymentFileId, DateOnly PostingDate);

/// <summary>The bank sent it back. That it was paid stays true; the money is free again.</summary>
public sealed record RefundReturned(string Reason, DateOnly PostingDate);
