using System.Collections.Immutable;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>A legal entity's policy and rule sets, as matching reads them.</summary>
/// <param name="Policy">Thresholds, tolerance, words.</param>
/// <param name="RuleSets">By code.</param>
/// <param name="Versions">How often each rule set was defined; null where nobody asks.</param>
public sealed record MatchSettings(
    MatchPolicy Policy, ImmutableDictionary<string, RuleSet> RuleSets,
    ImmutableDictionary<string, int>? Versions = null)
{
    /// <summary>The policy alone, with the standard rule set.</summary>
    public static MatchSettings Of(MatchPolicy policy) => new(policy, ImmutableDictionary<string, RuleSet>.Empty);

    /// <summary>What a payment's text says, without what the legal entity's payers add to its numbers, too.</summary>
    public PaymentReading Read(Payment payment) => new(payment, Policy.ReferenceRules);

    /// <summary>The rule set of the customer, else of its group, else of the policy, else the standard one.</summary>
    public RuleSet RuleSetOf(Guid customerId, MatchFacts facts) =>
        Find(facts.Customer(customerId).RuleSet) ?? Find(facts.Customer(facts.GroupOf(customerId)).RuleSet)
        ?? Find(Policy.RuleSet) ?? RuleSet.Standard;

    /// <summary>How often a rule set was defined; 0 for the built-in one.</summary>
    public int VersionOf(string code) => Versions?.GetValueOrDefault(code) ?? 0;

    private RuleSet? Find(string? code) => code is null ? null : RuleSets.GetValueOrDefault(code);
}
