namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// A refund of an open credit memo is approved and is to be paid out: whoever has the bank accounts pays it, asks
/// nobody again, and says what became of it. Of this and CreditRefundWithdrawn the one with the higher header
/// otc-sequence counts, whichever comes first.
/// </summary>
/// <param name="RefundId">The refund.</param>
/// <param name="CreditMemoId">The credit memo it is of.</param>
/// <param name="Number">What people call the credit memo; the payee is told.</param>
/// <param name="LegalEntity">Who pays.</param>
/// <param name="CustomerId">Who is paid.</param>
/// <param name="Amount">How much; kept for this refund until it is paid or does not come.</param>
/// <param name="Reference">Of the payment, 1 to 140 characters; the payee is told.</param>
/// <param name="ClearingAccount">Ledger account on which the credit memo's side of the payment is booked.</param>
/// <param name="Reason">Why it is paid back.</param>
/// <param name="RequestedBy">Who asked for it.</param>
/// <param name="ApprovedBy">Who approved it last, or asked where nobody had to.</param>
/// <param name="Payee">Where to; without it the refund is declined.</param>
public sealed record CreditRefundApproved(
    Guid RefundId, Guid CreditMemoId, string Number, string LegalEntity, Guid CustomerId, MoneyAmount Amount,
    string Reference, string ClearingAccount, string Reason, string RequestedBy, string ApprovedBy,
    RefundPayee? Payee = null);

/// <summary>Who is paid back, and where; as it was told and approved, not checked.</summary>
/// <param name="Name">At most 140 characters.</param>
/// <param name="Iban">IBAN, or null.</param>
/// <param name="AccountNumber">Account number where there is no IBAN, or null.</param>
/// <param name="Bic">BIC of the bank, or null.</param>
/// <param name="ClearingCode">National code of the bank where there is no BIC, such as an ABA number; or null.</param>
public sealed record RefundPayee(
    string Name, string? Iban = null, string? AccountNumber = null, string? Bic = null, string? ClearingCode = null);
