using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Applications;

/// <summary>What a policy came to in a case.</summary>
/// <param name="Recommendation">What it says.</param>
/// <param name="Score">0 to 100; null without one.</param>
/// <param name="RiskClass">The class of the score; null without one.</param>
/// <param name="Limit">The limit it recommends, in the account's currency; null where there is none.</param>
/// <param name="Reasons">Codes of the reasons; none for an approval.</param>
public sealed record TrialOutcome(
    Recommendation Recommendation, int? Score, string? RiskClass, Money? Limit, IReadOnlyList<string> Reasons)
{
    /// <summary>The outcome of an assessment.</summary>
    public static TrialOutcome Of(Assessment assessment) => new(
        assessment.Recommendation, assessment.Score.Score, assessment.Score.RiskClass, assessment.Recommended,
        [.. assessment.Reasons.Select(reason => reason.Code)]);

    /// <summary>True when the other one says the same.</summary>
    public bool IsLike(TrialOutcome other) =>
        (Recommendation, Score, RiskClass, Limit) == (other.Recommendation, other.Score, other.RiskClass, other.Limit)
        && Reasons.SequenceEqual(other.Reasons);
}

/// <summary>A case in which another policy comes to something else.</summary>
/// <param name="ApplicationId">The case.</param>
/// <param name="CustomerId">Whose.</param>
/// <param name="CustomerName">Its name when it was submitted.</param>
/// <param name="Before">What the policy of then came to.</param>
/// <param name="After">What the other one comes to.</param>
public sealed record TrialDifference(
    Guid ApplicationId, Guid CustomerId, string CustomerName, TrialOutcome Before, TrialOutcome After);

/// <summary>In how many cases a recommendation became another one.</summary>
public sealed record TrialChange(Recommendation Before, Recommendation After, int Cases);

/// <summary>A policy tried on decisions of the past.</summary>
/// <param name="Cases">Decided cases that were judged again.</param>
/// <param name="Same">Those that come out the same.</param>
/// <param name="Changes">How recommendations move, the most frequent first.</param>
/// <param name="Differences">Every case that comes out otherwise.</param>
public sealed record PolicyTrial(
    int Cases, int Same, IReadOnlyList<TrialChange> Changes, IReadOnlyList<TrialDifference> Differences)
{
    /// <summary>Judges each case again on exactly the facts of then; nothing is decided.</summary>
    public static PolicyTrial Of(IReadOnlyList<(Guid Id, CreditApplication Case)> cases, CreditPolicy policy)
    {
        var numbered = new NumberedPolicy(StandardPolicy.Unwritten, policy);
        var differences = new List<TrialDifference>();
        var judged = 0;
        foreach (var (id, one) in cases)
        {
            if (one is not { Submitted: { } submitted, Assessment: { } assessment })
                continue;
            judged++;
            var (before, after) = (TrialOutcome.Of(assessment), TrialOutcome.Of(Assessor.Again(assessment, numbered)));
            if (!before.IsLike(after))
            {
                differences.Add(new TrialDifference(
                    id, submitted.CustomerId, submitted.CustomerName, before, after));
            }
        }

        return new PolicyTrial(
            judged, judged - differences.Count,
            [
                .. differences.Where(one => one.Before.Recommendation != one.After.Recommendation)
                    .GroupBy(one => (one.Before.Recommendation, one.After.Recommendation))
                    .Select(same => new TrialChange(same.Key.Item1, same.Key.Item2, same.Count()))
                    .OrderByDescending(change => change.Cases),
            ],
            differences);
    }
}
