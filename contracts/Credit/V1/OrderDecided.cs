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
public sealed record OrderDecided(
    Guid CustomerId, string OrderId, MoneyAmount Amount, string Decision, IReadOnlyList<DecisionReason> Reasons,
    MoneyAmount Reserved, MoneyAmount Available);
