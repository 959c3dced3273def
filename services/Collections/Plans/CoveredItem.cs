using OrderToCash.Kernel;

namespace OrderToCash.Collections.Plans;

/// <summary>Why less is owed on an item.</summary>
public enum FallKind
{
    /// <summary>It was paid, with what was given up beside the payment.</summary>
    Payment,

    /// <summary>It was credited, waived, voided or covered by a deposit.</summary>
    Other,

    /// <summary>It was written off.</summary>
    GivenUp,
}

/// <summary>By how much something lowered what is owed on an item.</summary>
/// <param name="Kind">What did.</param>
/// <param name="Day">From which day it counts: the value date of money, else the accounting date.</param>
/// <param name="Amount">By how much; below zero where it raised it.</param>
public readonly record struct ItemFall(FallKind Kind, DateOnly Day, Money Amount);

/// <summary>
/// An item of a plan and what has happened to it since. The plan is about a part of it; beside that part there may be
/// one that was disputed or on its way then. Money settles the part of the plan first. A credit settles the other part
/// first, for that is what it is given for; what is more than that lowers the plan.
/// </summary>
/// <param name="Covered">What of it the plan is about.</param>
/// <param name="Open">All that was open on it when the plan was worked out.</param>
/// <param name="Falls">What has happened since, in any order.</param>
public sealed record CoveredItem(Money Covered, Money Open, IReadOnlyList<ItemFall> Falls)
{
    private Money None => Money.Zero(Covered.Currency);

    /// <summary>What is still owed of the part that the plan is about, without what was written off.</summary>
    public Money Left => Money.Max(
        Covered - Sum(Settled().Select(money => money.Amount)) - Sum(Of(FallKind.GivenUp)), None);

    /// <summary>
    /// What settled the part of the plan, and when: never more than it. What was raised again was never settled.
    /// </summary>
    public IReadOnlyList<PlanMoney> Settled()
    {
        var beside = Money.Max(Open - Covered, None);
        var (paid, credited, settled) = (None, Sum(Of(FallKind.Other).Where(amount => amount.IsNegative)), None);
        var money = new List<PlanMoney>();
        foreach (var fall in Falls.Where(fall => fall.Kind != FallKind.GivenUp && fall.Amount.IsPositive)
            .OrderBy(fall => fall.Day))
        {
            if (fall.Kind == FallKind.Payment)
                paid += fall.Amount;
            else
                credited += fall.Amount;
            var now = Money.Min(paid + Money.Max(credited - beside, None), Covered);
            if (now != settled)
                money.Add(new PlanMoney(fall.Day, now - settled));
            settled = now;
        }

        return money;
    }

    private IEnumerable<Money> Of(FallKind kind) =>
        Falls.Where(fall => fall.Kind == kind).Select(fall => fall.Amount);

    private Money Sum(IEnumerable<Money> amounts) => Money.Sum(amounts, Covered.Currency);
}
