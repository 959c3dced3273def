using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Policies;

/// <summary>What holds where a legal entity has laid down nothing else.</summary>
public static class StandardPolicy
{
    /// <summary>Key of the rules of contact for all countries that are not named.</summary>
    public const string AnyCountry = "*";

    /// <summary>Key of the routing for all reasons that are not named.</summary>
    public const string OtherReason = "other";

    /// <summary>
    /// A promise of a tenth is the least that leaves all of its items in peace; the number is ours. Who means less
    /// names fewer invoices.
    /// </summary>
    public const decimal LeastPromisedPercent = 10;

    /// <summary>
    /// The presumption of Regulation F, 12 CFR 1006.14(b)(2), and the convenient hours of 15 USC 1692c(a)(1): at most
    /// seven calls within seven consecutive days per person, none within seven days after a conversation (its day being
    /// the first), and from 8 to 21 o'clock where the person is. The regulation counts each debt of a person by itself;
    /// here all of them count together, which is stricter (<see cref="CapScope.Invoice"/> counts each). It binds
    /// collectors of consumer debt; here it is a choice.
    /// </summary>
    public static readonly ContactRules RegulationF = new(
        [new ContactCap(CapScope.Contact, ContactChannel.Call, 7, 7)], SilenceDays: 7, [ContactChannel.Call],
        [new QuietHours(ContactChannel.Call, new TimeOnly(8, 0), new TimeOnly(21, 0), [])], ConsentFor: []);

    /// <summary>Seven attempts in seven days, silence for seven days after a conversation, calls by day.</summary>
    public static readonly ContactRules Contact = new(
        [new ContactCap(CapScope.Customer, null, 7, 7)], SilenceDays: 7, SilentChannels: [],
        [new QuietHours(ContactChannel.Call, new TimeOnly(8, 0), new TimeOnly(21, 0), [])], ConsentFor: []);

    /// <summary>
    /// A quarter more for a customer whom Credit has put into the last but one of its standard classes, twice that for
    /// the last. They are ours.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, decimal> RiskClasses =
        new Dictionary<string, decimal>(StringComparer.Ordinal) { ["D"] = 0.25m, ["E"] = 0.50m };

    /// <summary>
    /// Thrice at half a year past due, a quarter more for each broken promise, breached plan and a credit hold, a tenth
    /// more for each dispute past its day. They are ours.
    /// </summary>
    public static readonly WorklistWeights Weights = new(
        Age: 2, OldestDays: 180, BrokenPromise: 0.25m, BreachedPlan: 0.25m, OverdueDispute: 0.10m, CreditHold: 0.25m,
        MostOfAKind: 3, RiskClasses);

    /// <summary>
    /// A month is very late, and more than half is too much: the 60 percent are the benchmark of the example in
    /// Dynamics 365, Automate collections processes.
    /// </summary>
    public static readonly PayerBenchmarks Payers = new(VeryLateDays: 30, LatePercent: 60, VeryLatePercent: 60);

    /// <summary>The policy of a legal entity that has laid down none.</summary>
    public static CollectionPolicyDefined For(string legalEntity) => new(
        legalEntity,
        new PromisePolicy(GraceDays: 3, TolerancePercent: 1, LongestDays: 90),
        new PlanPolicy(GraceDays: 5, MostInstallments: 24, LongestDays: 730, RestoreDueDates: true),
        new DisputePolicy(
            new Dictionary<string, DisputeRouting>(StringComparer.Ordinal)
            {
                ["price"] = new("sales", 10),
                ["terms"] = new("sales", 10),
                ["promotion"] = new("sales", 15),
                ["quantity"] = new("logistics", 10),
                ["not-received"] = new("logistics", 10),
                ["freight"] = new("logistics", 10),
                ["return"] = new("logistics", 15),
                ["quality"] = new("quality", 20),
                ["tax"] = new("tax", 15),
                [OtherReason] = new("receivables", 10),
            },
            AcceptedUpTo: []),
        new EscalationPolicy(AcknowledgeDays: 2),
        new Dictionary<string, ContactRules>(StringComparer.Ordinal) { [AnyCountry] = Contact },
        [
            Overdue("delinquent", days: 45, OverdueAction.RecommendSuspension),
            Overdue("blocked", days: 30, OverdueAction.BlockChanges, OverdueAction.Call),
            Overdue("warning", days: 10),
        ],
        Worklist: Weights, Payers: Payers);

    private static OverdueStateRule Overdue(string code, int days, params OverdueAction[] actions) =>
        new(code, Items: 1, Balances: [], days, WithHold: null, WithoutHold: null, actions, RetryDays: []);

    /// <summary>The rules of contact for a customer of a country.</summary>
    public static ContactRules ContactIn(this CollectionPolicyDefined policy, string? country)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return country is not null && policy.Contact.TryGetValue(country, out var rules)
            ? rules
            : policy.Contact.GetValueOrDefault(AnyCountry, Contact);
    }

    /// <summary>Code of the playbook of customers that no rule and no person gives another.</summary>
    public static string UsualPlaybook(this CollectionPolicyDefined policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.Dunning?.Playbook ?? PlaybookStream.Standard;
    }

    /// <summary>Who looks into a dispute of a reason.</summary>
    public static DisputeRouting Routing(this CollectionPolicyDefined policy, string reason)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.Disputes.Reasons.TryGetValue(reason, out var routing)
            ? routing
            : policy.Disputes.Reasons[OtherReason];
    }
}
