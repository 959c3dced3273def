namespace OrderToCash.Contracts.Credit.V1;

/// <summary>The limit of a customer and all below it together was set or taken away.</summary>
/// <param name="CustomerId">The customer at the head of the group.</param>
/// <param name="Limit">Most they may owe together, orders included; null where there is no limit any more.</param>
/// <param name="ExpiresOn">Last day it holds, or null.</param>
/// <param name="Reason">Why, in words; empty where nobody gave one.</param>
public sealed record CreditGroupLimitChanged(
    Guid CustomerId, MoneyAmount? Limit, DateOnly? ExpiresOn, string Reason);
