using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.OverdueStates;

/// <summary>
/// One engine for escalation and for trying payment again, so that the two cannot drift apart: the state follows from
/// the arrears of the day, and payment is tried again on days counted from the state's own beginning.
/// </summary>
public static class OverdueStateDecider
{
    private static readonly string DunningBlock = Json.NameOf(HoldKind.DunningBlock);

    /// <summary>
    /// The state for these arrears, and the retries that are due in it. While a hold forbids contact the state is only
    /// noted: it leads to no contact, and payment is not tried again. Once no hold does any more the state is entered
    /// anew, with all that it leads to. What is no contact goes on: no changes of what was ordered, and the escalation
    /// of a state that asks for such a hold itself.
    /// </summary>
    public static Decision Evaluate(
        OverdueState state, string legalEntity, Guid customerId, IReadOnlyList<OverdueStateRule> rules,
        Arrears arrears, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(arrears);
        var rule = rules.FirstOrDefault(one => Holds(one, arrears));
        var leftAlone = IsLeftAlone(arrears);
        var events = new List<object>();
        if (rule?.Code != state.Code || (state.IsOnlyNoted && !leftAlone && rule?.Actions.Count > 0))
        {
            var changed = new OverdueStateChanged(
                legalEntity, customerId, state.Code, rule?.Code, arrears, today,
                leftAlone ? Noted(rule) : rule?.Actions ?? []);
            events.Add(changed);
            state = OverdueState.Evolve(state, changed);
        }

        var due = rule?.RetryDays.Order().Count(day => state.EnteredOn.AddDays(day) <= today) ?? 0;

        // Days without a look are caught up by one retry: the money is not asked for twice on a day.
        if (due > state.Retries && !leftAlone)
            events.Add(new PaymentRetryRequested(legalEntity, customerId, rule!.Code, due, arrears.Balances));
        return Decision.Of(events);
    }

    /// <summary>What a state leads to although nobody may get in touch with the customer.</summary>
    private static OverdueAction[] Noted(OverdueStateRule? rule)
    {
        var asksForHold = rule?.WithHold is { } hold && hold != DunningBlock;
        return
        [
            .. (rule?.Actions ?? []).Where(action => action == OverdueAction.BlockChanges
                || (action == OverdueAction.Escalate && asksForHold)),
        ];
    }

    /// <summary>True under a hold by which nobody gets in touch with the customer.</summary>
    public static bool IsLeftAlone(Arrears arrears)
    {
        ArgumentNullException.ThrowIfNull(arrears);
        return arrears.Holds.Any(hold => hold != DunningBlock);
    }

    /// <summary>True when all conditions of a state hold.</summary>
    public static bool Holds(OverdueStateRule rule, Arrears arrears)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(arrears);
        return arrears.Items >= (rule.Items ?? 0)
            && arrears.Days >= (rule.Days ?? 0)
            && (rule.Days is null || arrears.Items > 0)
            && (rule.Balances.Count == 0 || rule.Balances.Any(least => arrears.Balances.Any(
                balance => balance.Currency == least.Currency && balance >= least)))
            && (rule.WithHold is not { } with || arrears.Holds.Contains(with))
            && (rule.WithoutHold is not { } without || !arrears.Holds.Contains(without));
    }
}
