using System.Collections.Immutable;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Policies;

/// <summary>Policy and rule sets of a legal entity.</summary>
public sealed record CashPolicies
{
    /// <summary>Before anything is defined: nothing but what the service is configured with holds.</summary>
    public static readonly CashPolicies Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<CashPolicies> Type = new("cash_policy", Initial, Evolve);

    /// <summary>As it was defined last; null before that.</summary>
    public MatchPolicy? Policy { get; init; }

    public ImmutableDictionary<string, RuleSet> RuleSets { get; init; } = ImmutableDictionary<string, RuleSet>.Empty;

    /// <summary>How often each rule set was defined.</summary>
    public ImmutableDictionary<string, int> Versions { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>The stream of a legal entity.</summary>
    public static Guid IdOf(string legalEntity) => Ids.From("cash-policy", legalEntity);

    /// <summary>What matching reads; where nothing is defined, what the service is configured with.</summary>
    public MatchSettings Settings(MatchPolicy configured) => new(Policy ?? configured, RuleSets, Versions);

    /// <summary>State and event in, next state out.</summary>
    public static CashPolicies Evolve(CashPolicies policies, object fact) => fact switch
    {
        CashPolicyDefined e => policies with { Policy = e.Policy },
        RuleSetDefined e => policies with
        {
            RuleSets = policies.RuleSets.SetItem(e.RuleSet.Code, e.RuleSet),
            Versions = policies.Versions.SetItem(
                e.RuleSet.Code, policies.Versions.GetValueOrDefault(e.RuleSet.Code) + 1),
        },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a cash policy."),
    };
}

/// <summary>What holds for one customer's money.</summary>
public sealed record CashProfile
{
    /// <summary>Before it is defined.</summary>
    public static readonly CashProfile Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<CashProfile> Type = new("cash_profile", Initial, Evolve);

    /// <summary>As it was defined last; null before that.</summary>
    public CashProfileDefined? Definition { get; init; }

    /// <summary>The stream of a customer.</summary>
    public static Guid IdOf(Guid customerId) => Ids.From("cash-profile", customerId.ToString("N"));

    /// <summary>State and event in, next state out.</summary>
    public static CashProfile Evolve(CashProfile profile, object fact) => fact switch
    {
        CashProfileDefined e => profile with { Definition = e },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a cash profile."),
    };
}
