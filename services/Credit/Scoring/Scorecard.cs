using OrderToCash.Credit.Policies;

namespace OrderToCash.Credit.Scoring;

/// <summary>What is known of one factor.</summary>
/// <param name="Code">One of <see cref="FactorCodes"/>.</param>
/// <param name="Number">The number; null where it is not known, or no number.</param>
/// <param name="Text">The text, for what is no number.</param>
/// <param name="Source"><c>bureau</c>, <c>financials</c>, <c>behaviour</c>, <c>customer</c> or <c>declared</c>.</param>
public sealed record FactorInput(string Code, decimal? Number, string? Text, string Source);

/// <summary>What one factor gave.</summary>
/// <param name="Code">The factor.</param>
/// <param name="Known">What was known, as text; null for nothing.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Points">0 to 100; null where it is left out.</param>
/// <param name="Weight">Its weight in the policy.</param>
/// <param name="Part">Its part of the score.</param>
public sealed record FactorResult(
    string Code, string? Known, string Source, decimal? Points, decimal Weight, decimal Part);

/// <summary>A score and how it came about.</summary>
/// <param name="Score">0 (worst) to 100; null where less is known than the policy wants: that is no score, and never
/// the worst one.</param>
/// <param name="RiskClass">The class of the score; null without one.</param>
/// <param name="Coverage">Weight that is known, of all weight, in percent.</param>
/// <param name="Behaviour">The score of its behaviour towards us alone; null where there is none.</param>
/// <param name="Factors">Every factor.</param>
public sealed record ScoreResult(
    int? Score, string? RiskClass, decimal Coverage, int? Behaviour, IReadOnlyList<FactorResult> Factors);

/// <summary>
/// The weighted mean of the points of what is known. A factor of which nothing is known is left out, its weight spread
/// over the others, unless the policy gives points for not knowing.
/// </summary>
public static class Scorecard
{
    /// <summary>Scores these inputs; a factor that is missing in them is not known.</summary>
    public static ScoreResult Score(ScorecardPolicy policy, IReadOnlyDictionary<string, FactorInput> inputs)
    {
        var weighed = policy.Factors.Select(factor => Weigh(factor, inputs.GetValueOrDefault(factor.Code))).ToList();
        var all = weighed.Sum(one => one.Factor.Weight);
        var coverage = all == 0 ? 0 : weighed.Where(one => one.IsKnown).Sum(one => one.Factor.Weight) / all * 100;
        var used = weighed.Where(one => one.Points is not null).Sum(one => one.Factor.Weight);
        var results = weighed.ConvertAll(one => new FactorResult(
            one.Factor.Code, Text(one.Input), one.Input?.Source ?? "", one.Points, one.Factor.Weight,
            one.Points is { } points && used > 0 ? decimal.Round(points * one.Factor.Weight / used, 4) : 0));
        var mean = Mean(weighed);
        var score = coverage >= policy.MinimumCoverage ? mean : null;
        return new ScoreResult(
            score, score is { } known ? ClassOf(policy, known) : null, decimal.Round(coverage, 2),
            Mean([.. weighed.Where(one => one.IsKnown && FactorCodes.Behaviour.Contains(one.Factor.Code))]), results);
    }

    /// <summary>The class of a score.</summary>
    public static string ClassOf(ScorecardPolicy policy, int score) =>
        policy.Classes.First(one => score >= one.From).Code;

    /// <summary>True when the second class is a worse one than the first.</summary>
    public static bool IsWorse(ScorecardPolicy policy, string? before, string? after)
    {
        var codes = policy.Classes.Select(one => one.Code).ToList();
        var (from, to) = (codes.IndexOf(before ?? ""), codes.IndexOf(after ?? ""));
        return from >= 0 && to > from;
    }

    private static int? Mean(List<Weighed> weighed)
    {
        var used = weighed.Where(one => one.Points is not null).ToList();
        var weight = used.Sum(one => one.Factor.Weight);
        return weight == 0 ? null : (int)decimal.Round(
            used.Sum(one => one.Points!.Value * one.Factor.Weight) / weight, MidpointRounding.AwayFromZero);
    }

    private static Weighed Weigh(ScoreFactor factor, FactorInput? input)
    {
        var points = input switch
        {
            { Text: { } text } when factor.Values is not null => PointsOf(factor.Values, text),
            { Number: { } number } when factor.Bands.Count > 0 =>
                factor.Bands.Last(band => band.From is null || band.From <= number).Points,
            _ => (decimal?)null,
        };
        return new Weighed(factor, input, points ?? factor.Missing, points is not null);
    }

    private static decimal? PointsOf(IReadOnlyDictionary<string, decimal> values, string text) =>
        values.TryGetValue(text, out var points) ? points
        : values.TryGetValue("*", out var other) ? other
        : null;

    private static string? Text(FactorInput? input) =>
        input?.Text ?? input?.Number?.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);

    private sealed record Weighed(ScoreFactor Factor, FactorInput? Input, decimal? Points, bool IsKnown);
}
