using System.Text.Json;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class AssessingCases
{
    private static readonly NumberedPolicy Policy = new(1, StandardPolicy.Value);

    private static readonly BureauReport Good = new("123", "Globex", 88, 590, 80, 250_000, "USD", 1998, []);

    private static readonly Consultation Full = new(ConsultationStatus.Found, Invoice, Today, Good, "");

    private static readonly CustomerFacts Known = new(
        Today, "US", Today.AddYears(-6), Good, null, new Behaviour(-2, 98, 0, 0, 50_000, Today.AddDays(-3)));

    private static readonly CaseFacts Request = new(
        Assessor.Application, Usd(20_000), null, "NET 30", "USD", [], null, "USD", null);

    [Fact]
    public void a_good_customer_gets_what_it_asks_for_without_a_person() =>
        Assess(Request, Known).Recommendation.ShouldBe(Recommendation.Approve);

    /// <summary>Figures beyond every amount are a person's: a case that cannot be worked out holds up no others.
    /// </summary>
    [Fact]
    public void what_cannot_be_worked_out_is_referred_and_the_same_when_it_is_made_again()
    {
        var policy = new NumberedPolicy(2, StandardPolicy.Value with
        {
            Limits = StandardPolicy.Value.Limits with
            {
                Classes = [.. StandardPolicy.Value.Limits.Classes.Select(one => one with { Cap = 100_000_000_000 })],
            },
        });
        var dong = Request with
        {
            RequestedLimit = Money.Of(1_000, "VND"),
            Currency = "VND",
            Rates = new Dictionary<string, DatedRate> { ["VND"] = new(0.00004m, Today) },
        };
        var nothing = Known with { Report = Good with { MaxCredit = null }, Behaviour = Behaviour.None };
        var uncapped = Assessor.Assess(policy, dong, nothing, Full);
        (uncapped.Recommendation, uncapped.Recommended).ShouldBe((Recommendation.Refer, null));

        var giant = Known with { Financials = new Financials("USD", NetWorth: 900_000_000_000_000_000) };
        var assessment = Assessor.Assess(policy, Request, giant, Full);
        assessment.Recommendation.ShouldBe(Recommendation.Refer);
        assessment.Reasons.Select(one => one.Code).ShouldBe(["assessment-failed"]);
        Assessor.Again(assessment, policy).Reasons.ShouldBe(assessment.Reasons);
    }

    public static TheoryData<string, ConsultationStatus> Doubts => new()
    {
        { "bureau-unavailable", ConsultationStatus.Unavailable },
        { "bureau-not-configured", ConsultationStatus.NotConfigured },
        { "bureau-no-match", ConsultationStatus.NoMatch },
        { "bureau-thin-file", ConsultationStatus.Thin },
    };

    /// <summary>A bureau that is away, or knows nothing, refers the case and never approves it.</summary>
    [Theory]
    [MemberData(nameof(Doubts))]
    public void without_a_full_report_a_person_decides(string reason, ConsultationStatus status)
    {
        var report = status == ConsultationStatus.Thin ? Good : null;
        var assessment = Assessor.Assess(Policy, Request, Known, new Consultation(status, null, null, report, ""));
        assessment.Recommendation.ShouldBe(Recommendation.Refer);
        assessment.Reasons.Select(one => one.Code).ShouldContain(reason);
    }

    /// <summary>CRD-01: while nobody has told which numbers a company has, its name may be another one's.</summary>
    [Fact]
    public void a_report_by_the_name_approves_nothing_before_the_numbers_are_known() =>
        Reasons(Assessor.Assess(Policy, Request, Known, Full with { LacksNumbers = true }))
            .ShouldBe(["company-numbers-unknown"]);

    [Theory]
    [InlineData("bankruptcy")]
    [InlineData("out-of-business")]
    [InlineData("sanctions")]
    [InlineData("fraud")]
    public void a_knock_out_declines_whatever_else_there_is(string finding)
    {
        var report = Good with { Findings = [finding], FailurePercentile = null, DelinquencyScore = null };
        var assessment = Assess(Request, Known with { Report = report });
        assessment.Recommendation.ShouldBe(Recommendation.Decline);
        assessment.Reasons.Select(one => one.Code).ShouldBe([finding]);
    }

    [Fact]
    public void a_bankruptcy_that_is_over_is_for_a_person_and_a_knock_out_where_the_policy_says_so()
    {
        var once = Known with { Report = Good with { Findings = ["past-bankruptcy"] } };
        Reasons(Assess(Request, once)).ShouldBe(["past-bankruptcy"]);
        HoldDecider.Found(Customer, CreditAccount.Initial, ["past-bankruptcy"], Facts).ShouldBeEmpty();
        var strict = Policy with
        {
            Policy = Policy.Policy with
            {
                Applications = Policy.Policy.Applications with { KnockOuts = ["past-bankruptcy"] },
            },
        };
        PolicyCheck.Fault(strict.Policy).ShouldBeNull();
        Assessor.Assess(strict, Request, once, Full with { Report = once.Report }).Recommendation
            .ShouldBe(Recommendation.Decline);
    }

    [Fact]
    public void a_hold_for_fraud_is_a_knock_out_and_one_for_past_due_is_not()
    {
        Assess(Request with { Holds = ["fraud"] }, Known).Recommendation.ShouldBe(Recommendation.Decline);
        Assess(Request with { Holds = ["past-due"] }, Known).Recommendation.ShouldBe(Recommendation.Approve);
    }

    /// <summary>CRD-18: who pays promptly while its failure score has collapsed.</summary>
    [Fact]
    public void prompt_payment_does_not_cloak_a_failing_company() =>
        Reasons(Assess(Request, Known with { Report = Good with { FailurePercentile = 9 } })).ShouldBe(["cloaking"]);

    [Fact]
    public void all_doubts_come_at_once() =>
        Reasons(Assess(
            Request with { RequestedLimit = Usd(90_000), RequestedTerms = "NET 60", AgreedTerms = "NET 10" },
            Known with { Behaviour = Known.Behaviour with { MonthlyBilling = 1_000 } }))
            .ShouldBe(["terms-requested", "above-automatic-limit", "above-formula"]);

    [Fact]
    public void too_little_knowledge_is_no_score() =>
        Reasons(Assess(Request, Known with { Behaviour = Behaviour.None })).ShouldContain("coverage");

    [Fact]
    public void a_score_in_between_is_for_a_person_and_one_too_low_is_declined()
    {
        var fair = Known with
        {
            Report = Good with { FailurePercentile = 40, DelinquencyScore = 420, Paydex = 60 },
            Behaviour = new Behaviour(20, 60, 1, 0, 50_000, Today),
        };
        Reasons(Assess(Request, fair)).ShouldBe(["score-in-between"]);
        var poor = Known with
        {
            Report = Good with { FailurePercentile = 3, DelinquencyScore = 150, Paydex = 30 },
            Behaviour = new Behaviour(70, 10, 5, 3, 50_000, Today),
            CustomerSince = Today,
        };
        var declined = Assess(Request, poor);
        (declined.Recommendation, declined.Score.RiskClass).ShouldBe((Recommendation.Decline, "E"));
        Reasons(declined).ShouldBe(["score-too-low"]);
        Assess(Request with { Kind = Assessor.Review }, poor).Recommendation
            .ShouldBe(Recommendation.Refer, "nobody loses the limit it has without a person");
    }

    [Fact]
    public void a_review_that_finds_a_worse_class_is_for_a_person()
    {
        var review = Request with { Kind = Assessor.Review, RiskClass = "A" };
        var worse = Known with { Report = Good with { FailurePercentile = 20, DelinquencyScore = 320 } };
        Reasons(Assess(review, worse)).ShouldBe(["worsened-class"]);
        Assess(review, Known).Recommendation.ShouldBe(Recommendation.Approve);
    }

    /// <summary>I-19: what the limit was changed to since is not undone by the policy; of before it is not known.
    /// </summary>
    [Fact]
    public void a_case_that_began_with_another_limit_is_for_a_person()
    {
        var review = Request with { Kind = Assessor.Review, Limit = Usd(20_000), LimitBefore = Usd(20_000) };
        Assess(review, Known).Recommendation.ShouldBe(Recommendation.Approve);
        foreach (var changed in new[] { Usd(5_000), Usd(20_001), Usd(0) })
            Reasons(Assess(review with { Limit = changed }, Known)).ShouldBe(["limit-changed"]);
        Assess(review with { Limit = null }, Known).Recommendation.ShouldBe(Recommendation.Approve);
        Assess(review with { LimitBefore = null }, Known).Recommendation.ShouldBe(Recommendation.Approve);
    }

    /// <summary>I-19: who lets a limit end earlier has lessened credit, and no policy gives it back.</summary>
    [Fact]
    public void a_case_whose_limit_has_another_last_day_by_now_is_for_a_person()
    {
        var review = Request with { Kind = Assessor.Review, Limit = Usd(20_000), LimitBefore = Usd(20_000) };
        Reasons(Assess(review with { LimitUntil = Today.AddDays(1) }, Known)).ShouldBe(["limit-changed"]);
        Reasons(Assess(review with { LimitUntilBefore = Today.AddDays(90) }, Known)).ShouldBe(["limit-changed"]);
        Assess(review with { LimitUntil = Today.AddDays(9), LimitUntilBefore = Today.AddDays(9) }, Known)
            .Recommendation.ShouldBe(Recommendation.Approve);
    }

    /// <summary>CRD-15: a class that a case worsens is explained like one that a rescoring does.</summary>
    [Fact]
    public void a_case_that_finds_a_worse_class_says_what_has_moved_the_score()
    {
        var review = new ApplicationSubmitted(
            Assessor.Review, Customer, "US01", "Globex", Usd(20_000), null, null, "It is due.", "credit");
        var found = Assess(
            Request with { Kind = Assessor.Review, RiskClass = "A" },
            Known with { Report = Good with { FailurePercentile = 20, DelinquencyScore = 320 } });
        var account = CreditAccount.Evolve(
            CreditAccount.Initial, new RiskAssessed(90, "A", 1, "rescoring", null, null, null));
        var known = RiskFactors.Of(Assess(Request, Known).Score);

        var risk = CaseEffects.Of(Invoice, review, account, found, [], Facts, known).OfType<RiskAssessed>().Single();

        risk.IsWorse.ShouldBeTrue();
        risk.Moved!.Select(move => move.Code).Order().ShouldBe(
            new[] { FactorCodes.BureauFailure, FactorCodes.BureauDelinquency }.Order());
        CaseEffects.Of(Invoice, review, account, found, [], Facts).OfType<RiskAssessed>().Single()
            .Moved.ShouldBeNull();
    }

    [Fact]
    public void other_currencies_are_judged_at_the_rate_of_the_day()
    {
        var request = Request with
        {
            Currency = "EUR",
            RequestedLimit = Eur(40_000),
            Rates = new Dictionary<string, DatedRate> { ["EUR"] = new(1.25m, Today) },
        };
        Assess(request, Known).Recommended.ShouldBe(Eur(100_000));
        Reasons(Assess(request with { RequestedLimit = Eur(40_001) }, Known)).ShouldBe(["above-automatic-limit"]);
        Reasons(Assess(request with { Rates = null }, Known)).ShouldContain("no-exchange-rate");
    }

    /// <summary>
    /// CRD-18: a decision is made again from what it kept, under its own policy and under another one.
    /// </summary>
    [Fact]
    public void an_assessment_that_was_kept_is_made_again()
    {
        var kept = JsonSerializer.Deserialize<Assessment>(
            JsonSerializer.Serialize(Assess(Request, Known), Json.Stored), Json.Stored)!;
        Text(Assessor.Again(kept, Policy)).ShouldBe(Text(kept));

        var strict = new NumberedPolicy(2, StandardPolicy.Value with
        {
            Applications = StandardPolicy.Value.Applications with { ApproveUpTo = 19_999 },
        });
        Reasons(Assessor.Again(kept, strict)).ShouldBe(["above-automatic-limit"]);
    }

    private static Assessment Assess(CaseFacts request, CustomerFacts facts) => Assessor.Assess(
        Policy, request, facts, Full with { Report = facts.Report });

    private static IEnumerable<string> Reasons(Assessment assessment) => assessment.Reasons.Select(one => one.Code);

    private static string Text(Assessment assessment) => JsonSerializer.Serialize(assessment, Json.Stored);
}
