using System.Text.Json.Serialization;
using OrderToCash.CashApplication.Receipts.Matching;

namespace OrderToCash.CashApplication.Policies;

/// <summary>How money of a legal entity is matched; the whole of it as it is now.</summary>
public sealed record CashPolicyDefined(string LegalEntity, MatchPolicy Policy);

/// <summary>A rule set of a legal entity; the whole of it as it is now.</summary>
public sealed record RuleSetDefined(string LegalEntity, RuleSet RuleSet);

/// <summary>What holds for one customer's money beside the entity's policy; the whole of it as it is now.</summary>
/// <param name="RuleSet">Code of a rule set of its own, or null.</param>
/// <param name="Hold">Why nothing of it is applied without a person, or null.</param>
/// <param name="Aliases">Other names it pays under: former ones, trade names, factors.</param>
/// <param name="Accounts">Accounts it pays from.</param>
/// <param name="MayPayFor">Customers beyond its group whose items it may pay.</param>
/// <param name="DeductionReasons">What its words and codes for deductions mean, before the policy's; null for
/// none.</param>
/// <param name="TextRules">What payers write when it pays; null for none.</param>
public sealed record CashProfileDefined(
    Guid CustomerId, string LegalEntity, string? RuleSet, string? Hold, IReadOnlyList<string> Aliases,
    IReadOnlyList<string> Accounts, IReadOnlyList<Guid> MayPayFor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<DeductionReason>? DeductionReasons = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<TextRule>? TextRules = null);
