using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>What a policy says to an order.</summary>
public enum OrderAnswer
{
    /// <summary>Nothing stands against it.</summary>
    Approve,

    /// <summary>A person must look at it, or room must come.</summary>
    Hold,

    /// <summary>It gets no credit.</summary>
    Decline,
}

/// <summary>What a policy came to for an order.</summary>
/// <param name="Answer">What it says.</param>
/// <param name="Reasons">Codes of everything that stood against it.</param>
/// <param name="Warnings">Codes of everything that it warned of.</param>
public sealed record OrderTrialOutcome(
    OrderAnswer Answer, IReadOnlyList<string> Reasons, IReadOnlyList<string> Warnings)
{
    /// <summary>The outcome of a judgement.</summary>
    public static OrderTrialOutcome Of(OrderJudgement judgement) => new(
        judgement.Declines ? OrderAnswer.Decline
            : judgement.Reasons.Count > 0 ? OrderAnswer.Hold
            : OrderAnswer.Approve,
        [.. judgement.Reasons.Select(reason => reason.Code)],
        [.. (judgement.Warnings ?? []).Select(warning => warning.Code)]);

    /// <summary>True when the other one says the same.</summary>
    public bool IsLike(OrderTrialOutcome other) =>
        Answer == other.Answer && Reasons.SequenceEqual(other.Reasons) && Warnings.SequenceEqual(other.Warnings);
}

/// <summary>An order for which another policy comes to something else.</summary>
/// <param name="CustomerId">Whose.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Amount">What it is worth.</param>
/// <param name="DecidedAt">When it was decided.</param>
/// <param name="Before">What the policy of then came to.</param>
/// <param name="After">What the other one comes to.</param>
public sealed record OrderTrialDifference(
    Guid CustomerId, string OrderId, Money Amount, DateTimeOffset DecidedAt, OrderTrialOutcome Before,
    OrderTrialOutcome After);

/// <summary>For how many orders an answer became another one.</summary>
public sealed record OrderTrialChange(OrderAnswer Before, OrderAnswer After, int Orders);

/// <summary>A policy tried on decisions about orders.</summary>
/// <param name="Orders">Orders that were judged again.</param>
/// <param name="Same">Those that come out the same.</param>
/// <param name="Changes">How answers move, the most frequent first.</param>
/// <param name="Differences">Every order that comes out otherwise.</param>
public sealed record OrderTrial(
    int Orders, int Same, IReadOnlyList<OrderTrialChange> Changes, IReadOnlyList<OrderTrialDifference> Differences)
{
    /// <summary>
    /// Judges each decision by the policy of then and by another one, on exactly the facts of then; what people decided
    /// is no matter of a policy.
    /// </summary>
    /// <param name="decisions">Decisions with their customers and the policies they were made under.</param>
    /// <param name="policy">The other policy.</param>
    public static OrderTrial Of(
        IReadOnlyCollection<(Guid CustomerId, PastDecision Decision, NumberedPolicy Policy)> decisions,
        CreditPolicy policy)
    {
        var numbered = new NumberedPolicy(StandardPolicy.Unwritten, policy);
        var differences = (
            from one in decisions
            let before = OrderTrialOutcome.Of(one.Decision.Judge(one.CustomerId, one.Policy))
            let after = OrderTrialOutcome.Of(one.Decision.Judge(one.CustomerId, numbered))
            where !before.IsLike(after)
            select new OrderTrialDifference(
                one.CustomerId, one.Decision.Wish.OrderId, one.Decision.Wish.Amount, one.Decision.At, before, after))
            .ToList();
        return new OrderTrial(
            decisions.Count, decisions.Count - differences.Count,
            [
                .. differences.Where(one => one.Before.Answer != one.After.Answer)
                    .GroupBy(one => (one.Before.Answer, one.After.Answer))
                    .Select(same => new OrderTrialChange(same.Key.Item1, same.Key.Item2, same.Count()))
                    .OrderByDescending(change => change.Orders),
            ],
            differences);
    }
}
