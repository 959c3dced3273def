using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Dunning;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>Whatever days a service was down and whatever is paid in between, the plan keeps its promises.</summary>
public sealed class PlanningProperties
{
    private static readonly DateOnly Start = new(2026, 3, 1);

    /// <summary>Runs on some days of two months; items with any due date, payments on any day.</summary>
    private static readonly Gen<(int[] Runs, Bill[] Bills)> Stories =
        from runs in Gen.Choose(0, 60).ArrayOf()
        from bills in Bill.Generator.ArrayOf()
        select (runs.Distinct().Order().ToArray(), bills);

    [Fact]
    public void each_item_gets_each_step_once_in_order_and_never_when_paid_or_pending() =>
        Prop.ForAll(Stories.ToArbitrary(), story =>
        {
            var sent = story.Bills.Select(_ => new List<int>()).ToArray();
            foreach (var day in story.Runs)
            {
                var due = Run(day, story.Bills, sent);
                for (var index = 0; index < story.Bills.Length; index++)
                {
                    var expected = Expected(day, story.Bills[index], sent[index]);
                    if (due[index] != expected)
                        return false;
                    if (expected is { } offset)
                        sent[index].Add(offset);
                }
            }

            return sent.All(steps => steps.SequenceEqual(steps.Distinct().Order()));
        }).QuickCheckThrowOnFailure();

    /// <summary>The planner on one customer with all items; the offset each gets.</summary>
    private static int?[] Run(int day, Bill[] bills, List<int>[] sent)
    {
        var items = bills.Select((bill, index) => bill.On(day, index, sent[index])).ToArray();
        var plan = DunningPlanner.Plan(Start.AddDays(day), Some.Standard, [Some.Customer(items)]);
        var notice = plan.Count == 0 ? [] : plan.Single().Items;
        return
        [
            .. items.Select(item => notice.Where(n => n.InvoiceId == item.InvoiceId)
                .Select(n => (int?)n.StepOffset).SingleOrDefault()),
        ];
    }

    /// <summary>The same rule, said the long way round.</summary>
    private static int? Expected(int day, Bill bill, List<int> sent)
    {
        var left = bill.Cents - (day >= bill.PaidOn ? bill.PaidCents : 0) - bill.PendingCents;
        if (left <= 0)
            return null;
        var days = day - bill.DueOn;
        int? step = null;
        foreach (var offset in new[] { -3, 1, 10, 20 })
        {
            if (days >= offset)
                step = offset;
        }

        return step is { } highest && sent.TrueForAll(offset => offset < highest) ? highest : null;
    }

    private sealed record Bill(int DueOn, int Cents, int PaidOn, int PaidCents, int PendingCents)
    {
        public static readonly Gen<Bill> Generator =
            from due in Gen.Choose(0, 50)
            from cents in Gen.Choose(1, 3)
            from paidOn in Gen.Choose(0, 60)
            from paid in Gen.Choose(0, cents)
            from pending in Gen.Choose(0, cents - paid)
            select new Bill(due, cents, paidOn, paid, pending);

        public ItemFacts On(int day, int index, List<int> sent) => new(
            Ids.From("bill", index.ToString("D", null)), 1, "INV", Start.AddDays(DueOn), Some.Usd(Cents / 100m),
            Some.Usd((Cents - (day >= PaidOn ? PaidCents : 0)) / 100m), Some.Usd(PendingCents / 100m),
            [.. Some.Standard.Steps.Where(step => sent.Contains(step.OffsetDays)).Select(step => step.Code)],
            sent.Count == 0 ? null : sent.Max());
    }
}
