namespace OrderToCash.Credit.Policies;

/// <summary>
/// The policy that a legal entity begins with; it is written as its first version, so what was decided under it can be
/// replayed when this one here has changed.
/// </summary>
public static class StandardPolicy
{
    /// <summary>The number of a policy that was never written: that of an entity nobody has told of yet.</summary>
    public const int Unwritten = 0;

    /// <summary>The policy.</summary>
    public static readonly CreditPolicy Value = new(
        new OrderPolicy(
            [
                new BlockingRule(RuleCodes.CustomerStatus, Declines: true, Values: ["terminated", "merged"]),
                new BlockingRule(RuleCodes.CustomerStatus, Values: ["suspended"]),
                new BlockingRule(RuleCodes.NoLimit),
                new BlockingRule(RuleCodes.LimitExpired),
                new BlockingRule(RuleCodes.OverGroupLimit),
                new BlockingRule(RuleCodes.OverLimit, Percent: 100),
                new BlockingRule(RuleCodes.OverSegmentLimit),
                new BlockingRule(RuleCodes.DaysOverdue, Days: 60),
                new BlockingRule(RuleCodes.TermsRaised),
                new BlockingRule(RuleCodes.DiscountRaised),
            ],
            Exclusions: [], GraceDays: null, ReservationDays: 180, ReleaseDays: 30, ReleaseByItself: true),
        new ExposurePolicy(
            Disputed: true, OpenOrders: true, HorizonDays: null, UnappliedCash: true, OpenCredits: false, Secured: true,
            RateDays: 7),
        new HoldPolicy(
            PastDueDays: 90, PastDueAmount: 0, OverLimitPercent: null, OnReturnedPayment: false, OnBreachedPlan: true,
            Declining: ["bankruptcy", "fraud", "sanctions"]),
        new LimitPolicy(
            [
                new ClassLimit("A", 500_000, 2.0m),
                new ClassLimit("B", 250_000, 1.5m),
                new ClassLimit("C", 100_000, 1.2m),
                new ClassLimit("D", 25_000, 1.0m),
                new ClassLimit("E", 0, 0m),
            ],
            NetWorthPercent: 10, BillingMonths: 12, RoundTo: 500, ValidDays: 365, WithoutExpiryGrants: true),
        new ScorecardPolicy(MinimumCoverage: 60, Factors(), Classes:
        [
            new RiskClass("A", 80), new RiskClass("B", 65), new RiskClass("C", 50), new RiskClass("D", 35),
            new RiskClass("E", 0),
        ]),
        new ApplicationPolicy(
            ApproveFrom: 65, ApproveUpTo: 50_000, DeclineBelow: 30,
            KnockOuts: ["bankruptcy", "sanctions", "fraud", "out-of-business"], PaydexFrom: 70, FailureBelow: 10,
            ReportDays: 30, ReviewHours: 48, RefreshDays: 90),
        new ReviewPolicy(
            new Dictionary<string, int>
            {
                ["A"] = 365,
                ["B"] = 270,
                ["C"] = 180,
                ["D"] = 90,
                ["E"] = 60,
                ["*"] = 365,
            },
            UtilisationPercent: 85, OnBrokenPromise: true, BeforeExpiryDays: 30),
        new TermsPolicy(CostOfCapitalPercent: 8, new Dictionary<string, int>
        {
            ["A"] = 90,
            ["B"] = 60,
            ["C"] = 45,
            ["D"] = 30,
            ["E"] = 0,
            ["*"] = 45,
        },
        new Dictionary<string, decimal>
        {
            ["A"] = 0.25m,
            ["B"] = 0.5m,
            ["C"] = 1.5m,
            ["D"] = 4,
            ["E"] = 10,
            ["*"] = 2,
        }));

    private static IReadOnlyList<ScoreFactor> Factors() =>
    [
        new(FactorCodes.BureauFailure, 15, Bands((5, 10), (15, 30), (35, 55), (60, 80), (80, 100))),
        new(FactorCodes.BureauDelinquency, 12, Bands((300, 20), (400, 45), (475, 70), (550, 90), (600, 100))),
        new(FactorCodes.Paydex, 8, Bands((40, 20), (50, 40), (60, 55), (70, 75), (80, 100))),
        new(FactorCodes.DaysBeyondTerms, 12, [
            new(null, 100), new(1, 90), new(6, 75), new(16, 50), new(31, 25), new(61, 0),
        ]),
        new(FactorCodes.OnTimePercent, 8, Bands((50, 25), (70, 50), (85, 75), (95, 100))),
        new(FactorCodes.BrokenPromises, 5, [new(null, 100), new(1, 60), new(2, 30), new(4, 0)]),
        new(FactorCodes.ReturnedPayments, 5, [new(null, 100), new(1, 40), new(2, 10), new(3, 0)]),
        new(FactorCodes.Liquidity, 8, Bands((0.7m, 25), (1.0m, 50), (1.5m, 80), (2.0m, 100))),
        new(FactorCodes.Leverage, 7, [new(null, 0), new(0, 100), new(1, 75), new(2, 50), new(4, 20), new(6, 0)]),
        new(FactorCodes.Profitability, 5, Bands((0, 40), (3, 65), (7, 85), (12, 100))),
        new(FactorCodes.YearsInBusiness, 6, Bands((2, 30), (5, 60), (10, 85), (20, 100))),
        new(FactorCodes.YearsAsCustomer, 4, Bands((1, 40), (3, 70), (5, 100))),
        new(FactorCodes.Country, 5, [], new Dictionary<string, decimal>
        {
            ["US"] = 90,
            ["CA"] = 90,
            ["MX"] = 60,
            ["DE"] = 90,
            ["FR"] = 80,
            ["GB"] = 85,
            ["*"] = 50,
        }),
    ];

    /// <summary>Nothing below the first, then points from each number on.</summary>
    private static ScoreBand[] Bands(params (decimal From, decimal Points)[] bands) =>
        [new(null, 0), .. bands.Select(band => new ScoreBand(band.From, band.Points))];
}
