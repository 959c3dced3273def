using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;

namespace OrderToCash.Credit.Scoring;

/// <summary>Why a customer is in another class: what its score is made of, and what of it has moved.</summary>
public static class RiskFactors
{
    /// <summary>So many factors are named to people.</summary>
    private const int Named = 3;

    /// <summary>What a score is made of, without what nothing is known of.</summary>
    public static IReadOnlyList<RiskFactor> Of(ScoreResult score) =>
    [
        .. score.Factors.SelectMany(factor => factor.Points is { } points
            ? [new RiskFactor(factor.Code, factor.Known, points)]
            : Array.Empty<RiskFactor>()),
    ];

    /// <summary>
    /// What has moved a score most since another one, both by the weights of one policy: the parts of all factors sum
    /// up to the score, so what they differ by sums up to what the score has moved by.
    /// </summary>
    public static IReadOnlyList<FactorMove> Moved(
        ScorecardPolicy policy, IReadOnlyList<RiskFactor> before, ScoreResult now)
    {
        var weights = policy.Factors.ToDictionary(factor => factor.Code, factor => factor.Weight);
        var known = before.Where(factor => weights.ContainsKey(factor.Code)).ToDictionary(factor => factor.Code);
        var used = known.Keys.Sum(code => weights[code]);
        return
        [
            .. now.Factors.Select(factor => (Now: factor, Before: known.GetValueOrDefault(factor.Code)))
                .Select(one => new FactorMove(
                    one.Now.Code, one.Before?.Known, one.Now.Known,
                    decimal.Round(one.Now.Part - Part(one.Before), 2)))
                .Where(move => move.By != 0)
                .OrderByDescending(move => Math.Abs(move.By)).ThenBy(move => move.Code, StringComparer.Ordinal)
                .Take(Named),
        ];

        decimal Part(RiskFactor? factor) =>
            factor is null || used == 0 ? 0 : factor.Points * weights[factor.Code] / used;
    }
}
