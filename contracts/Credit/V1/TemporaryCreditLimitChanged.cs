namespace OrderToCash.Contracts.Credit.V1;

/// <summary>For some days another limit holds for a customer, or does not any more.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Limit">Most it may owe on these days, orders included; null where it ended before its time.</param>
/// <param name="From">First day; null where it ended.</param>
/// <param name="Until">Last day; null where it ended.</param>
/// <param name="Reason">Why, in words; empty where nobody gave one.</param>
public sealed record TemporaryCreditLimitChanged(
    Guid CustomerId, MoneyAmount? Limit, DateOnly? From, DateOnly? Until, string Reason);
