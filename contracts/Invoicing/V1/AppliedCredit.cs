namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>So much of a credit memo was applied, or taken back, together with a payment.</summary>
/// <param name="CreditMemoId">The credit memo.</param>
/// <param name="Amount">What of it.</param>
public sealed record AppliedCredit(Guid CreditMemoId, MoneyAmount Amount);
