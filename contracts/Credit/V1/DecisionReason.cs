namespace OrderToCash.Contracts.Credit.V1;

/// <summary>One reason of a credit decision.</summary>
/// <param name="Code">Stable, e.g. <c>over-limit</c>.</param>
/// <param name="Detail">In words.</param>
public sealed record DecisionReason(string Code, string Detail);
