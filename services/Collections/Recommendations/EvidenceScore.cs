using OrderToCash.Kernel;

namespace OrderToCash.Collections.Recommendations;

/// <summary>
/// How little is to be expected of a customer, 0 to 100: points for age, broken promises, breached plans, silence,
/// insolvency, what Credit thinks of it, and what it costs to collect. A ladder for people to agree on, not a
/// probability; the weights are ours.
/// </summary>
public static class EvidenceScore
{
    private const int LongWithoutPayment = 90;

    /// <summary>The points and what they are for.</summary>
    /// <param name="facts">What is known; its own score and reasons are not looked at.</param>
    /// <param name="owed">What it is about, in the currency of the cost to collect, which is a share of it.</param>
    /// <param name="today">The day, in the legal entity's calendar.</param>
    /// <param name="risk">What Credit's class weighs on the worklist: which classes are bad is the policy's affair
    /// (<see cref="Policies.WorklistWeights.OfRisk"/>). A half more is twenty points, the most there are.</param>
    public static (int Score, IReadOnlyList<string> Reasons) Of(
        Evidence facts, Money owed, DateOnly today, decimal risk)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var reasons = new List<string>();
        var score = 0;
        Add(facts.OldestDaysOverdue switch { > 180 => 40, > 90 => 25, > 30 => 10, _ => 0 },
            $"The oldest item is {facts.OldestDaysOverdue} days overdue.");
        Add(Math.Min(10 * facts.BrokenPromises, 20), $"{facts.BrokenPromises} promises were broken.");
        Add(Math.Min(10 * facts.BreachedPlans, 20), $"{facts.BreachedPlans} payment plans were breached.");
        Add(facts is { NoticesSent: > 2, Conversations: 0 } ? 10 : 0,
            $"{facts.NoticesSent} notices went out and nobody was reached.");
        Add(Math.Min(5 * facts.RejectedDisputes, 10), $"{facts.RejectedDisputes} disputes were found wrong.");
        Add(facts.LastPaymentOn is not { } paid || paid < today.AddDays(-LongWithoutPayment) ? 10 : 0,
            facts.LastPaymentOn is { } last ? $"The last payment was on {last:yyyy-MM-dd}." : "Nothing was ever paid.");
        Add(facts.OnHold == "bankruptcy" ? 40 : 0, "The customer is bankrupt.");
        Add((int)Math.Min(40 * risk, 20), $"Credit scores it {facts.RiskScore} of 100, class {facts.RiskClass}.");
        Add(facts.CostToCollect is { } cost ? PointsOf(cost, owed) : 0,
            $"Contact since the oldest item was due has cost {facts.CostToCollect}, to collect {owed}.");
        return (Math.Min(score, 100), reasons);

        void Add(int points, string reason)
        {
            score += points;
            if (points > 0)
                reasons.Add(reason);
        }
    }

    /// <summary>A fifth of what is owed is dear, half of it hardly worth while.</summary>
    private static int PointsOf(Money cost, Money owed) => cost switch
    {
        _ when !cost.IsPositive || !owed.IsPositive => 0,
        _ when cost >= owed.Times(0.5m) => 20,
        _ when cost >= owed.Times(0.2m) => 10,
        _ => 0,
    };
}
