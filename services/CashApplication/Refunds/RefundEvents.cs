using System.Text.Json.Serialization;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Refunds;

/// <summary>Who is paid back, and where.</summary>
/// <param name="Name">At most 140 characters.</param>
/// <param name="Iban">IBAN without blanks, or null.</param>
/// <param name="AccountNumber">Account number where there is no IBAN, or null.</param>
/// <param name="Bic">BIC of the bank, or null.</param>
/// <param name="ClearingCode">National code of the bank where there is no BIC, such as an ABA number; or null.</param>
public sealed record Payee(
    string Name, string? Iban = null, string? AccountNumber = null, string? Bic = null, string? ClearingCode = null)
{
    /// <summary>Where money has come from, as a bank has told it; null where it has told no account.</summary>
    public static Payee BackTo(string name, string? account) =>
        account is not null && BankAccounts.Iban.IsValid(account)
            ? new Payee(name, Iban: account)
            : new Payee(name, AccountNumber: account);
}

/// <summary>Money of a receipt is to go back to the customer; it is kept back from now on.</summary>
public sealed record RefundRequested(
    string LegalEntity, Guid ReceiptId, string ReceiptNumber, Guid CustomerId, Money Amount, Payee Payee,
    string Reason, string RequestedBy);

/// <summary>
/// Invoicing has approved the refund of a credit memo, which is kept for it there; it is to be paid like any other.
/// </summary>
/// <param name="Number">What people call the credit memo.</param>
/// <param name="Reference">Of the payment; the payee is told.</param>
/// <param name="Payee">Where to; without an account where none was approved.</param>
/// <param name="RequestedBy">Who asked for it there.</param>
/// <param name="ApprovedBy">Who approved it there.</param>
/// <param name="ClearingAccount">Ledger account on which the credit memo's side of the payment is booked.</param>
/// <param name="Sequence">Place of the approval in Invoicing's log; null where an older version took it over.</param>
public sealed record CreditRefundRequested(
    string LegalEntity, Guid CreditMemoId, string Number, string Reference, Guid CustomerId, Money Amount, Payee Payee,
    string Reason, string RequestedBy, string ApprovedBy, string ClearingAccount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Sequence = null);

/// <summary>The refund of a credit memo cannot be paid as it was told; it is open again at Invoicing.</summary>
public sealed record CreditRefundDeclined(string LegalEntity, Guid CreditMemoId, Money Amount, string Reason);

/// <summary>It was taken back before it was paid; the credit memo is open again at Invoicing.</summary>
public sealed record CreditRefundCancelled(string LegalEntity, Guid CreditMemoId, Money Amount, string Reason);

/// <summary>
/// Invoicing has taken it back while it was in a payment file, which is not released with it any more; or before it was
/// told of here: while it waited there for its approval, or the two words have overtaken each other. Of the latter,
/// what was approved after that is paid.
/// </summary>
/// <param name="Sequence">Place of that in Invoicing's log; null where it was in a payment file, and where an older
/// version, which knows no places, has heard it: that declines it for good.</param>
public sealed record CreditRefundHeld(
    string Reason, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Sequence = null);

/// <summary>The bank was told to pay the refund of a credit memo.</summary>
/// <param name="BankAccount">Code of the account it is paid from.</param>
/// <param name="Entry">Cash clearing, on which Invoicing books the other side, to the bank.</param>
public sealed record CreditRefundPaid(
    string LegalEntity, Guid CreditMemoId, Money Amount, Guid PaymentFileId, string BankAccount, JournalEntry Entry);

/// <summary>The bank sent it back. That it was paid stays true; the credit memo is open again at Invoicing.</summary>
/// <param name="PaidOn">Accounting date of the payment.</param>
/// <param name="BankAccount">Code of the account it came back to.</param>
/// <param name="Entry">Bank to cash clearing.</param>
public sealed record CreditRefundReturned(
    string LegalEntity, Guid CreditMemoId, Money Amount, string Reason, DateOnly PaidOn, string BankAccount,
    JournalEntry Entry);

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
