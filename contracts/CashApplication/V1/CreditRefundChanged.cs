namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// What became of a refund of a credit memo that was to be paid out. It carries all that has become of it, so a later
/// one makes an earlier one needless.
/// </summary>
/// <param name="RefundId">The refund.</param>
/// <param name="CreditMemoId">The credit memo it is of.</param>
/// <param name="LegalEntity">Who pays.</param>
/// <param name="Status"><c>declined</c> (it cannot be paid as it was told), <c>cancelled</c> (a person has taken it
/// back before it was paid), <c>paid</c> (the bank was told to pay it) or <c>returned</c> (the bank has sent it
/// back).</param>
/// <param name="Amount">Of the refund.</param>
/// <param name="Reason">Why it is declined, cancelled or returned; null where it is paid.</param>
/// <param name="PaidOn">Accounting date of the payment; null where it was not paid.</param>
/// <param name="ReturnedOn">Accounting date on which it came back; null where it did not.</param>
public sealed record CreditRefundChanged(
    Guid RefundId, Guid CreditMemoId, string LegalEntity, string Status, MoneyAmount Amount, string? Reason = null,
    DateOnly? PaidOn = null, DateOnly? ReturnedOn = null);
