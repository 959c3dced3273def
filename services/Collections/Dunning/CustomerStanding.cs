using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>What conditions of steps ask about a customer as a whole.</summary>
/// <param name="Date">The day it is asked for.</param>
/// <param name="Overdue">What is to be collected on items past due, per currency.</param>
/// <param name="Open">All that is open, per currency.</param>
public sealed record CustomerStanding(DateOnly Date, IReadOnlyList<Money> Overdue, IReadOnlyList<Money> Open)
{
    /// <summary>The standing on a date.</summary>
    /// <param name="date">The date.</param>
    /// <param name="items">What is known of the customer's items.</param>
    /// <param name="open">All that is open, where the items are not all there are.</param>
    public static CustomerStanding Of(DateOnly date, IReadOnlyList<ItemFacts> items, IReadOnlyList<Money>? open) => new(
        date, Sums(items.Where(item => item.DueDate < date), item => item.Collectible),
        open ?? Sums(items, item => item.Balance));

    /// <summary>True when the condition holds for an item.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="item">The item.</param>
    /// <param name="daysOverdue">How long it is overdue.</param>
    /// <param name="level">The dunning level it was asked for at; 0 before the first.</param>
    public bool Meets(StepCondition condition, ItemFacts item, int daysOverdue, int level)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(item);
        var left = item.Collectible;
        var overdue = In(Overdue, left.Currency);
        bool?[] parts =
        [
            condition.DaysOverdue is { } days ? daysOverdue >= days : null,
            Least(condition.ItemAmounts, left.Currency) is { } amount ? left >= amount : null,
            Least(condition.TotalOverdue, left.Currency) is { } total ? overdue >= total : null,
            condition.PercentOfOpen is { } percent
                ? overdue.Amount * 100 >= percent * In(Open, left.Currency).Amount
                : null,
            condition.FailedPromises is { } failed ? item.FailedPromises >= failed : null,
            condition.Level is { } least ? level >= least : null,
            condition.DisputeDays is { } old ? item.DisputedSince?.AddDays(old) <= Date : null,
            condition.BreachedPlans is { } breached ? item.BreachedPlans >= breached : null,
            condition.DaysSinceNotice is { } since ? item.LastNoticeOn?.AddDays(since) <= Date : null,
        ];
        var asked = parts.Where(part => part is not null);
        return condition.Join == ConditionJoin.All ? asked.All(part => part == true) : asked.Any(part => part == true);
    }

    private static Money? Least(IReadOnlyList<Money>? amounts, Currency currency) =>
        amounts?.Where(amount => amount.Currency == currency).Select(amount => (Money?)amount).FirstOrDefault();

    private static Money In(IReadOnlyList<Money> amounts, Currency currency) =>
        amounts.Where(amount => amount.Currency == currency).FirstOrDefault(Money.Zero(currency));

    /// <summary>The sums of an amount of items, per currency.</summary>
    internal static List<Money> Sums(IEnumerable<ItemFacts> items, Func<ItemFacts, Money> amount) =>
    [
        .. items.Select(amount).GroupBy(one => one.Currency)
            .Select(group => Money.Sum(group, group.Key)),
    ];
}
