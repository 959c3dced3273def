namespace OrderToCash.Contracts.Credit.V1;

/// <summary>
/// A credit decision on an order: at the check, at a release, at a cancellation, when room has come, when it was not
/// invoiced in time.
/// </summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="OrderId">The order, as its system names it.</param>
/// <param name="Amount">What the order is worth.</param>
/// <param name="Decision"><c>approved</c>, <c>held</c>, <c>declined</c>, <c>released</c>, <c>cancelled</c> or
/// <c>expired</c>.</param>
/// <param name="Reasons">All reasons, codes first.</param>
/// <param name="Reserved">What is reserved for it now; zero unless approved or released.</param>
/// <param name="Available">What is left of the limit after it; below zero when over.</param>
/// <param name="Warnings">Everything that is to be known of it and does not stand against it; null for nothing.</param>
/// <param name="CheckPoint">How far the order had come: <c>confirm</c>, <c>pick</c>, <c>pack</c>, <c>ship</c>,
/// <c>pro-forma</c> or <c>invoice</c>; null where nothing was judged.</param>
/// <param name="ReleaseReason">The code of why a person released it; null where none did, or the credit policy has no
/// codes.</param>
public sealed record OrderDecided(
    Guid CustomerId, string OrderId, MoneyAmount Amount, string Decision, IReadOnlyList<DecisionReason> Reasons,
    MoneyAmount Reserved, MoneyAmount Available, IReadOnlyList<DecisionWarning>? Warnings = null,
    string? CheckPoint = null, string? ReleaseReason = null);
