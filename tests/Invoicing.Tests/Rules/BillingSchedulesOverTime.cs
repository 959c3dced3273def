using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class BillingSchedulesOverTime
{
    private static readonly DeciderSpec<BillingSchedule> Spec =
        new(BillingSchedule.Initial, BillingSchedule.Evolve);

    private static readonly IssueInvoiceLine[] Lines = [Some.Line(quantity: 1, unitPrice: 310, taxRate: 0)];

    private static readonly Arbitrary<RecurringPlan> Plans = (
        from interval in Gen.Elements(BillingInterval.Monthly, BillingInterval.Quarterly, BillingInterval.Annual)
        from timing in Gen.Elements(BillingTiming.Advance, BillingTiming.Arrears)
        from start in Gen.Choose(0, 1_500)
        from shift in Gen.Choose(0, 27)
        from length in Gen.Choose(0, 1_500)
        from cents in Gen.Choose(1, 1_000_000)
        let first = new DateOnly(2024, 1, 1).AddDays(start)
        select new RecurringPlan(
            interval, timing, first, [Some.Line(quantity: 1, unitPrice: cents / 100m, taxRate: 0)],
            first.AddDays(length), shift == 0 ? null : first.AddDays(shift))).ToArbitrary();

    [Fact]
    public void Periods_follow_on_one_another_from_the_first_day_to_the_last() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Plans, plan =>
        {
            var periods = BillingPeriods.Of(plan, Currency.Of("USD")).ToList();

            periods[0].From.ShouldBe(plan.Start);
            periods[^1].To.ShouldBe(plan.End);
            foreach (var (one, next) in periods.Zip(periods.Skip(1)))
                next.From.ShouldBe(one.To!.Value.AddDays(1));
            periods.Select(period => period.Key).ShouldBeUnique();
            foreach (var period in periods)
            {
                period.BillOn.ShouldBe(
                    plan.Timing == BillingTiming.Advance ? period.From!.Value : period.To!.Value.AddDays(1));
                var (price, whole) = (period.Lines[0].UnitPrice, plan.Lines[0].UnitPrice);
                price.ShouldBeInRange(0, whole);
                (period.Lines[0].Quantity * price).ShouldBe(Money.Round(price, Currency.Of("USD")).Amount);
            }

            // What lies between the first and the last is whole and costs what was agreed.
            periods.Skip(1).SkipLast(1).ShouldAllBe(period => period.Lines[0].UnitPrice == plan.Lines[0].UnitPrice);
        }));

    [Fact]
    public void The_31st_stays_the_31st_after_a_february() =>
        BillingPeriods.Of(Monthly(new DateOnly(2026, 1, 31)), Currency.Of("USD")).Take(4)
            .Select(period => $"{period.From:MM-dd}").ShouldBe(["01-31", "02-28", "03-31", "04-30"]);

    [Fact]
    public void A_part_of_a_month_costs_its_days()
    {
        var plan = Monthly(new DateOnly(2026, 1, 22)) with
        {
            FirstFullPeriod = new DateOnly(2026, 2, 1),
            End = new DateOnly(2026, 3, 10),
        };
        var periods = BillingPeriods.Of(plan, Currency.Of("USD")).ToList();

        periods.Select(period => period.Lines[0].UnitPrice).ShouldBe([100m, 310m, 100m]);
        periods[0].Lines[0].Description.ShouldBe("Widget (2026-01-22 – 2026-01-31), 10 / 31");
        BillingPeriods.Of(plan with { Prorate = false }, Currency.Of("USD"))
            .Select(period => period.Lines[0].UnitPrice).ShouldBe([310m, 310m, 310m]);
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_each_period_is_billed_once() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Plans, Gen.Choose(0, 3).ArrayOf().ToArbitrary(), (plan, steps) =>
        {
            var schedule = Agree(new BillingPlan(plan));
            var billed = new List<string>();
            foreach (var step in steps.Take(40))
            {
                var decision = step switch
                {
                    0 => BillingScheduleDecider.Pause(schedule),
                    1 => BillingScheduleDecider.Resume(schedule),
                    _ when schedule.Next() is { } period => Bill(schedule, period),
                    _ => Decision.Nothing,
                };
                billed.AddRange(decision.Events.OfType<SchedulePeriodBilled>().Select(e => e.Key));
                schedule = decision.Events.Aggregate(schedule, BillingSchedule.Evolve);
                schedule.NextBillOn.ShouldBe(schedule.IsPaused ? null : schedule.Next()?.BillOn);
            }

            billed.ShouldBe(BillingPeriods.Of(plan, Currency.Of("USD")).Select(one => one.Key).Take(billed.Count));
        }));

    [Fact]
    public void Billing_a_period_again_is_nothing()
    {
        var schedule = Agree(new BillingPlan(Monthly(new DateOnly(2026, 1, 1))));
        var period = schedule.Next()!;
        var after = Bill(schedule, period).Events.Aggregate(schedule, BillingSchedule.Evolve);

        Bill(after, period).Events.ShouldBeEmpty();
        after.Next()!.Key.ShouldBe("2026-02-01");
        BillingScheduleStream.InvoiceId(Some.Customer, "2026-01-01")
            .ShouldBe(BillingScheduleStream.InvoiceId(Some.Customer, "2026-01-01"));
    }

    [Fact]
    public void An_end_cuts_the_last_period_short_and_never_what_is_billed()
    {
        var plan = Monthly(new DateOnly(2026, 1, 1)) with { Timing = BillingTiming.Arrears };
        var schedule = Agree(new BillingPlan(plan));
        schedule = Bill(schedule, schedule.Next()!).Events.Aggregate(schedule, BillingSchedule.Evolve);

        var ended = BillingScheduleDecider.End(schedule, new DateOnly(2026, 2, 14));
        var after = ended.Events.Aggregate(schedule, BillingSchedule.Evolve);

        after.NextBillOn.ShouldBe(new DateOnly(2026, 2, 15));
        after.Remaining().ShouldHaveSingleItem().Lines[0].UnitPrice.ShouldBe(155m);
        BillingScheduleDecider.End(after, new DateOnly(2026, 6, 1)).Refusal!.Code.ShouldBe("schedule-ended");
    }

    [Fact]
    public void A_milestone_is_billed_when_it_is_reached_and_not_before()
    {
        var plan = new BillingPlan(Milestones:
        [
            new Milestone("design", "Design", Lines, new DateOnly(2026, 1, 1)),
            new Milestone("go-live", "Go live", Lines),
        ]);
        var schedule = Agree(plan);

        schedule.NextBillOn.ShouldBeNull();
        schedule.Status.ShouldBe(BillingScheduleStatus.Active);
        var reached = BillingScheduleDecider.Reach(schedule, "go-live", new DateOnly(2026, 5, 1));
        var after = reached.Events.Aggregate(schedule, BillingSchedule.Evolve);
        (after.NextBillOn, after.Next()!.Key).ShouldBe((new DateOnly(2026, 5, 1), "go-live"));
        BillingScheduleDecider.Reach(after, "go-live", new DateOnly(2026, 6, 1)).Events.ShouldBeEmpty();
        BillingScheduleDecider.Reach(after, "party", new DateOnly(2026, 6, 1)).Refusal!.Code
            .ShouldBe("unknown-milestone");

        // What is reached by the last day is billed, whenever it was agreed that it ends.
        var ending = BillingScheduleDecider.End(schedule, new DateOnly(2026, 5, 1)).Events
            .Aggregate(schedule, BillingSchedule.Evolve);
        BillingScheduleDecider.Reach(ending, "go-live", new DateOnly(2026, 5, 1)).Events.ShouldHaveSingleItem();
        BillingScheduleDecider.Reach(ending, "go-live", new DateOnly(2026, 5, 2)).Refusal!.Code
            .ShouldBe("schedule-ended");
    }

    public static TheoryData<BillingPlan, string> Wrong => new()
    {
        { new BillingPlan(), "/plan" },
        { new BillingPlan(Monthly(new DateOnly(2026, 1, 1)), []), "/plan" },
        { new BillingPlan(Dates: []), "/plan" },
        { new BillingPlan(Monthly(new DateOnly(2026, 1, 1)) with { Lines = [] }), "/plan" },
        { new BillingPlan(Monthly(new DateOnly(1926, 1, 1))), "/plan/recurring/start" },
        {
            new BillingPlan(Monthly(new DateOnly(2026, 1, 1)) with { End = new DateOnly(2025, 12, 31) }),
            "/plan/recurring/end"
        },
        {
            new BillingPlan(Monthly(new DateOnly(2026, 1, 1)) with { FirstFullPeriod = new DateOnly(2026, 2, 2) }),
            "/plan/recurring/firstFullPeriod"
        },
        {
            new BillingPlan(Milestones: [new Milestone("a", "x", Lines), new Milestone("a", "y", Lines)]),
            "/plan/milestones"
        },
        {
            new BillingPlan(Dates: [new(new DateOnly(2026, 1, 1), Lines), new(new DateOnly(2026, 1, 1), Lines)]),
            "/plan/dates"
        },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_plan_that_nobody_can_bill_is_refused(BillingPlan plan, string field) => Spec.Given()
        .When(schedule => BillingScheduleDecider.Create(schedule, Wish(plan))).ThenRefused("invalid-schedule")
        .Field.ShouldBe(field);

    private static RecurringPlan Monthly(DateOnly start) =>
        new(BillingInterval.Monthly, BillingTiming.Advance, start, Lines);

    private static BillingScheduleCreated Wish(BillingPlan plan) =>
        new("US01", Some.Customer, "Hosting", "USD", plan, null, null, null, null);

    private static BillingSchedule Agree(BillingPlan plan) =>
        BillingScheduleDecider.Create(BillingSchedule.Initial, Wish(plan)).Events
            .Aggregate(BillingSchedule.Initial, BillingSchedule.Evolve);

    private static Decision Bill(BillingSchedule schedule, BillingPeriod period) => BillingScheduleDecider.Bill(
        schedule, period, BillingScheduleStream.InvoiceId(Some.Customer, period.Key), "INV-1", Some.Usd(1));
}
