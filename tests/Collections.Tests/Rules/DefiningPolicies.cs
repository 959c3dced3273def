using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class DefiningPolicies
{
    private static readonly CollectionPolicyDefined Standard = StandardPolicy.For("US01");
    private static readonly DeciderSpec<CollectionPolicy> Spec =
        new(CollectionPolicy.Initial, CollectionPolicy.Evolve);

    public static TheoryData<string, CollectionPolicyDefined> Wrong => new()
    {
        { "/promises/graceDays", Standard with { Promises = Standard.Promises with { GraceDays = 31 } } },
        { "/promises/tolerancePercent", Standard with { Promises = Standard.Promises with { TolerancePercent = 51 } } },
        { "/promises/longestDays", Standard with { Promises = Standard.Promises with { LongestDays = 0 } } },
        { "/plans/graceDays", Standard with { Plans = Standard.Plans with { GraceDays = -1 } } },
        { "/plans/mostInstallments", Standard with { Plans = Standard.Plans with { MostInstallments = 121 } } },
        { "/plans/longestDays", Standard with { Plans = Standard.Plans with { LongestDays = 0 } } },
        { "/plans/approveFrom", Standard with { Plans = Standard.Plans with { ApproveFrom = new() } } },
        { "/plans/approveFrom/days", Standard with { Plans = Standard.Plans with { ApproveFrom = new(Days: 0) } } },
        { "/escalations/acknowledgeDays", Standard with { Escalations = new(0) } },
        { "/contact", Standard with { Contact = new Dictionary<string, ContactRules> { ["US"] = Rules() } } },
        { "/contact/usa", Contact("usa", Rules()) },
        { "/contact/*/caps", Contact("*", Rules() with { Caps = [new(CapScope.Customer, null, 7, 61)] }) },
        { "/contact/*/silenceDays", Contact("*", Rules() with { SilenceDays = 61 }) },
        { "/contact/*/quietHours", Contact("*", Rules() with { QuietHours = [new(null, new(9, 0), new(9, 0), [])] }) },
        { "/disputes/reasons", Standard with { Disputes = Standard.Disputes with { Reasons = Routes("price") } } },
        {
            "/disputes/reasons/other",
            Standard with { Disputes = Standard.Disputes with { Reasons = Routes("other") } }
        },
        {
            "/disputes/acceptedUpTo",
            Standard with { Disputes = Standard.Disputes with { AcceptedUpTo = [Some.Usd(1), Some.Usd(2)] } }
        },
        {
            "/worklist/riskClasses/E",
            Standard with
            {
                Worklist = StandardPolicy.Weights with
                {
                    RiskClasses = new Dictionary<string, decimal> { ["E"] = 11 },
                },
            }
        },
        { "/worklist/preDue/days", PreDue(61, Some.Usd(1)) },
        { "/worklist/preDue/amounts", PreDue(5) },
        { "/worklist/preDue/amounts", PreDue(5, Some.Usd(1), Some.Usd(2)) },
        { "/costPerContact", Standard with { CostPerContact = [] } },
        { "/costPerContact", Standard with { CostPerContact = [Some.Usd(1), Some.Usd(2)] } },
        { "/overdueStates", Standard with { OverdueStates = [State("a", 1), State("a", 2)] } },
        { "/overdueStates/0/code", Standard with { OverdueStates = [State("A b", 1)] } },
        { "/overdueStates/0", Standard with { OverdueStates = [State("a", null)] } },
        { "/overdueStates/0/retryDays", Standard with { OverdueStates = [State("a", 1) with { RetryDays = [-1] }] } },
        { "/overdueStates/0/escalateTo", Standard with { OverdueStates = [Escalating(EscalationTarget.Legal)] } },
        {
            "/overdueStates/0/escalateTo",
            Standard with { OverdueStates = [Escalating((EscalationTarget)9, OverdueAction.Escalate)] }
        },
    };

    private static CollectionPolicyDefined PreDue(int days, params Money[] amounts) =>
        Standard with { Worklist = StandardPolicy.Weights with { PreDue = new(days, amounts) } };

    [Fact]
    public void the_standard_policy_is_one_that_may_be_laid_down_and_saying_it_again_is_nothing()
    {
        Spec.Given().When(policy => CollectionPolicyDecider.Define(policy, Standard)).Then(Standard);
        Spec.Given(Standard).When(policy => CollectionPolicyDecider.Define(policy, StandardPolicy.For("US01")))
            .ThenNothing();
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void what_makes_no_sense_is_refused_where_it_stands(string field, CollectionPolicyDefined wish) =>
        Spec.Given().When(policy => CollectionPolicyDecider.Define(policy, wish)).ThenRefused("invalid-policy")
            .Field.ShouldBe(field);

    [Fact]
    public void a_country_without_rules_goes_by_those_for_all_others()
    {
        var policy = Contact("US", StandardPolicy.RegulationF);

        policy.ContactIn("US").ShouldBe(StandardPolicy.RegulationF);
        policy.ContactIn("MX").ShouldBe(StandardPolicy.Contact);
        policy.ContactIn(null).ShouldBe(StandardPolicy.Contact);
        policy.Routing("tax").Team.ShouldBe("tax");
        policy.Routing("never-heard-of").Team.ShouldBe("receivables");
    }

    private static ContactRules Rules() => StandardPolicy.Contact;

    private static CollectionPolicyDefined Contact(string country, ContactRules rules) => Standard with
    {
        Contact = new Dictionary<string, ContactRules>(Standard.Contact) { [country] = rules },
    };

    private static Dictionary<string, DisputeRouting> Routes(string reason) => new() { [reason] = new("team", 0) };

    private static OverdueStateRule Escalating(EscalationTarget target, params OverdueAction[] actions) =>
        State("a", 1) with { EscalateTo = target, Actions = actions };

    private static OverdueStateRule State(string code, int? days) => new(code, null, [], days, null, null, [], []);
}
