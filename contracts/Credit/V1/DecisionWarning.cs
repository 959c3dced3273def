namespace OrderToCash.Contracts.Credit.V1;

/// <summary>One thing that a credit decision warns of and that stands against nothing.</summary>
/// <param name="Code">Stable, e.g. <c>order-amount</c>.</param>
/// <param name="Detail">In words.</param>
public sealed record DecisionWarning(string Code, string Detail);
