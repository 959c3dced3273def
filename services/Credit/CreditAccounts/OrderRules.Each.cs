using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

public static partial class OrderRules
{
    private static IEnumerable<RuleResult> Apply(BlockingRule rule, RuleContext context)
    {
        var against = rule.Code switch
        {
            RuleCodes.NoLimit => NoLimit(context),
            RuleCodes.LimitExpired => LimitExpired(context),
            RuleCodes.OverLimit => OverLimit(rule, context),
            RuleCodes.OverGroupLimit => OverSharedLimit(context, RuleCodes.OverGroupLimit, isSegment: false),
            RuleCodes.OverSegmentLimit => OverSharedLimit(context, RuleCodes.OverSegmentLimit, isSegment: true),
            RuleCodes.DaysOverdue => DaysOverdue(rule, context),
            RuleCodes.DunningLevel => DunningLevel(rule, context),
            RuleCodes.OverdueAmount => OverdueAmount(rule, context),
            RuleCodes.CustomerStatus => Status(rule, context),
            RuleCodes.RiskClass => RiskClass(rule, context),
            RuleCodes.OrderAmount => OrderAmount(rule, context),
            RuleCodes.Terms => Terms(rule, context),
            RuleCodes.TermsRaised => TermsRaised(context),
            RuleCodes.DiscountRaised => DiscountRaised(context),
            RuleCodes.OverComponentLimit => OverComponentLimit(rule, context),
            RuleCodes.NoPayment => NoPayment(rule, context),
            _ => throw new InvalidOperationException($"No rule is called {rule.Code}."),
        };
        var outcome = rule.Warns ? RuleOutcome.Warns : RuleOutcome.Blocks;
        var results = against.Select(reason =>
            new RuleResult(reason.Code, outcome, reason.Detail, rule.Declines)).ToList();
        return results.Count > 0 ? results : [new RuleResult(rule.Code, RuleOutcome.Passed, "", rule.Declines)];
    }

    private static IEnumerable<OrderReason> NoLimit(RuleContext context)
    {
        if (context.Limit is null)
            yield return new OrderReason(RuleCodes.NoLimit, "No credit limit was ever set for this customer.");
    }

    private static IEnumerable<OrderReason> LimitExpired(RuleContext context)
    {
        if (context.Limit is { IsInForce: false } limit)
        {
            yield return new OrderReason(RuleCodes.LimitExpired, limit.LastDay is { } last
                ? $"The limit of {limit.Set} expired on {last:yyyy-MM-dd}."
                : $"The limit of {limit.Set} has no last day, and needs one.");
        }
    }

    private static IEnumerable<OrderReason> OverLimit(BlockingRule rule, RuleContext context)
    {
        var (account, currency) = (context.Account, context.Account.Currency);
        if (context.Need is not { } need)
        {
            yield return new OrderReason("other-currency",
                $"The order is in {context.Question.Need.Currency}; a limit in {currency} says nothing about it.");
        }

        // What cannot be converted cannot be counted against the limit, and must not be overlooked either.
        foreach (var unknown in context.Position.Unknown)
        {
            yield return new OrderReason("exposure-in-other-currency",
                $"{unknown} are open that a limit in {currency} does not cover.");
        }

        if (context.Need is not { } more || context.Limit is not { } limit)
            yield break;

        // An expired limit is compared too: the order is to hear of both. Sums of large amounts may leave the range of
        // Money; the comparison does not need it.
        var percent = rule.Percent ?? 100;
        var over = context.Position.Counted.Amount + more.Amount - (limit.Set.Amount * percent / 100);
        if (over <= 0)
            yield break;
        var request = more.IsZero ? "" : $"this order asks for {more} more; ";
        var part = percent == 100 ? "the limit" : $"{percent:0.##} % of the limit";
        yield return new OrderReason(RuleCodes.OverLimit,
            $"Limit {limit.Set}; exposure {context.Position.Counted} ({Parts(context)}); " +
            $"{request}that is {Money.Round(over, currency)} over {part}.");
    }

    private static string Parts(RuleContext context)
    {
        var exposure = context.Question.Without.OpenOrders.Currency == context.Account.Currency
            ? context.Question.Without
            : context.Account.ExposureIn(context.Account.Currency);
        var secured = context.Position.Secured;
        var absorbed = Money.Sum(
            context.Account.Absorbed.Values.SelectMany(one => one)
                .Where(one => one.OpenOrders.Currency == exposure.OpenOrders.Currency).Select(one => one.Total),
            exposure.OpenOrders.Currency);
        return $"open receivables {exposure.OpenReceivables.Amount}, open orders {exposure.OpenOrders.Amount}, " +
            $"unapplied cash {exposure.UnappliedCash.Amount}" +
            (exposure.UnbilledDeliveries is { } delivered ? $", unbilled deliveries {delivered.Amount}" : "") +
            (context.Account.UnsettledOn(context.Facts.Today, exposure.OpenOrders.Currency) is { IsNothing: false } paid
                ? $", not settled {paid.Total.Amount}"
                : "") +
            (absorbed.IsZero ? "" : $", duplicates {absorbed.Amount}") +
            (secured.IsZero ? "" : $", secured {secured.Amount}");
    }

    private static IEnumerable<OrderReason> OverSharedLimit(RuleContext context, string code, bool isSegment)
    {
        foreach (var group in context.Facts.Groups.Where(one => one.Segment is not null == isSegment))
        {
            var whose = isSegment ? "segment" : "group";
            var (sum, unknown, _) = CreditPosition.Sum(
                [context.Position.Counted, .. context.Position.Unknown, context.Question.Need, group.Others],
                group.Limit.Currency, context.Facts);
            foreach (var other in group.Unknown.Concat(unknown))
            {
                yield return new OrderReason("exposure-in-other-currency",
                    $"{other} are open that the {whose}'s limit in {group.Limit.Currency} does not cover.");
            }

            if (sum > group.Limit)
            {
                yield return new OrderReason(code,
                    $"Limit {group.Limit} of {whose} {group.Segment ?? $"{group.GroupId}"}; the other members " +
                    $"{group.Others}, with this customer and order {sum}; that is {sum - group.Limit} over the " +
                    $"{whose}'s limit.");
            }
        }
    }

    private static IEnumerable<OrderReason> DaysOverdue(BlockingRule rule, RuleContext context)
    {
        var (days, today) = (rule.Days!.Value, context.Facts.Today);
        if (!context.Account.IsOverdue(days, rule.Amount ?? 0, context.Facts))
            yield break;
        foreach (var (late, oldest) in context.Account.Overdue(days, today))
        {
            yield return new OrderReason(RuleCodes.DaysOverdue,
                $"{late} are overdue for more than {days} days, the oldest for {oldest}.");
        }
    }

    private static IEnumerable<OrderReason> DunningLevel(BlockingRule rule, RuleContext context)
    {
        var (level, items) = (0, 0);
        foreach (var times in context.Account.DunnedTimes)
        {
            level = Math.Max(level, times);
            items += times >= rule.Level ? 1 : 0;
        }

        if (items > 0)
        {
            yield return new OrderReason(RuleCodes.DunningLevel,
                $"{items} open items were dunned {rule.Level} times or more, one of them {level} times.");
        }

        var absorbed = context.Account.AbsorbedStandings.Values.Select(one => one.Dunned).DefaultIfEmpty().Max();
        if (absorbed >= rule.Level)
        {
            yield return new OrderReason(RuleCodes.DunningLevel,
                $"An open item of a duplicate was dunned {absorbed} times.");
        }
    }

    private static IEnumerable<OrderReason> OverdueAmount(BlockingRule rule, RuleContext context)
    {
        if (!context.Account.IsOverdue(0, rule.Amount!.Value, context.Facts))
            yield break;
        var used = Used(context.Position.Counted, context.Limit);
        if (rule.Percent is { } percent && used <= percent)
            yield break;
        var late = string.Join(", ", context.Account.Overdue(0, context.Facts.Today).Select(one => one.Late));
        yield return new OrderReason(RuleCodes.OverdueAmount,
            $"{late} are overdue{(rule.Percent is null ? "" : $" while {used:0.#} % of the limit are used")}.");
    }

    private static decimal Used(Money counted, CreditLimit? limit) =>
        limit is { Amount.IsPositive: true } some ? counted.Amount / some.Amount.Amount * 100
        : counted.IsPositive ? decimal.MaxValue : 0;

    private static IEnumerable<OrderReason> Status(BlockingRule rule, RuleContext context)
    {
        if (context.Account.Customer?.Status is { } status && rule.Values!.Contains(status))
            yield return new OrderReason(RuleCodes.CustomerStatus, $"The customer is {status}.");
    }

    private static IEnumerable<OrderReason> RiskClass(BlockingRule rule, RuleContext context)
    {
        if (context.Account.Risk?.RiskClass is { } risk && rule.Values!.Contains(risk))
            yield return new OrderReason(RuleCodes.RiskClass, $"The customer is in risk class {risk}.");
    }

    private static IEnumerable<OrderReason> OrderAmount(BlockingRule rule, RuleContext context)
    {
        if (context.Question.Wish is { } wish && !(context.OrderAmount <= rule.Amount))
        {
            yield return new OrderReason(RuleCodes.OrderAmount,
                $"{wish.Amount} is more than an order may be: {rule.Amount} {context.Facts.Rates.Base}.");
        }
    }

    private static IEnumerable<OrderReason> NoPayment(BlockingRule rule, RuleContext context)
    {
        var (account, today) = (context.Account, context.Facts.Today);
        if (!account.IsOverdue(0, rule.Amount ?? 0, context.Facts))
            yield break;

        // Who has never paid is asked since when something has been due.
        var days = account.LastPayment is { } last
            ? today.DayNumber - last.DayNumber
            : account.Overdue(0, today).Max(one => one.Oldest);
        if (days <= rule.Days)
            yield break;
        var late = string.Join(", ", account.Overdue(0, today).Select(one => one.Late));
        yield return new OrderReason(RuleCodes.NoPayment, account.LastPayment is { } day
            ? $"{late} are overdue, and nothing was paid for {days} days, since {day:yyyy-MM-dd}."
            : $"{late} are overdue, the oldest for {days} days, and nothing was ever paid.");
    }

    private static IEnumerable<OrderReason> Terms(BlockingRule rule, RuleContext context)
    {
        var asked = context.Question.Wish?.Terms;
        var isOwn = !string.IsNullOrWhiteSpace(asked);
        if ((isOwn ? asked : context.Account.Customer?.Terms) is { } terms
            && rule.Values!.Any(named => CreditTerms.AreSame(named, terms)))
        {
            yield return new OrderReason(
                RuleCodes.Terms, isOwn ? $"The order is at {terms}." : $"The customer has {terms}.");
        }
    }

    private static IEnumerable<OrderReason> TermsRaised(RuleContext context)
    {
        var (asked, agreed) = (context.Question.Wish?.Terms, context.Account.Customer?.Terms);
        if (asked is null || asked == agreed)
            yield break;
        if (CreditTerms.Read(asked) is not { } wish)
            yield return new OrderReason(RuleCodes.TermsRaised, $"Nobody knows the terms {asked}.");
        else if (CreditTerms.Read(agreed) is { } standard && wish.Days > standard.Days)
            yield return new OrderReason(RuleCodes.TermsRaised, $"The order asks for {asked}, agreed is {agreed}.");
    }

    private static IEnumerable<OrderReason> DiscountRaised(RuleContext context)
    {
        var agreed = context.Account.Customer?.Terms;
        if (CreditTerms.Read(context.Question.Wish?.Terms) is { } wish
            && wish.Discount > (CreditTerms.Read(agreed)?.Discount ?? 0))
        {
            yield return new OrderReason(RuleCodes.DiscountRaised,
                $"The order asks for {wish.Discount:0.####} % cash discount, agreed is {agreed}.");
        }
    }
}
