using System.Collections.Immutable;
using System.Text.Json;
using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-06: what evidence is worth is data of the rule set, and every explanation tells it.</summary>
public sealed class Weights_of_evidence
{
    private static RuleSet Weighing(params EvidenceWeight[] weights) =>
        RuleSet.Standard with { Code = "OURS", Weights = weights };

    [Fact]
    public void are_known_of_all_evidence() => Enum.GetValues<Evidence>()
        .ShouldAllBe(evidence => RuleSet.Standard.WeightOf(evidence) >= 0m
            && RuleSet.Standard.WeightOf(evidence) < 1m);

    [Fact]
    public void are_told_reason_by_reason()
    {
        var chosen = Match(Pay(100m, "INV-1001"), [Item("INV-1001", 100m)], Globex).Chosen.ShouldNotBeNull();
        var scoring = chosen.Scoring.ShouldNotBeNull();
        (scoring.RuleSet, scoring.Version).ShouldBe(("STANDARD", 0));
        chosen.Reasons.Zip(scoring.Weights).ShouldBe(
        [
            ("The payer names INV-1001.", 0.90m), ("The amount is its balance of 100.00 USD.", 0.90m),
            ("The money comes from an account the customer has paid from.", 0.60m),
        ]);
        chosen.Confidence.ShouldBe(1 - scoring.Weights.Aggregate(1m, (doubt, weight) => doubt * (1 - weight)));
    }

    [Fact]
    public void decide_what_is_applied_without_a_person()
    {
        Candidate[] items = [Item("INV-1001", 100m)];
        Match(Pay(100m, ""), items, MatchPolicy.Default).Chosen.ShouldNotBeNull();
        var doubting = Match(
            Pay(100m, ""), items, MatchPolicy.Default,
            Weighing(new EvidenceWeight(Evidence.OnlyItem, 0.50m), new EvidenceWeight(Evidence.PayerAccount, 0.40m)));
        doubting.Chosen.ShouldBeNull();
        doubting.Suggestions[0].Confidence.ShouldBe(0.70m);
        doubting.Suggestions[0].Scoring!.RuleSet.ShouldBe("OURS");
    }

    /// <summary>What tells a fit from a better one does not move with what a rule set holds them worth.</summary>
    [Fact]
    public void do_not_change_what_is_looked_for()
    {
        Candidate[] items = [Item("INV-1001", 100m), Item("INV-1002", 40m)];
        EvidenceWeight[] none = [new(Evidence.WholeAmount, 0m), new(Evidence.InvoiceNumber, 0m)];
        var trusting = Match(Pay(140m, "INV-1001 INV-1002"), items, MatchPolicy.Default);
        var doubting = Match(
            Pay(140m, "INV-1001 INV-1002"), items, MatchPolicy.Default with { SuggestThreshold = 0m }, Weighing(none));
        doubting.CustomerId.ShouldBe(trusting.CustomerId);
        doubting.Suggestions.ShouldContain(one => one.Key == trusting.Chosen!.Key);
    }

    /// <summary>What a rule set holds worth little does not tell whose money it is; what is settled stays so.</summary>
    [Fact]
    public void decide_who_paid_for_certain()
    {
        Candidate[] items = [Item("INV-1001", 100m)];
        Match(Pay(55m, ""), items, MatchPolicy.Default).CustomerId.ShouldBe(Globex);
        var distrusting = Weighing(
            new EvidenceWeight(Evidence.PayerAccount, 0.30m), new EvidenceWeight(Evidence.KnownCustomer, 0m));
        var match = Match(Pay(55m, ""), items, MatchPolicy.Default, distrusting);
        (match.CustomerId, match.Aside!.Reason).ShouldBe((null, AsideReasons.Unidentified));
        Match(Pay(55m, "") with { CustomerId = Globex }, items, MatchPolicy.Default, distrusting)
            .CustomerId.ShouldBe(Globex);
    }

    /// <summary>One rule set weighs all of an explanation, that of the item, where its payer has another.</summary>
    [Fact]
    public void are_those_of_the_rule_set_that_is_told()
    {
        var ours = Weighing(new EvidenceWeight(Evidence.PayerAccount, 0.99m));
        CustomerCandidate[] customers =
        [
            new(Globex, "CUST-US01-000001", "Globex Corporation"),
            new(Initech, "CUST-US01-000002", "Initech LLC", RuleSet: "OURS", MayPayFor: [Globex]),
        ];
        var scoring = Matcher.Match(
            Pay(100m, "INV-1001"),
            new MatchFacts([Item("INV-1001", 100m)], customers, [new KnownPayer(PayerTrait.Account, Account, Initech)]),
            new MatchSettings(MatchPolicy.Default, ImmutableDictionary<string, RuleSet>.Empty.Add("OURS", ours)))
            .Chosen.ShouldNotBeNull().Scoring.ShouldNotBeNull();
        (scoring.RuleSet, scoring.Weights[2]).ShouldBe(("STANDARD", 0.60m));
    }

    [Fact]
    public void are_kept_with_the_decision_and_its_version()
    {
        var policies = CashPolicies.Initial;
        foreach (var weight in new[] { 0.80m, 0.85m })
        {
            policies = CashPolicyDecider
                .Define(policies, "US01", Weighing(new EvidenceWeight(Evidence.InvoiceNumber, weight)))
                .Events.Aggregate(policies, CashPolicies.Evolve);
        }

        var settings = policies.Settings(MatchPolicy.Default with { RuleSet = "OURS" });
        var match = Matcher.Match(Pay(100m, "INV-1001"), With([Item("INV-1001", 100m)], Globex), settings);
        var matching = new ReceiptMatching(null!, new CashPolicy(), TimeProvider.System);
        var recorded = ReceiptDecider.Record(
            Receipt.Initial, Command(customer: Customer), matching.DecisionOf(match)).Events;
        var asked = recorded.OfType<AllocationsRequested>().Single();
        asked.Scoring.ShouldNotBeNull().ShouldSatisfyAllConditions(
            scoring => (scoring.RuleSet, scoring.Version).ShouldBe(("OURS", 2)),
            scoring => scoring.Weights[0].ShouldBe(0.85m));

        var stored = JsonSerializer.Serialize(asked, Json.Stored);
        JsonSerializer.Deserialize<AllocationsRequested>(stored, Json.Stored)!.Scoring!.Weights
            .ShouldBe(asked.Scoring.Weights);
        JsonSerializer.Serialize(asked with { Scoring = null }, Json.Stored).ShouldNotContain("Scoring");
    }

    [Fact]
    public void are_refused_where_they_make_no_sense()
    {
        Refused(new EvidenceWeight(Evidence.OnlyItem, 1m));
        Refused(new EvidenceWeight(Evidence.OnlyItem, -0.01m));
        Refused(new EvidenceWeight((Evidence)999, 0.5m));
        Refused(new EvidenceWeight(Evidence.OnlyItem, 0.5m), new EvidenceWeight(Evidence.OnlyItem, 0.6m));
        Refused([null!]);

        static void Refused(params EvidenceWeight[] weights) => CashPolicyDecider
            .Define(CashPolicies.Initial, "US01", Weighing(weights)).Refusal.ShouldNotBeNull().Field
            .ShouldBe("/weights");
    }
}
