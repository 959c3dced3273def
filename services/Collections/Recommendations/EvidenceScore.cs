namespace OrderToCash.Collections.Recommendations;

/// <summary>
/// How little is to be expected of a customer, 0 to 100: points for age, broken promises, breached plans, silence and
/// insolvency. A ladder for people to agree on, not a probability; the weights are ours.
/// </summary>
public static class EvidenceScore
{
    private const int LongWithoutPayment = 90;

    /// <summary>The points and what they are for.</summary>
    public static (int Score, IReadOnlyList<string> Reasons) Of(Evidence facts, DateOnly today)
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
        return (Math.Min(score, 100), reasons);

        void Add(int points, string reason)
        {
            score += points;
            if (points > 0)
                reasons.Add(reason);
        }
    }
}
