namespace OrderToCash.Contracts.Credit.V1;

/// <summary>A customer's credit is held: its orders wait, or are declined, until the hold is let go.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="HoldId">The hold.</param>
/// <param name="Code"><c>past-due</c>, <c>over-limit-hold</c>, <c>returned-payment</c>, <c>breached-plan</c>,
/// <c>manual</c>, <c>legal</c>, <c>bankruptcy</c>, <c>fraud</c>, <c>sanctions</c>, <c>ownership-change</c>; codes may
/// be added.</param>
/// <param name="Detail">In words.</param>
/// <param name="ByRule">A rule placed it and lets it go; else a person does.</param>
/// <param name="Until">Last day it holds; null until it is let go.</param>
public sealed record CreditHoldPlaced(
    Guid CustomerId, Guid HoldId, string Code, string Detail, bool ByRule, DateOnly? Until);
