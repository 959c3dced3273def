using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Policies;

/// <summary>Why a policy, rule set or profile may be refused.</summary>
public static class CashPolicyRefusals
{
    public static Refusal Invalid(string field, string detail) => new("invalid-cash-policy", detail, Field: field);

    public static Refusal UnknownRuleSet(string code) =>
        new("unknown-rule-set", $"There is no rule set {code}; define it first.", Field: "/ruleSet");
}
