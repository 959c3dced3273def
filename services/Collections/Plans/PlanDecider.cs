using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Plans;

/// <summary>What somebody works out with a customer.</summary>
public sealed record PlanWish(
    string LegalEntity, Guid CustomerId, IReadOnlyList<PlannableItem> Items,
    IReadOnlyList<PlanInstallment> Installments, string? Note);

/// <summary>An item as it is when a plan is worked out.</summary>
/// <param name="Collectible">What of it may be asked for; the plan covers that.</param>
public sealed record PlannableItem(
    Guid InvoiceId, int Installment, string InvoiceNumber, DateOnly DueDate, Money Collectible, long Version);

/// <summary>What settled something of a plan's items, and the day it counts from (<see cref="CoveredItem"/>).</summary>
public readonly record struct PlanMoney(DateOnly ValueDate, Money Amount);

/// <summary>
/// What may become of a payment plan. Whether it is kept follows from what was settled on its items and when: after
/// each installment's grace at least the sum of the installments so far must have come.
/// </summary>
public static class PlanDecider
{
    /// <summary>Works out the plan, or says what is wrong with it.</summary>
    public static (PlanProposed? Plan, Refusal? Refusal) Draft(PlanWish wish, PlanPolicy policy, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(policy);
        if (wish.Items.Count == 0)
            return (null, PlanRefusals.NothingToPay());
        var currency = wish.Items[0].Collectible.Currency;
        if (wish.Items.Any(item => item.Collectible.Currency != currency)
            || wish.Installments.Any(installment => installment.Amount.Currency != currency))
            return (null, PlanRefusals.SeveralCurrencies());
        var covered = Money.Sum(wish.Items.Select(item => item.Collectible), currency);
        if (CheckInstallments(wish.Installments, covered, policy, today) is { } refusal)
            return (null, refusal);
        return (new PlanProposed(
            wish.LegalEntity, wish.CustomerId, covered, wish.Installments, Items(wish), policy.GraceDays,
            policy.RestoreDueDates, wish.Note, null), null);
    }

    /// <summary>
    /// Installments of equal amounts, to the cent: what cannot be divided goes to the first ones
    /// (<see cref="Money.Split"/>).
    /// </summary>
    public static IReadOnlyList<PlanInstallment> Equal(Money amount, int count, DateOnly first, bool weekly) =>
    [
        .. amount.Split([.. Enumerable.Repeat(1m, count)]).Select((share, index) => new PlanInstallment(
            index + 1, weekly ? first.AddDays(7 * index) : first.AddMonths(index), share)),
    ];

    /// <summary>Puts it into force.</summary>
    public static Decision Activate(PaymentPlan plan, Guid requestId)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan switch
        {
            { Status: PlanStatus.Active } => Decision.Nothing,
            { Status: PlanStatus.Proposed, Plan: { } proposed } => Decision.Of(new PlanActivated(proposed, requestId)),
            _ => PlanRefusals.Ended(plan.Status),
        };
    }

    /// <summary>Notes that it was not approved.</summary>
    public static Decision Reject(PaymentPlan plan, string how)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan is { Status: PlanStatus.Proposed, Plan: { } proposed }
            ? Decision.Of(new PlanRejected(proposed, how))
            : Decision.Nothing;
    }

    /// <summary>Ends it; items that another plan covers keep their due dates.</summary>
    public static Decision Cancel(
        PaymentPlan plan, Guid requestId, IReadOnlyList<ItemElsewhere>? elsewhere = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan switch
        {
            { Status: PlanStatus.Cancelled } => Decision.Nothing,
            { Status: PlanStatus.Active, Plan: { } proposed } => Decision.Of(new PlanCancelled(
                proposed, plan.Received!.Value, proposed.RestoreDueDates ? requestId : null, elsewhere)),
            _ => PlanRefusals.Ended(plan.Status),
        };
    }

    /// <summary>
    /// Judges it on a day by what was settled on its items since it was proposed. One that is kept ends, too, where
    /// nothing of it is owed any more because the rest was written off; one that was breached before is not mended by
    /// that. One that is kept takes its items back once no other plan covers them any more.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="money">What was settled, not taken back.</param>
    /// <param name="today">The day it is judged on.</param>
    /// <param name="requestId">A request to Invoicing, should one be needed.</param>
    /// <param name="isOpen">Something of what it covers is still owed.</param>
    /// <param name="elsewhere">Items that another plan covers by now: they are not moved by this one; null for none.
    /// </param>
    /// <param name="isCovered">Each item is covered by a plan that is kept, this one or another.</param>
    public static Decision Judge(
        PaymentPlan plan, IReadOnlyList<PlanMoney> money, DateOnly today, Guid requestId, bool isOpen = true,
        IReadOnlyList<ItemElsewhere>? elsewhere = null, bool isCovered = true)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan is not { Status: PlanStatus.Active or PlanStatus.Breached or PlanStatus.Completed, Plan: { } agreed })
            return Decision.Nothing;
        var received = Money.Sum(money.Select(one => one.Amount), agreed.Amount.Currency);
        var missed = Missed(agreed, money, today);
        var hasEnded = received >= agreed.Amount || (!isOpen && plan.Status != PlanStatus.Breached);
        var status = hasEnded ? PlanStatus.Completed
            : missed is null ? PlanStatus.Active
            : PlanStatus.Breached;
        if (status == plan.Status && (isCovered || status != PlanStatus.Active))
            return Decision.Nothing;
        return Decision.Of(status switch
        {
            PlanStatus.Completed => new PlanCompleted(agreed, received),
            PlanStatus.Breached => new PlanBreached(
                agreed, missed!.Value, received, agreed.RestoreDueDates ? requestId : null, elsewhere),
            _ => new PlanReinstated(agreed, received, requestId, elsewhere),
        });
    }

    /// <summary>The first installment that was not covered in time; null when all were.</summary>
    public static int? Missed(PlanProposed plan, IReadOnlyList<PlanMoney> money, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var needed = Money.Zero(plan.Amount.Currency);
        foreach (var installment in plan.Installments)
        {
            needed += installment.Amount;
            var lastDay = installment.DueDate.AddDays(plan.GraceDays);
            if (lastDay >= today)
                return null;
            var inTime = money.Where(one => one.ValueDate <= lastDay).Select(one => one.Amount);
            if (Money.Sum(inTime, plan.Amount.Currency) < needed)
                return installment.Number;
        }

        return null;
    }

    /// <summary>How much of each installment has come, the first ones first.</summary>
    public static IReadOnlyList<Money> ReceivedPer(PlanProposed plan, Money received)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var rest = received;
        return
        [
            .. plan.Installments.Select(installment =>
            {
                var part = Money.Min(rest, installment.Amount);
                rest -= part;
                return part;
            }),
        ];
    }

    /// <summary>Notes what Invoicing has made of a request.</summary>
    public static Decision Rescheduled(PaymentPlan plan, Guid requestId, string outcome, string? detail)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.RequestId == requestId && plan.Rescheduling is null
            ? Decision.Of(new PlanReschedulingAnswered(requestId, outcome, detail))
            : Decision.Nothing;
    }

    /// <summary>Oldest first, each due on the day by which the installments so far have paid all of it.</summary>
    private static List<PlanItem> Items(PlanWish wish)
    {
        var sum = Money.Zero(wish.Items[0].Collectible.Currency);
        return
        [
            .. wish.Items.OrderBy(item => item.DueDate)
                .ThenBy(item => item.InvoiceNumber, StringComparer.Ordinal)
                .ThenBy(item => item.Installment)
                .Select(item =>
                {
                    sum += item.Collectible;
                    return new PlanItem(
                        item.InvoiceId, item.Installment, item.InvoiceNumber, item.Collectible, item.DueDate,
                        PaidBy(wish.Installments, sum), item.Version);
                }),
        ];
    }

    private static DateOnly PaidBy(IReadOnlyList<PlanInstallment> installments, Money sum)
    {
        var paid = Money.Zero(sum.Currency);
        return installments.First(installment => (paid += installment.Amount) >= sum).DueDate;
    }

    private static Refusal? CheckInstallments(
        IReadOnlyList<PlanInstallment> installments, Money covered, PlanPolicy policy, DateOnly today)
    {
        if (installments.Count == 0 || installments.Count > policy.MostInstallments)
            return PlanRefusals.Count(policy.MostInstallments);
        if (installments.Any(installment => !installment.Amount.IsPositive))
            return PlanRefusals.NoAmount();
        if (installments[0].DueDate < today || installments[^1].DueDate > today.AddDays(policy.LongestDays))
            return PlanRefusals.Dates(today, today.AddDays(policy.LongestDays));
        if (installments.Zip(installments.Skip(1)).Any(pair => pair.First.DueDate >= pair.Second.DueDate))
            return PlanRefusals.Order();
        var sum = Money.Sum(installments.Select(installment => installment.Amount), covered.Currency);
        return sum == covered ? null : PlanRefusals.Sum(sum, covered);
    }
}
