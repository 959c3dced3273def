namespace OrderToCash.Collections.Portfolio;

/// <summary>How much risk Credit sees in a customer.</summary>
/// <param name="RiskClass">Code of the class in the legal entity's credit policy, e.g. <c>A</c>, or null.</param>
/// <param name="Score">0 (worst) to 100 on the scorecard, bureau reports among its factors; or null.</param>
/// <param name="AssessedAt">When Credit assessed it last.</param>
public sealed record CustomerRisk(string? RiskClass, int? Score, DateTimeOffset AssessedAt);
