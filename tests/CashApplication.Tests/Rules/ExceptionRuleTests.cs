using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-11: rules for payments too short and too long, each up to an amount and a percentage.</summary>
public sealed class Exception_rules
{
    private static MatchPolicy Policy(params ExceptionRule[] rules) =>
        MatchPolicy.Default with { ExceptionRules = rules };

    private static ExceptionRule Under(ExceptionAction action, decimal amount = 5m, decimal percent = 5m) =>
        new(ExceptionKind.Under, new Tolerance([Usd(amount)], percent), action);

    private static ExceptionRule Over(ExceptionAction action, decimal amount = 5m, decimal percent = 5m) =>
        new(ExceptionKind.Over, new Tolerance([Usd(amount)], percent), action);

    private static MatchResult Paid(decimal amount, decimal open, params ExceptionRule[] rules) =>
        Match(Pay(amount, "INV-1001"), [Item("INV-1001", open)], Policy(rules));

    /// <summary>Four of a hundred are little by both measures; four of ten are not.</summary>
    [Theory]
    [InlineData(96, 100, true)]
    [InlineData(6, 10, false)]
    public void give_up_what_is_little_by_amount_and_percent(int paid, int open, bool isGivenUp) =>
        Paid(paid, open, Under(ExceptionAction.WriteOff)).Chosen.ShouldNotBeNull().Lines.Single().Difference
            .ShouldBe(isGivenUp ? Usd(open - paid) : null);

    [Fact]
    public void tell_too_short_from_too_long()
    {
        ExceptionRule[] rules = [Under(ExceptionAction.WriteOff), Over(ExceptionAction.OnAccount, 50m, 50m)];
        Paid(96m, 100m, rules).Chosen!.Lines.Single().Difference.ShouldBe(Usd(4m));
        Paid(104m, 100m, rules).Chosen!.Rest.ShouldBe(RestTreatment.OnAccount);
        Paid(200m, 100m, rules).Chosen!.Rest.ShouldBe(RestTreatment.Unapplied);
    }

    /// <summary>The tolerance holds for the kind of difference that no rule is about.</summary>
    [Fact]
    public void leave_the_other_kind_to_the_tolerance()
    {
        var policy = Policy(Over(ExceptionAction.Person)) with { Tolerance = new Tolerance([Usd(5m)], 5m) };
        Match(Pay(96m, "INV-1001"), [Item("INV-1001", 100m)], policy).Chosen!.Lines.Single().Difference
            .ShouldBe(Usd(4m));
        var over = Match(Pay(104m, "INV-1001"), [Item("INV-1001", 100m)], policy);
        over.Chosen!.Rest.ShouldBe(RestTreatment.Unapplied);
        over.Aside!.Detail.ShouldBe("4.00 USD are too much; the policy leaves that to a person.");
    }

    [Fact]
    public void hold_in_their_order()
    {
        ExceptionRule[] rules =
        [
            Under(ExceptionAction.WriteOff, 1m, 1m),
            Under(ExceptionAction.Claim, 100m, 30m) with { ReasonCode = "price" },
            Under(ExceptionAction.Person, 1000m, 100m),
        ];
        Paid(99m, 100m, rules).Chosen!.Lines.Single().Difference.ShouldBe(Usd(1m));
        Paid(80m, 100m, rules).Chosen!.Lines.Single().Deduction.ShouldBe(new Deduction(Usd(20m), "price"));
        var person = Paid(40m, 100m, rules);
        person.Chosen.ShouldBeNull();
        person.Suggestions[0].Reasons.ShouldContain("The policy leaves such a difference to a person.");
    }

    [Fact]
    public void suggest_what_a_person_is_to_review()
    {
        var match = Paid(96m, 100m, Under(ExceptionAction.WriteOff) with { Review = true });
        match.Chosen.ShouldBeNull();
        match.Suggestions[0].Lines.Single().Difference.ShouldBe(Usd(4m));
        var over = Paid(104m, 100m, Over(ExceptionAction.WriteOff) with { Review = true });
        over.Chosen!.Rest.ShouldBe(RestTreatment.Unapplied);
        over.Aside!.Reason.ShouldBe(AsideReasons.Remainder);
    }

    /// <summary>A low bar lets no machine pass it, and a high one hides no person's work.</summary>
    [Theory]
    [InlineData(0.60, 0.50)]
    [InlineData(0.80, 0.80)]
    [InlineData(0.97, 0.95)]
    public void leave_to_a_person_what_is_theirs_by_any_thresholds(double apply, double suggest)
    {
        var policy = Policy(Under(ExceptionAction.WriteOff) with { Review = true }) with
        {
            AutoApplyThreshold = (decimal)apply,
            SuggestThreshold = (decimal)suggest,
        };
        var match = Match(Pay(96m, "INV-1001"), [Item("INV-1001", 100m)], policy);
        match.Chosen.ShouldBeNull();
        match.Suggestions[0].IsForPerson.ShouldBeTrue();
        match.Suggestions[0].Lines.Single().Difference.ShouldBe(Usd(4m));
    }

    [Fact]
    public void put_what_is_to_be_paid_back_into_a_queue_of_its_own()
    {
        var match = Paid(150m, 100m, Over(ExceptionAction.Refund, 100m, 100m));
        match.Paid().ShouldBe([("INV-1001", 100m)]);
        match.Aside.ShouldBe(new Aside(
            AsideReasons.ToRefund, "50.00 USD are too much, and to be paid back by the policy."));
    }

    [Fact]
    public void give_up_no_more_than_the_policy_and_its_limits_allow()
    {
        Refused(Under(ExceptionAction.WriteOff, 5m, 11m));
        Refused(Under(ExceptionAction.Refund));
        Refused(Under(ExceptionAction.OnAccount));
        Refused(Over(ExceptionAction.Claim));
        Refused(Under(ExceptionAction.Claim) with { ReasonCode = "weather" });
        Refused(Over(ExceptionAction.WriteOff, 60m), [Usd(50m)]);
        Define(Over(ExceptionAction.WriteOff, 50m), [Usd(50m)]).IsRefused.ShouldBeFalse();

        // Without limits of their own a person may give up what the tolerance allows.
        Refused(Under(ExceptionAction.WriteOff, 5m));
        Refused(Under(ExceptionAction.WriteOff, 5m), null, 4.99m);
        Define(Under(ExceptionAction.WriteOff, 5m), null, 5m).IsRefused.ShouldBeFalse();

        static void Refused(ExceptionRule rule, Money[]? limits = null, decimal? tolerance = null) =>
            Define(rule, limits, tolerance).Refusal.ShouldNotBeNull().Field.ShouldBe("/exceptionRules");

        static Kernel.Decision Define(ExceptionRule rule, Money[]? limits, decimal? tolerance = null) =>
            CashPolicyDecider.Define(CashPolicies.Initial, "US01", Policy(rule) with
            {
                WriteOffLimits = limits,
                Tolerance = tolerance is { } most ? new Tolerance([Usd(most)], 5m) : null,
            });
    }
}
