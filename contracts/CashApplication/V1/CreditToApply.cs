namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>So much of a credit memo is to settle an installment beside the money of a receipt.</summary>
/// <param name="CreditMemoId">The credit memo, of the invoice's customer.</param>
/// <param name="Amount">What of it.</param>
public sealed record CreditToApply(Guid CreditMemoId, MoneyAmount Amount);
