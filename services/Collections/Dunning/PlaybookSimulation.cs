using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>An item over time.</summary>
/// <param name="Customer">Who owes it.</param>
/// <param name="Facts">What does not change, and the steps it had before the time began.</param>
/// <param name="Balances">From which day on it was due when and how much of it was open, by day.</param>
/// <param name="HeldBack">Days on which it was promised or in a payment plan, and how much of it was disputed or held
/// when.</param>
public sealed record ItemPast(
    Guid Customer, ItemFacts Facts, IReadOnlyList<BalanceFrom> Balances, IReadOnlyList<HeldBack> HeldBack);

/// <summary>What was open of an item from a day on.</summary>
public sealed record BalanceFrom(DateOnly From, DateOnly DueDate, Money Balance);

/// <summary>Something that kept an item from being asked for.</summary>
/// <param name="From">First day.</param>
/// <param name="Until">First day after it; null where it lasts.</param>
/// <param name="Amount">How much; null for all of it, as with a promise or a payment plan.</param>
/// <param name="Failed">A promise that was not kept: from <paramref name="Until"/> on it counts as one.</param>
/// <param name="IsDispute">It was disputed.</param>
public sealed record HeldBack(DateOnly From, DateOnly? Until, Money? Amount, bool Failed, bool IsDispute = false)
{
    public bool On(DateOnly day) => From <= day && (Until is not { } until || day < until);
}

/// <summary>A customer over time.</summary>
/// <param name="Facts">What does not change, its last notice before the time, and no items.</param>
/// <param name="Holds">Kind of the holds of the whole customer, and when.</param>
public sealed record CustomerPast(CustomerFacts Facts, IReadOnlyList<(string Kind, HeldBack Time)> Holds);

/// <summary>A notice that a playbook would have led to.</summary>
public sealed record SimulatedNotice(
    Guid CustomerId, DateOnly Date, string Step, NoticeChannel Channel, Money Amount, int Items);

/// <summary>
/// What a playbook would have done, run every day of a time that is past: on the balances, promises, payment plans,
/// disputes and holds as they were, with the steps that were sent before. Pure. Money that was on its way but not
/// applied yet is not looked at, and of plans that failed those are counted that have by today; both are the same for
/// whichever playbook. Nor does it know how customers would have reacted.
/// </summary>
public static class PlaybookSimulation
{
    /// <summary>The notices, by day; none to customers of playbooks that are not in force there.</summary>
    public static IReadOnlyList<SimulatedNotice> Run(
        DateOnly from, DateOnly to, CustomerPlaybooks playbooks, IReadOnlyList<CustomerPast> customers,
        ILookup<Guid, ItemPast> items)
    {
        ArgumentNullException.ThrowIfNull(customers);
        ArgumentNullException.ThrowIfNull(items);
        return [.. customers.SelectMany(customer =>
            Run(from, to, playbooks, customer, [.. items[customer.Facts.CustomerId]])).OrderBy(notice => notice.Date)];
    }

    private static IEnumerable<SimulatedNotice> Run(
        DateOnly from, DateOnly to, CustomerPlaybooks playbooks, CustomerPast customer, List<ItemPast> items)
    {
        var last = customer.Facts.LastNoticeOn;
        var steps = items.ToDictionary(
            item => (item.Facts.InvoiceId, item.Facts.Installment),
            item => new Said(
                item.Facts.SentSteps.ToList(), item.Facts.LastOffset, item.Facts.LastNoticeOn,
                item.Facts.LastStepOn));
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            var facts = customer.Facts with
            {
                OnHold = customer.Holds.Where(hold => hold.Time.On(day)).Select(hold => hold.Kind).FirstOrDefault(),
                LastNoticeOn = last,
                Items = [.. items.Select(item => On(day, item, steps)).OfType<ItemFacts>()],
            };
            foreach (var notice in DunningPlanner.Plan(day, playbooks, [facts]))
            {
                if (notice.BlockedBy is not null)
                    continue;
                foreach (var item in notice.Items.Where(item => !item.Listed))
                {
                    var (sent, highest, on, _) = steps[(item.InvoiceId, item.Installment)];
                    sent.Add(item.Step);
                    steps[(item.InvoiceId, item.Installment)] = new Said(
                        sent, Math.Max(highest ?? item.StepOffset, item.StepOffset), notice.Step.IsWork ? on : day,
                        day);
                }

                last = notice.Step.IsWork ? last : day;
                yield return new SimulatedNotice(
                    customer.Facts.CustomerId, day, notice.Step.Code, notice.Channel, notice.Totals[0],
                    notice.Items.Count);
            }
        }
    }

    /// <summary>The item as it was on a day; null where it was not there or paid.</summary>
    private static ItemFacts? On(
        DateOnly day, ItemPast item, Dictionary<(Guid, int), Said> steps)
    {
        var known = item.Balances.LastOrDefault(balance => balance.From <= day);
        if (known is not { Balance.IsPositive: true })
            return null;
        var (sent, last, on, stepOn) = steps[(item.Facts.InvoiceId, item.Facts.Installment)];
        var held = item.HeldBack.Where(one => one.On(day)).ToList();
        return item.Facts with
        {
            DueDate = known.DueDate,
            Balance = known.Balance,
            SentSteps = sent,
            LastOffset = last,
            LastNoticeOn = on,
            LastStepOn = stepOn,
            IsPromised = held.Exists(one => one.Amount is null),
            DisputedSince = held.Where(one => one.IsDispute).Min(one => (DateOnly?)one.From),
            FailedPromises = item.HeldBack.Count(one => one.Failed && one.Until <= day),
            HeldAmount = Money.Sum(
                held.Where(one => one.Amount is not null).Select(one => one.Amount!.Value), known.Balance.Currency),
        };
    }

    /// <summary>The steps an item has had, the latest of them, when it was last written of, and when that was.
    /// </summary>
    private sealed record Said(List<string> Sent, int? Last, DateOnly? On, DateOnly? StepOn);
}
