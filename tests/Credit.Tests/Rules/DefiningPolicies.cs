using System.Text.Json;
using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class DefiningPolicies
{
    private static readonly CreditPolicy Standard = StandardPolicy.Value;

    private static DeciderSpec<PolicyBook> Books { get; } = new(PolicyBook.Initial, PolicyBook.Evolve);

    [Fact]
    public void an_entity_begins_with_the_standard_policy_once()
    {
        Books.Given().When(book => PolicyDecider.Begin(book, "US01")).Then(new PolicyDefined("US01", 1, Standard));
        Books.Given(new PolicyDefined("US01", 1, Standard)).When(book => PolicyDecider.Begin(book, "US01"))
            .ThenNothing();
    }

    [Fact]
    public void policies_are_numbered_and_the_same_again_is_nothing()
    {
        var other = Standard with { Limits = Standard.Limits with { RoundTo = 1 } };
        var past = Books.Given(new PolicyDefined("US01", 1, Standard));
        past.When(book => PolicyDecider.Define(book, "US01", other)).Then(new PolicyDefined("US01", 2, other));
        past.When(book => PolicyDecider.Define(book, "US01", Read(Standard))).ThenNothing();
    }

    [Fact]
    public void the_standard_policy_is_one_that_could_be_defined() => PolicyCheck.Fault(Standard).ShouldBeNull();

    [Fact]
    public void the_standard_weights_make_a_hundred() =>
        Standard.Scorecard.Factors.Sum(factor => factor.Weight).ShouldBe(100);

    public static TheoryData<string, CreditPolicy> Wrong => new()
    {
        { "/orders/rules", Orders(new BlockingRule("weather")) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.DaysOverdue)) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.OrderAmount)) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.DunningLevel)) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.CustomerStatus)) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.Terms)) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.Terms, Values: ["NET 30", "WHENEVER"])) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.Terms, Values: [null!])) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.Terms, Values: [.. Enumerable.Repeat("EOM", 201)])) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.NoLimit, new RuleScope())) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.NoLimit, new RuleScope([Customer], ["a"]))) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.OverLimit, Percent: -1)) },
        { "/orders/exclusions", Without(new RuleExclusion("")) },
        { "/orders/exclusions", Without(new RuleExclusion("x", Rules: ["y"])) },
        { "/", Standard with { Orders = Standard.Orders with { GraceDays = -1 } } },
        {
            "/orders/graceAtLaterPoints",
            Standard with { Orders = Standard.Orders with { GraceDays = null, GraceAtLaterPoints = true } }
        },
        { "/orders/mostReleaseDays", Standard with { Orders = Standard.Orders with { MostReleaseDays = 29 } } },
        { "/applications/escalateTo", Standard with { Applications = Standard.Applications with { EscalateTo = "" } } },
        {
            "/terms/lossPercent",
            Standard with { Terms = new(8, LossPercent: new Dictionary<string, decimal> { ["Q"] = 1 }) }
        },
        { "/applications/sales", Mailing("sales") },
        { "/applications/sales", Mailing("Sales <sales@contoso.example>") },
        { "/applications/sales", Mailing("sales@contoso.example\r\nBcc: eve@contoso.example") },
        { "/applications/sales", Mailing("sales@contoso.example, eve@contoso.example") },
        { "/applications/sales", Mailing("sales@contoso.example", "nobody@") },
        { "/applications/sales", Mailing("sales@contoso.example", language: "de") },
        { "/applications/sales", Mailing("sales@contoso.example", language: "es", reader: "other@contoso.example") },
        { "/applications/sales", Mailing("sales..retail@contoso.example") },
        { "/applications/sales", Mailing("größe@contoso.example") },
        { "/applications/sales", Mailing(".sales@contoso.example") },
        { "/applications/sales", Mailing("sales@contoso..example") },
        { "/limits", Standard with { Limits = Standard.Limits with { RoundTo = 0 } } },
        { "/limits/classes", Standard with { Limits = Standard.Limits with { Classes = [] } } },
        { "/applications", Standard with { Applications = Standard.Applications with { DeclineBelow = 99 } } },
        { "/scorecard/factors", Card(card => card with { Factors = [] }) },
        { "/scorecard/factors", Card(card => card with { Factors = [new("shoe-size", 1, [new(null, 1)])] }) },
        { "/scorecard/factors", Card(card => card with { Factors = [new("x-industry", 1, [])] }) },
        { "/scorecard/factors", Card(card => card with { Factors = [new("x-Industry", 1, [new(null, 1)])] }) },
        {
            "/limits/segments",
            Standard with { Limits = Standard.Limits with { Segments = [new SegmentFormula("retail", [])] } }
        },
        { "/limits/classes", Caps() },
        { "/limits/classes", Caps(new SizeCap(1, 1)) },
        { "/limits/classes", Caps(new SizeCap(0, 1), new SizeCap(0, 2)) },
        { "/limits/classes", Caps(new SizeCap(0, 1_000_000)) },
        { "/limits/classes", Caps(new SizeCap(0, -1)) },
        { "/scorecard/factors", Card(card => card with { Factors = [new(FactorCodes.Paydex, 1, [new(5, 1)])] }) },
        { "/scorecard/factors", Card(card => card with
            {
                Factors = [new(FactorCodes.Paydex, 1, [new(null, 1), new(5, 1), new(5, 2)])],
            })
        },
        { "/scorecard/classes", Card(card => card with { Classes = [new("A", 50)] }) },
        { "/limits/classes", Standard with
            {
                Limits = Standard.Limits with { Classes = [.. Standard.Limits.Classes, new("Z", 1, 1)] },
            }
        },
        { "/applications/knockOuts", Standard with
            {
                Applications = Standard.Applications with { KnockOuts = ["bankrupcty"] },
            }
        },
        { "/holds/declining", Standard with { Holds = Standard.Holds with { Declining = ["sanction"] } } },
        { "/reviews/days", Standard with
            {
                Reviews = Standard.Reviews with { Days = new Dictionary<string, int> { ["F"] = 9 } },
            }
        },
        { "/terms/maxDays", Standard with { Terms = new(8, new Dictionary<string, int> { ["a"] = 9 }) } },
        { "/applications/checklists", Checklist("audit", new ChecklistPoint("a", "b")) },
        { "/applications/checklists", Checklist("review", new ChecklistPoint("a", "b"), new ChecklistPoint("a", "c")) },
        { "/applications/checklists", Checklist("application", null!) },
        { "/applications/checklists", Checklist("application", [null!]) },
        { "/", Standard with { Applications = Standard.Applications with { RefreshDays = 0 } } },
        { "/", Standard with { Holds = Standard.Holds with { ReleaseDays = 367 } } },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.RiskClass, Values: ["F"])) },
        { "/orders/rules", Orders(new BlockingRule(RuleCodes.CustomerStatus, Values: ["dead"])) },
        { "/scorecard/classes", Card(card => card with { Classes = [new("A", 50), new("B", 60), new("C", 0)] }) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void a_policy_that_cannot_be_applied_is_refused(string field, CreditPolicy policy) =>
        Books.Given().When(book => PolicyDecider.Define(book, "US01", policy)).ThenRefused("invalid-policy")
            .Field.ShouldBe(field);

    [Fact]
    public void orders_may_wait_at_any_terms_that_can_be_read() => PolicyCheck.Fault(
        Orders(new BlockingRule(RuleCodes.Terms, Values: ["NET 90", "2/10 net 30", "EOM + 15"]))).ShouldBeNull();

    [Theory]
    [InlineData("sales+credit@contoso.example")]
    [InlineData("sales@mailhost")]
    public void decisions_are_mailed_to_bare_addresses(string address) =>
        PolicyCheck.Fault(Mailing(address, address)).ShouldBeNull();

    [Fact]
    public void a_policy_reads_as_it_was_written() =>
        JsonSerializer.Serialize(Read(Standard), Json.Stored).ShouldBe(JsonSerializer.Serialize(Standard, Json.Stored));

    private static CreditPolicy Read(CreditPolicy policy) =>
        JsonSerializer.Deserialize<CreditPolicy>(JsonSerializer.Serialize(policy, Json.Wire), Json.Wire)!;

    private static CreditPolicy Checklist(string kind, params ChecklistPoint[] points) => Standard with
    {
        Applications = Standard.Applications with
        {
            Checklists = new Dictionary<string, IReadOnlyList<ChecklistPoint>> { [kind] = points },
        },
    };

    private static CreditPolicy Mailing(
        string address, string? retail = null, string? language = null, string? reader = null)
    {
        var sales = new SalesAddresses(
            address, retail is null ? null : new Dictionary<string, string> { ["retail"] = retail },
            language is null ? null : new Dictionary<string, string> { [reader ?? address] = language });
        return Standard with { Applications = Standard.Applications with { Sales = sales } };
    }

    private static CreditPolicy Caps(params SizeCap[] caps) => Standard with
    {
        Limits = Standard.Limits with
        {
            Classes = [.. Standard.Limits.Classes.Select(one => one with { Cap = 500_000, Caps = caps })],
        },
    };

    private static CreditPolicy Orders(BlockingRule rule) =>
        Standard with { Orders = Standard.Orders with { Rules = [rule] } };

    private static CreditPolicy Without(RuleExclusion exclusion) =>
        Standard with { Orders = Standard.Orders with { Exclusions = [exclusion] } };

    private static CreditPolicy Card(Func<ScorecardPolicy, ScorecardPolicy> card) =>
        Standard with { Scorecard = card(Standard.Scorecard) };
}
