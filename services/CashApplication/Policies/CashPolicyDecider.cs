using System.Text.RegularExpressions;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Policies;

/// <summary>The rules of policies, rule sets and profiles; saying the same again is nothing.</summary>
public static partial class CashPolicyDecider
{
    /// <summary>Names, accounts, reasons and the like in one list.</summary>
    internal const int MaxListed = 500;

    private const int MaxDays = 365;

    private const int MaxRules = 50;

    /// <summary>No processor keeps more.</summary>
    private const decimal MaxFeePercent = 20m;

    /// <summary>Ten years.</summary>
    private const int MaxWindow = 3_650;

    /// <summary>Defines the policy of a legal entity.</summary>
    public static Decision Define(CashPolicies policies, string legalEntity, MatchPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.RuleSet != Receipts.Matching.RuleSet.Standard.Code && !policies.RuleSets.ContainsKey(policy.RuleSet))
            return CashPolicyRefusals.UnknownRuleSet(policy.RuleSet);
        if (Check(policy) is { } detail)
            return CashPolicyRefusals.Invalid(detail.Field, detail.Words);
        var defined = new CashPolicyDefined(legalEntity, policy);
        return policies.Policy is { } now && Same(now, policy) ? Decision.Nothing : Decision.Of(defined);
    }

    /// <summary>Defines a rule set.</summary>
    public static Decision Define(CashPolicies policies, string legalEntity, RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(rules);
        if (!CodeFormat().IsMatch(rules.Code))
            return CashPolicyRefusals.Invalid("/code", "A code is 1 to 40 capital letters, digits and hyphens.");
        if (string.IsNullOrWhiteSpace(rules.Name) || rules.Name.Length > 200)
            return CashPolicyRefusals.Invalid("/name", "A rule set has a name of 1 to 200 characters.");
        if (rules.Rules.Count == 0 || rules.Rules.Distinct().Count() != rules.Rules.Count)
            return CashPolicyRefusals.Invalid("/rules", "Name at least one rule, and each of them once.");
        if (rules.Rules.Any(rule => !Enum.IsDefined(rule)))
            return CashPolicyRefusals.Invalid("/rules", "There is no such rule.");
        if (rules.MaxItems is < 2 or > 20)
            return CashPolicyRefusals.Invalid("/maxItems", "A combination is of 2 to 20 items.");
        if (rules.CombinationDays is < 1 or > MaxWindow)
            return CashPolicyRefusals.Invalid("/combinationDays", $"That is 1 to {MaxWindow} days.");
        if (rules.KindOrder is { } kinds
            && (kinds.Any(kind => !Enum.IsDefined(kind)) || kinds.Distinct().Count() != kinds.Count))
        {
            return CashPolicyRefusals.Invalid("/kindOrder", "Name kinds of items, and each of them once.");
        }

        if (rules.Weights is { } weights && Check(weights) is { } wrong)
            return CashPolicyRefusals.Invalid("/weights", wrong);

        return policies.RuleSets.TryGetValue(rules.Code, out var now) && Same(now, rules)
            ? Decision.Nothing
            : Decision.Of(new RuleSetDefined(legalEntity, rules));
    }

    /// <summary>Defines what holds for a customer's money.</summary>
    public static Decision Define(CashProfile profile, CashProfileDefined wish, CashPolicies policies)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(policies);
        if (wish.RuleSet is { } code && code != Receipts.Matching.RuleSet.Standard.Code
            && !policies.RuleSets.ContainsKey(code))
        {
            return CashPolicyRefusals.UnknownRuleSet(code);
        }

        if (wish.Aliases.Count + wish.Accounts.Count + wish.MayPayFor.Count > MaxListed)
            return CashPolicyRefusals.Invalid("/aliases", $"At most {MaxListed} names, accounts and customers.");
        if (wish.Aliases.Any(alias => PartyName.Key(alias).Length < 2 || alias.Length > 200))
            return CashPolicyRefusals.Invalid("/aliases", "A name has 2 to 200 characters.");
        if (wish.Accounts.Any(account => account.Length is < 3 or > 60))
            return CashPolicyRefusals.Invalid("/accounts", "An account has 3 to 60 characters.");
        if (wish.DeductionReasons is { } reasons && Check(reasons) is { } words)
            return CashPolicyRefusals.Invalid("/deductionReasons", words);
        if (wish.TextRules is { } rules && TextRule.Check(rules) is { } wrong)
            return CashPolicyRefusals.Invalid("/textRules", wrong);
        if (wish.Hold is { Length: 0 or > 500 })
            return CashPolicyRefusals.Invalid("/hold", "Say why in 1 to 500 characters.");
        return profile.Definition is { } now && Same(now, wish) ? Decision.Nothing : Decision.Of(wish);
    }

    private static (string Field, string Words)? Check(MatchPolicy policy) => policy switch
    {
        { AutoApplyThreshold: <= 0.5m or > 1m } =>
            ("/autoApplyThreshold", "What is applied without a person is above 0.5 and at most 1."),
        _ when policy.SuggestThreshold < 0 || policy.SuggestThreshold > policy.AutoApplyThreshold =>
            ("/suggestThreshold", "What is suggested begins at 0 and at or below what is applied."),
        { Differences.Percent: < 0 or > 10 } => ("/tolerance/percent", "A tolerance is 0 to 10 %."),
        _ when !IsOnePerCurrency(policy.Differences.Amounts) =>
            ("/tolerance/amounts", "A tolerance has one amount per currency, and none below zero."),
        _ when !IsOnePerCurrency(policy.WriteOffLimits ?? []) =>
            ("/writeOffLimits", "There is one limit per currency, and none below zero."),
        { BankCharges: { } borne } when Check(borne) is { } words => ("/bankCharges", words),
        { SettlementFeePercent: < 0 or > MaxFeePercent } =>
            ("/settlementFeePercent", $"That is 0 to {MaxFeePercent:0} %."),
        { DeductionPercent: < 0 or > 100 } => ("/deductionPercent", "That is 0 to 100 %."),
        { LeastNumberScore: < 0 or > 1 } => ("/leastNumberScore", "That is 0 to 1."),
        { ReferenceRules: { } rules } when ReferenceRules.Check(rules) is { } words => ("/referenceRules", words),
        { CertainPayerWeight: < 0.5m or > StandardWeights.Most } =>
            ("/certainPayerWeight", $"That is 0.5 to {StandardWeights.Most}."),
        { ClosedLookBackDays: < 0 or > MaxWindow } => ("/closedLookBackDays", $"That is 0 to {MaxWindow} days."),
        { DaysToIdentify: < 0 or > MaxDays } => ("/daysToIdentify", "That is 0 to 365 days."),
        { DaysToResolve: < 0 or > MaxDays } => ("/daysToResolve", "That is 0 to 365 days."),
        _ when (policy.DeductionReasons?.Count ?? 0) + (policy.BlockedPayers?.Count ?? 0) > MaxListed =>
            ("/deductionReasons", $"At most {MaxListed} reasons and blocked payers."),
        _ when policy.Differences.Amounts.Count > MaxListed =>
            ("/tolerance/amounts", $"At most {MaxListed} amounts."),
        _ when (policy.QueueOwners ?? []).Any(one => !AsideReasons.All.Contains(one.Reason)
            || string.IsNullOrWhiteSpace(one.Owner) || one.Owner.Length > 100)
            || (policy.QueueOwners ?? []).DistinctBy(one => one.Reason).Count() != (policy.QueueOwners?.Count ?? 0) =>
            ("/queueOwners", "Each queue has one owner of 1 to 100 characters."),
        { ExceptionRules.Count: > MaxRules } => ("/exceptionRules", $"At most {MaxRules} rules."),
        _ when (policy.ExceptionRules ?? []).Select(rule => Check(rule, policy)).OfType<string>().FirstOrDefault()
            is { } words => ("/exceptionRules", words),
        _ when (policy.BlockedPayers ?? []).Any(name => PartyName.Key(name).Length < 2 || name.Length > 200) =>
            ("/blockedPayers", "A name has 2 to 200 characters."),
        _ when Check(policy.DeductionReasons ?? []) is { } words => ("/deductionReasons", words),
        { BankHolidays: { } days } when days.Count > MaxListed || days.Distinct().Count() != days.Count
            || days.Any(day => day.Year is < 2000 or > 2100) =>
            ("/bankHolidays", $"Name at most {MaxListed} days, each of them once."),
        { LearnedReasons: { AtLeast: < 1 } or { Percent: <= 50 or > 100 } } => ("/learnedReasons",
            "What people coded before codes by itself from one coding on, and from above 50 % up to 100 %."),
        _ => null,
    };

    private static string? Check(IReadOnlyList<DeductionReason> reasons) =>
        reasons.Count > MaxListed ? $"There are at most {MaxListed} reasons."
        : reasons.Any(reason => reason is null || string.IsNullOrWhiteSpace(reason.Words) || reason.Words.Length > 100
            || !DeductionReasons.Codes.Contains(reason.ReasonCode))
            ? $"A reason has words and is one of {string.Join(", ", DeductionReasons.Codes)}."
            : null;

    private static string? Check(BorneCharges borne) => borne switch
    {
        { Of: null or [] } => "Say of which payments bank charges are borne.",
        _ when borne.Of.Any(bearer => !Enum.IsDefined(bearer)) || borne.Of.Distinct().Count() != borne.Of.Count =>
            "Name each kind of payment once.",
        { UpTo: null or { Amounts: null } } => "Say up to how much bank charges are borne.",
        { UpTo.Percent: < 0 or > ExceptionRule.MostPercentGivenUp } =>
            $"At most {ExceptionRule.MostPercentGivenUp:0} % are borne.",
        { UpTo.Amounts.Count: > MaxListed } => $"There are at most {MaxListed} amounts.",
        _ when !IsOnePerCurrency(borne.UpTo.Amounts) => "There is one amount per currency, and none below zero.",
        _ => null,
    };

    private static string? Check(IReadOnlyList<EvidenceWeight> weights) => weights switch
    {
        _ when weights.Any(one => one is null || !Enum.IsDefined(one.Of)) => "There is no such evidence.",
        _ when weights.DistinctBy(one => one.Of).Count() != weights.Count => "Weigh each piece of evidence once.",
        _ when weights.Any(one => one.Weight is < 0 or > StandardWeights.Most) =>
            $"What evidence is worth is 0 to {StandardWeights.Most}.",
        _ => null,
    };

    /// <summary>Nobody gives up more by a rule than a person may by the policy's limits.</summary>
    private static string? Check(ExceptionRule rule, MatchPolicy policy) => rule switch
    {
        _ when !Enum.IsDefined(rule.Of) || !Enum.IsDefined(rule.Action) => "There is no such difference or action.",
        { MakesSense: false } =>
            "Too much is written off, kept on account, paid back or a person's; too little is written off, a claim " +
            "or a person's.",
        { UpTo: null } => "A rule says up to how much it holds.",
        { UpTo.Percent: < 0 or > 100 } => "A rule holds up to 0 to 100 %.",
        { UpTo.Amounts: null } or { UpTo.Amounts.Count: > MaxListed } => $"A rule has at most {MaxListed} amounts.",
        _ when !IsOnePerCurrency(rule.UpTo.Amounts) => "A rule has one amount per currency, and none below zero.",
        { Action: ExceptionAction.WriteOff, UpTo.Percent: > ExceptionRule.MostPercentGivenUp } =>
            $"At most {ExceptionRule.MostPercentGivenUp:0} % are given up.",
        { Action: ExceptionAction.WriteOff }
            when rule.UpTo.Amounts.Any(amount => amount > policy.WriteOffLimit(amount.Currency)) =>
            "A rule gives up no more than the limits of write-offs, or than the tolerance where there are none.",
        { ReasonCode: { } code } when !DeductionReasons.Codes.Contains(code) =>
            $"A claim's reason is one of {string.Join(", ", DeductionReasons.Codes)}.",
        _ => null,
    };

    private static bool IsOnePerCurrency(IReadOnlyList<Money> amounts) =>
        amounts.All(amount => !amount.IsNegative)
        && amounts.DistinctBy(amount => amount.Currency).Count() == amounts.Count;

    private static bool Same<T>(T one, T other) =>
        System.Text.Json.JsonSerializer.Serialize(one, Json.Stored)
            == System.Text.Json.JsonSerializer.Serialize(other, Json.Stored);

    [GeneratedRegex(@"^[A-Z0-9-]{1,40}\z", RegexOptions.None, 1000)]
    private static partial Regex CodeFormat();
}
