namespace OrderToCash.Contracts.Credit.V1;

/// <summary>A customer was scored, and the outcome is another than before or the customer was looked at.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Score">0 (worst) to 100; null where too little is known.</param>
/// <param name="RiskClass">E.g. <c>A</c>; null without a score.</param>
/// <param name="RiskClassBefore">The class before, or null.</param>
/// <param name="IsWorse">It is a worse class than the one before.</param>
/// <param name="BehaviourScore">The score of its behaviour towards us alone; null where there is none.</param>
public sealed record CreditRiskAssessed(
    Guid CustomerId, int? Score, string? RiskClass, string? RiskClassBefore, bool IsWorse, int? BehaviourScore);
