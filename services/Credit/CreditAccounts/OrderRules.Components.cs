using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

public static partial class OrderRules
{
    /// <summary>What cannot be converted cannot be compared, and blocks.</summary>
    private static IEnumerable<OrderReason> OverComponentLimit(BlockingRule rule, RuleContext context)
    {
        var amounts = rule.Values!.Distinct().SelectMany(component => Component(component, rule, context)).ToList();
        var sum = context.Facts.SumInBase(amounts);
        if (sum <= rule.Amount)
            yield break;
        var names = string.Join(" + ", rule.Values!);
        var all = string.Join(", ", amounts.Where(amount => !amount.IsZero).GroupBy(amount => amount.Currency)
            .Select(same => Money.Sum(same, same.Key)));
        yield return new OrderReason(RuleCodes.OverComponentLimit,
            $"{names}: {all} with this order; {rule.Amount} {context.Facts.Rates.Base} are allowed" +
            $"{(sum is null ? ", and nobody knows what all of it is worth" : "")}.");
    }

    /// <summary>
    /// A part of what is at risk, in each currency. Duplicates count with the customer they were merged into; what of
    /// theirs is overdue is not known there.
    /// </summary>
    private static IEnumerable<Money> Component(string component, BlockingRule rule, RuleContext context)
    {
        var (account, today) = (context.Account, context.Facts.Today);
        var all = account.Exposures.Values.Concat(account.Absorbed.Values.SelectMany(one => one));
        return component switch
        {
            ComponentCodes.OpenReceivables => all.Select(one => one.OpenReceivables),
            ComponentCodes.Overdue => account.Overdue(rule.Days ?? 0, today).Select(one => one.Late),
            ComponentCodes.Disputed => all.Select(one => one.Disputed).OfType<Money>(),
            ComponentCodes.OpenOrders => all.Select(one => one.OpenOrders)
                .Concat(account.Exposures.Keys.Select(currency => -CreditPosition.Later(
                    account, currency, context.Facts.Policy.Policy.Exposure, today)))
                .Append(context.Question.Need),
            ComponentCodes.UnbilledDeliveries => all.Select(one => one.UnbilledDeliveries).OfType<Money>(),
            ComponentCodes.Unsettled => account.Exposures.Keys
                .Select(currency => account.UnsettledOn(today, currency).Spent)
                .Concat(account.AbsorbedUnsettled.Values.SelectMany(one => one)
                    .Where(part => part.Until >= today).Select(part => part.Spent)),
            _ => throw new InvalidOperationException($"No component is called {component}."),
        };
    }
}
