namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// Money of a receipt is meant for an installment; Invoicing answers with PaymentApplied or PaymentApplicationRejected.
/// </summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="AllocationId">The allocation; everything about it carries this id.</param>
/// <param name="LegalEntity">Whose receipt.</param>
/// <param name="CustomerId">Whose money.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">What is meant for it.</param>
/// <param name="ValueDate">Day the money counted at the bank.</param>
/// <param name="Rule">What found the match, e.g. <c>invoice-number</c>, <c>exact-amount</c>, <c>manual</c>.</param>
/// <param name="UnappliedCashAccount">Ledger account the money waits on; applying it clears that account.</param>
/// <param name="Balance">Where the money is.</param>
/// <param name="Discount">Cash discount to be deducted beside the amount, or null.</param>
/// <param name="Difference">What is to be given up beside the amount, or null: a small difference, or bank charges that
/// are borne, which this service then moves from small differences to their account.</param>
/// <param name="Credits">Credit memos that the payer takes off: applied to the installment together with the amount, or
/// nothing of it is; null for none. An answer without them means that they were not applied.</param>
/// <param name="GivesUnearnedDiscount">True where the discount is given though the money came too late for it; null
/// means false.</param>
public sealed record AllocationRequested(
    Guid ReceiptId, Guid AllocationId, string LegalEntity, Guid CustomerId, Guid InvoiceId, int Installment,
    MoneyAmount Amount, DateOnly ValueDate, string Rule, string UnappliedCashAccount, ReceiptBalance Balance,
    MoneyAmount? Discount = null, MoneyAmount? Difference = null,
    IReadOnlyList<CreditToApply>? Credits = null, bool? GivesUnearnedDiscount = null);
