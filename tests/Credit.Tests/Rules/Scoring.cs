using System.Globalization;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class Scoring
{
    private static readonly ScorecardPolicy Card = StandardPolicy.Value.Scorecard;

    private static readonly BureauReport Report =
        new("123", "Globex", 88, 590, 80, 250_000, "USD", 1998, []);

    private static readonly Behaviour Prompt = new(-2, 98, 0, 0, 10_000, Today.AddDays(-3));

    [Fact]
    public void who_is_known_well_and_pays_promptly_is_in_the_best_class()
    {
        var score = Score(Facts(Report, Prompt));
        (score.RiskClass, score.Coverage).ShouldBe(("A", 80));
        score.Score!.Value.ShouldBeGreaterThan(80);
        score.Behaviour.ShouldBe(100);
        score.Factors.Sum(factor => factor.Part).ShouldBe(score.Score.Value, tolerance: 0.5m);
    }

    /// <summary>What factors have moved by sums up to what the score has moved by.</summary>
    [Fact]
    public void what_has_moved_a_score_is_named_by_how_much_it_has_moved_it()
    {
        var before = Score(Facts(Report, Prompt));
        var late = Score(Facts(Report, Prompt with { DaysBeyondTerms = 45, OnTimePercent = 90 }));

        var moved = RiskFactors.Moved(Card, RiskFactors.Of(before), late);

        moved.Select(move => (move.Code, move.From, move.To)).ShouldBe(
            [(FactorCodes.DaysBeyondTerms, "-2", "45"), (FactorCodes.OnTimePercent, "98", "90")]);
        moved.Sum(move => move.By).ShouldBe(late.Score!.Value - before.Score!.Value, tolerance: 1);
        RiskFactors.Moved(Card, RiskFactors.Of(before), before).ShouldBeEmpty();

        // A factor that is heard of for the first time takes weight from all others.
        RiskFactors.Moved(Card, [], late).Count.ShouldBe(3);
        RiskFactors.Of(before).Select(factor => factor.Code).ShouldNotContain(FactorCodes.Liquidity);
    }

    /// <summary>CRD-01: no score is not the worst score.</summary>
    [Fact]
    public void what_is_not_known_is_left_out_and_never_counts_as_the_worst()
    {
        var known = Score(Facts(Report, Behaviour.None));
        var half = Score(Facts(Report with { FailurePercentile = null }, Behaviour.None));
        half.Factors.Single(factor => factor.Code == FactorCodes.BureauFailure).Points.ShouldBeNull();
        half.Factors.Single(factor => factor.Code == FactorCodes.BureauFailure).Part.ShouldBe(0);
        known.Coverage.ShouldBe(50);
        half.Coverage.ShouldBe(35);
    }

    /// <summary>CRD-02: a policy has factors of its own, words or numbers; what nobody declares is not known.</summary>
    [Theory]
    [InlineData("mining", "12.5", 55, 100)]
    [InlineData("bakery", "9", 60, 100)]
    [InlineData("mining", "many", 10, 50)]
    [InlineData(null, "10", 100, 50)]
    [InlineData(null, null, null, 0)]
    public void a_policy_may_look_at_factors_of_its_own(string? industry, string? branches, int? points, int coverage)
    {
        var card = new ScorecardPolicy(
            1,
            [
                new ScoreFactor(
                    "x-industry", 1, [], new Dictionary<string, decimal> { ["mining"] = 10, ["*"] = 80 }),
                new ScoreFactor("x-branches", 1, [new(null, 40), new(10, 100)]),
            ],
            [new RiskClass("A", 0)]);
        PolicyCheck.Fault(StandardPolicy.Value with { Scorecard = card with { Classes = Card.Classes } })
            .ShouldBeNull();
        var answers = new Dictionary<string, string>();
        foreach (var (code, answer) in new[] { ("x-industry", industry), ("x-branches", branches) })
        {
            if (answer is not null)
                answers[code] = answer;
        }

        var facts = Facts(Report, Prompt) with { Financials = new Financials("USD", Answers: answers) };
        var score = Scorecard.Score(card, facts.Inputs());
        (score.Score, (int)score.Coverage).ShouldBe((points, coverage));
    }

    /// <summary>CRD-03: a segment may have a formula of its own.</summary>
    [Theory]
    [InlineData("start-ups", 1_000)]
    [InlineData("retail", 90_000)]
    [InlineData(null, 90_000)]
    public void limits_of_a_segment_are_worked_out_by_its_own_formula(string? segment, int limit)
    {
        var classes = StandardPolicy.Value.Limits.Classes;
        var policy = StandardPolicy.Value.Limits with
        {
            Classes = [.. classes.Select(one => one with { Cap = 90_000 })],
            Segments = [new SegmentFormula("start-ups", [.. classes.Select(one => one with { Cap = 1_000 })])],
        };
        LimitFormula.Of(
            policy.For(segment), "A", "NET 30", Facts(null, Behaviour.None), (amount, _) => amount, "USD")
            .Amount.ShouldBe(limit);
    }

    /// <summary>CRD-03: the cap of a class goes by the size of the customer, also in a segment.</summary>
    [Theory]
    [InlineData("2000000", "USD", "9000")]
    [InlineData("1999999.99", "USD", "5000")]
    [InlineData("-3", "USD", "5000")]
    [InlineData("1000000", "EUR", "9000")]
    [InlineData("9000000", "JPY", "5000")]
    [InlineData(null, "USD", "5000")]
    public void caps_of_a_class_go_by_the_size_of_the_customer(string? revenue, string currency, string limit)
    {
        var classes = StandardPolicy.Value.Limits.Classes
            .Select(one => one with { Cap = 9_000, Caps = [new SizeCap(0, 5_000), new SizeCap(2_000_000, 9_000)] });
        var policy = StandardPolicy.Value.Limits with { Segments = [new SegmentFormula("retail", [.. classes])] };
        PolicyCheck.Fault(StandardPolicy.Value with { Limits = policy }).ShouldBeNull();
        var facts = Facts(null, Behaviour.None) with
        {
            Financials = new Financials(
                currency, Revenue: revenue is null ? null : decimal.Parse(revenue, CultureInfo.InvariantCulture)),
        };

        var worked = LimitFormula.Of(policy.For("retail"), "B", null, facts, InBase, "USD");

        worked.Amount.ShouldBe(decimal.Parse(limit, CultureInfo.InvariantCulture));
        worked.Bounds[0].Detail.ShouldBe(revenue is null || currency == "JPY"
            ? "Cap of class B for a revenue that is not known."
            : $"Cap of class B for a revenue of {revenue} {currency}.");
    }

    [Fact]
    public void below_the_minimum_coverage_there_is_no_score_and_no_class()
    {
        var score = Score(Facts(null, Behaviour.None));
        (score.Score, score.RiskClass, score.Behaviour).ShouldBe((null, null, null));
    }

    [Fact]
    public void points_for_not_knowing_are_given_where_the_policy_says_so_and_are_not_knowledge()
    {
        var card = new ScorecardPolicy(
            0,
            [
                new ScoreFactor(FactorCodes.Paydex, 1, [new(null, 100)]),
                new ScoreFactor(FactorCodes.Liquidity, 1, [new(null, 100)], Missing: 0),
            ],
            [new RiskClass("A", 0)]);
        var score = Scorecard.Score(card, Facts(Report, Behaviour.None).Inputs());
        (score.Score, score.Coverage).ShouldBe((50, 50));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 10)]
    [InlineData(14, 10)]
    [InlineData(15, 30)]
    [InlineData(80, 100)]
    [InlineData(100, 100)]
    public void a_band_begins_with_its_first_number(int percentile, int points) =>
        Points(FactorCodes.BureauFailure, Facts(Report with { FailurePercentile = percentile }, Behaviour.None))
            .ShouldBe(points);

    [Theory]
    [InlineData("US", 90)]
    [InlineData("MX", 60)]
    [InlineData("AQ", 50)]
    public void texts_have_points_of_their_own_and_all_others_together(string country, int points) =>
        Points(FactorCodes.Country, Facts(Report, Behaviour.None) with { Country = country }).ShouldBe(points);

    [Fact]
    public void figures_are_ratios_and_a_company_that_owes_more_than_it_owns_is_beyond_every_band()
    {
        var figures = new Financials(
            "USD", null, CurrentAssets: 300, CurrentLiabilities: 200, TotalLiabilities: 500, NetWorth: 250,
            Revenue: 1_000, NetIncome: 80, FoundedYear: 2016);
        var facts = Facts(null, Behaviour.None) with { Financials = figures };
        var inputs = facts.Inputs();
        (inputs[FactorCodes.Liquidity].Number, inputs[FactorCodes.Leverage].Number,
                inputs[FactorCodes.Profitability].Number, inputs[FactorCodes.YearsInBusiness].Number)
            .ShouldBe((1.5m, 2m, 8m, 10m));
        var broke = facts with { Financials = figures with { NetWorth = -10 } };
        Points(FactorCodes.Leverage, broke).ShouldBe(0);
        Points(FactorCodes.Leverage, facts with { Financials = figures with { TotalLiabilities = 0 } }).ShouldBe(100);
    }

    [Fact]
    public void years_as_a_customer_are_whole_ones()
    {
        Years(Today.AddYears(-3)).ShouldBe(3);
        Years(Today.AddYears(-3).AddDays(1)).ShouldBe(2);
        Years(Today.AddDays(1)).ShouldBe(0);

        static decimal? Years(DateOnly since) => (Facts(null, Behaviour.None) with { CustomerSince = since })
            .Inputs()[FactorCodes.YearsAsCustomer].Number;
    }

    [Theory]
    [InlineData(80, "A")]
    [InlineData(79, "B")]
    [InlineData(35, "D")]
    [InlineData(0, "E")]
    public void classes_begin_with_their_first_score(int score, string expected) =>
        Scorecard.ClassOf(Card, score).ShouldBe(expected);

    [Theory]
    [InlineData("A", "B", true)]
    [InlineData("B", "A", false)]
    [InlineData("B", "B", false)]
    [InlineData(null, "E", false)]
    [InlineData("A", null, false)]
    public void a_class_is_worse_than_those_before_it(string? before, string? after, bool isWorse) =>
        Scorecard.IsWorse(Card, before, after).ShouldBe(isWorse);

    [Theory]
    [InlineData("A", null, 250_000)]
    [InlineData("C", null, 100_000)]
    [InlineData("E", null, 0)]
    [InlineData("A", 400_000, 40_000)]
    [InlineData("A", -5_000, 0)]
    public void a_limit_is_the_least_of_cap_worth_and_recommendation(string risk, int? worth, int limit)
    {
        var facts = Facts(Report, Behaviour.None) with
        {
            Financials = worth is null ? null : new Financials("USD", NetWorth: worth),
        };
        Limit(risk, facts, "NET 30").ShouldBe(limit);
    }

    [Fact]
    public void billing_bounds_a_limit_by_the_time_that_terms_give_and_the_factor_of_the_class()
    {
        var facts = Facts(Report, Prompt with { MonthlyBilling = 10_000 });
        Limit("A", facts, "NET 30").ShouldBe(20_000);
        Limit("A", facts, "NET 60").ShouldBe(40_000);
        Limit("B", facts, "NET 30").ShouldBe(15_000);
        Limit("B", facts with { Behaviour = Prompt with { MonthlyBilling = 10_300 } }, "NET 30")
            .ShouldBe(15_000, "limits are whole multiples of 500, rounded down");
    }

    private static CustomerFacts Facts(BureauReport? report, Behaviour behaviour) =>
        new(Today, "US", Today.AddYears(-6), report, null, behaviour);

    private static ScoreResult Score(CustomerFacts facts) => Scorecard.Score(Card, facts.Inputs());

    private static decimal? Points(string code, CustomerFacts facts) =>
        Score(facts).Factors.Single(factor => factor.Code == code).Points;

    private static decimal Limit(string risk, CustomerFacts facts, string terms) => LimitFormula.Of(
        StandardPolicy.Value.Limits, risk, terms, facts, (amount, currency) => currency == "USD" ? amount : null,
        "USD").Amount;

    /// <summary>A euro is worth two dollars, and nobody knows what a yen is worth.</summary>
    private static decimal? InBase(decimal amount, string currency) => currency switch
    {
        "USD" => amount,
        "EUR" => amount * 2,
        _ => null,
    };
}
