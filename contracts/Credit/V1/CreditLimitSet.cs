namespace OrderToCash.Contracts.Credit.V1;

/// <summary>A customer's credit limit was set.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Limit">Most it may owe, orders included.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="ExpiresOn">Last day it holds, or null.</param>
public sealed record CreditLimitSet(Guid CustomerId, MoneyAmount Limit, string Reason, DateOnly? ExpiresOn);
