using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Worklists;

/// <summary>A customer's big items that are about to fall due, by its legal entity's policy.</summary>
/// <param name="Amounts">What may be asked for of them, per currency, without what waits in the bank for them.</param>
/// <param name="Items">How many they are.</param>
/// <param name="FirstDue">The day, in the legal entity's calendar, on which the first of them is due.</param>
public sealed record PreDueWork(IReadOnlyList<Money> Amounts, int Items, DateOnly FirstDue)
{
    /// <summary>
    /// What there is to remind a customer of. Its money in the bank, be it identified or likely its, is for what is
    /// past due first and for this next: of what that covers nobody is reminded.
    /// </summary>
    /// <param name="policy">Which items count; null for none.</param>
    /// <param name="items">All that the customer owes.</param>
    /// <param name="cash">Its money.</param>
    /// <param name="today">The day it is at the legal entity.</param>
    public static PreDueWork? Of(
        PreDuePolicy? policy, IReadOnlyList<ItemFacts> items, CustomerCash cash, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(cash);
        if (policy is null)
            return null;
        var coming = items.Where(item => policy.Names(item, today)).GroupBy(item => item.Balance.Currency)
            .Select(group => (Items: group.ToList(), Amount: Missing(group.Key, [.. group])))
            .Where(one => one.Amount.IsPositive)
            .OrderBy(one => one.Amount.Currency.Code, StringComparer.Ordinal)
            .ToList();
        return coming.Count == 0
            ? null
            : new PreDueWork(
                coming.ConvertAll(one => one.Amount), coming.Sum(one => one.Items.Count),
                coming.SelectMany(one => one.Items).Min(item => item.DueDate));

        Money Missing(Currency currency, List<ItemFacts> big)
        {
            var there = Money.Sum(cash.Unapplied.Concat(cash.Likely).Where(one => one.Currency == currency), currency);
            var overdue = Sum(items.Where(item => item.DueDate < today && item.Balance.Currency == currency));
            return Sum(big) - Money.Max(there - overdue, Money.Zero(currency));

            Money Sum(IEnumerable<ItemFacts> of) => Money.Sum(of.Select(item => item.Collectible), currency);
        }
    }
}
