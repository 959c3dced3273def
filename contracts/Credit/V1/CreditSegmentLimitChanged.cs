namespace OrderToCash.Contracts.Credit.V1;

/// <summary>The limit of all customers of a legal entity in one segment together was set or taken away.</summary>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Segment">The segment, e.g. <c>enterprise</c>.</param>
/// <param name="Limit">Most they may owe together, orders included; null where there is no limit any more.</param>
/// <param name="ExpiresOn">Last day it holds, or null.</param>
/// <param name="Reason">Why, in words; empty where nobody gave one.</param>
public sealed record CreditSegmentLimitChanged(
    string LegalEntity, string Segment, MoneyAmount? Limit, DateOnly? ExpiresOn, string Reason);
