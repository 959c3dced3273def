namespace OrderToCash.Credit.Scoring;

/// <summary>How many decisions had one score, and how many of them turned out badly.</summary>
/// <param name="Score">0 (worst) to 100.</param>
/// <param name="Good">Paid as agreed.</param>
/// <param name="Bad">Did not.</param>
public sealed record ScoreOutcome(int Score, long Good, long Bad);

/// <summary>How well scores tell those who pay from those who do not.</summary>
/// <param name="Scored">Decisions with a score and a known outcome.</param>
/// <param name="Bad">Those of them that turned out badly.</param>
/// <param name="Gini">
/// 1 when every bad one has a lower score than every good one, 0 for tossing a coin, below zero for worse than that.
/// </param>
/// <param name="KolmogorovSmirnov">
/// The most by which the share of the bad at or below a score is above that of the good, 0 to 1.
/// </param>
/// <param name="BestSplit">The score at which that is; null where it is nowhere.</param>
public sealed record ModelPower(long Scored, long Bad, decimal Gini, decimal KolmogorovSmirnov, int? BestSplit)
{
    /// <summary>
    /// Gini = 2·AUC − 1, with AUC the chance that a good one has a higher score than a bad one, a tie counting half
    /// (Mann–Whitney); KS = max over scores of F_bad − F_good. Both as in "Studies on the Validation of Internal Rating
    /// Systems", Basel Committee on Banking Supervision, Working Paper 14 (2005), section III. Null without at least
    /// one of each kind: there is nothing to tell apart.
    /// </summary>
    public static ModelPower? Of(IEnumerable<ScoreOutcome> outcomes)
    {
        var byScore = outcomes.GroupBy(one => one.Score)
            .Select(group => new ScoreOutcome(
                group.Key, group.Sum(one => one.Good), group.Sum(one => one.Bad)))
            .OrderBy(one => one.Score)
            .ToList();
        var (good, bad) = (byScore.Sum(one => one.Good), byScore.Sum(one => one.Bad));
        if (good == 0 || bad == 0)
            return null;
        decimal won = 0, distance = 0;
        long goodBelow = 0, badBelow = 0;
        int? split = null;
        foreach (var (score, goodHere, badHere) in byScore)
        {
            won += (badBelow + (badHere / 2m)) * goodHere;
            (goodBelow, badBelow) = (goodBelow + goodHere, badBelow + badHere);
            var here = ((decimal)badBelow / bad) - ((decimal)goodBelow / good);
            if (here > distance)
                (distance, split) = (here, score);
        }

        var gini = (2 * won / ((decimal)good * bad)) - 1;
        return new ModelPower(good + bad, bad, decimal.Round(gini, 4), decimal.Round(distance, 4), split);
    }
}
