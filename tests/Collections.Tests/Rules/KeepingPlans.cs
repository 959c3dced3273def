using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using Contract = OrderToCash.Contracts.Collections.V1;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class KeepingPlans
{
    private static readonly DateOnly Today = new(2026, 4, 1);
    private static readonly Guid Request = Some.Id();
    private static readonly PlanPolicy Policy = StandardPolicy.For("US01").Plans;
    private static readonly DeciderSpec<PaymentPlan> Spec = new(PaymentPlan.Initial, PaymentPlan.Evolve);

    private static readonly PlanProposed Proposed = PlanDecider.Draft(
        Wish([Due(1, 10, 100), Due(2, 40, 100), Due(3, 70, 100)], Item("A", -30, 100), Item("B", -20, 200)), Policy,
        Today).Plan!;

    private static readonly PlanActivated Activated = new(Proposed, Some.Id());

    [Fact]
    public void every_item_is_due_on_the_day_by_which_the_installments_have_paid_it()
    {
        Proposed.Amount.ShouldBe(Some.Usd(300));
        Proposed.Items.Select(item => (item.InvoiceNumber, item.PlannedFor)).ShouldBe(
            [("A", Today.AddDays(10)), ("B", Today.AddDays(70))]);
    }

    [Fact]
    public void installments_that_do_not_sum_exactly_or_make_no_sense_are_refused()
    {
        Code(Due(1, 10, 299.99m)).ShouldBe("plan-sum");
        Code(Due(1, 10, 300.01m)).ShouldBe("plan-sum");
        Code().ShouldBe("plan-installments");
        Code(Due(1, 10, 300), Due(2, 20, 0)).ShouldBe("no-amount");
        Code(Due(1, -1, 300)).ShouldBe("plan-dates");
        Code(Due(1, 731, 300)).ShouldBe("plan-dates");
        Code(Due(1, 20, 200), Due(2, 20, 100)).ShouldBe("plan-order");
        Code([.. Enumerable.Range(1, 25).Select(number => Due(number, number, 12))]).ShouldBe("plan-installments");
        PlanDecider.Draft(Wish([Due(1, 10, 1)]), Policy, Today).Refusal!.Code.ShouldBe("nothing-to-pay");
        PlanDecider.Draft(
            Wish([Due(1, 10, 100)], Item("A", -30, 100) with { Collectible = Money.Of(100, "EUR") }), Policy, Today)
            .Refusal!.Code.ShouldBe("several-currencies");

        static string Code(params PlanInstallment[] installments) => PlanDecider.Draft(
            Wish(installments, Item("A", -30, 100), Item("B", -20, 200)), Policy, Today).Refusal!.Code;
    }

    [Fact]
    public void equal_installments_sum_to_the_amount_whatever_it_is() =>
        Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), Gen.Choose(1, 120).ToArbitrary(), (cents, count) =>
        {
            var amount = Some.Usd(cents / 100m);
            var parts = PlanDecider.Equal(amount, count, Today, weekly: false);
            return parts.Count == count && Money.Sum(parts.Select(part => part.Amount), Some.Dollar) == amount
                && parts.Max(part => part.Amount.Amount) - parts.Min(part => part.Amount.Amount) <= 0.01m;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void it_is_put_into_force_once_and_never_after_it_was_turned_down()
    {
        Spec.Given(Proposed).When(plan => PlanDecider.Activate(plan, Activated.RequestId)).Then(Activated);
        Spec.Given(Proposed, Activated).When(plan => PlanDecider.Activate(plan, Request)).ThenNothing();
        Spec.Given(Proposed).When(plan => PlanDecider.Reject(plan, "rejected"))
            .Then(new PlanRejected(Proposed, "rejected"));
        Spec.Given(Proposed, new PlanRejected(Proposed, "rejected"))
            .When(plan => PlanDecider.Activate(plan, Request)).ThenRefused("plan-ended");
    }

    [Fact]
    public void it_is_breached_the_day_after_the_grace_of_a_missed_installment_and_due_dates_return()
    {
        Judge(15, Paid(10, 99.99m)).ThenNothing();
        Judge(16, Paid(10, 99.99m)).Then(new PlanBreached(Proposed, 1, Some.Usd(99.99m), Request));
        Judge(16, Paid(15, 100)).ThenNothing();
        Judge(16, Paid(16, 100)).Then(new PlanBreached(Proposed, 1, Some.Usd(100), Request));
        Judge(46, Paid(3, 150)).Then(new PlanBreached(Proposed, 2, Some.Usd(150), Request));
    }

    [Fact]
    public void it_is_completed_by_the_last_cent_however_early()
    {
        Judge(1, Paid(1, 300)).Then(new PlanCompleted(Proposed, Some.Usd(300)));
        Judge(1, Paid(1, 299.99m)).ThenNothing();
    }

    /// <summary>The rest was written off: a plan that is kept ends, one that was broken stays so.</summary>
    [Fact]
    public void it_ends_where_nothing_of_it_is_owed_any_more()
    {
        Spec.Given(Proposed, Activated)
            .When(plan => PlanDecider.Judge(plan, [Paid(1, 200)], Today.AddDays(46), Request, isOpen: false))
            .Then(new PlanCompleted(Proposed, Some.Usd(200)));
        Spec.Given(Proposed, Activated, new PlanCompleted(Proposed, Some.Usd(200)))
            .When(plan => PlanDecider.Judge(plan, [Paid(1, 200)], Today.AddDays(90), Request, isOpen: false))
            .ThenNothing();
        Spec.Given(Proposed, Activated, new PlanBreached(Proposed, 1, Some.Usd(0), Request))
            .When(plan => PlanDecider.Judge(plan, [], Today.AddDays(60), Request, isOpen: false)).ThenNothing();
    }

    [Fact]
    public void money_in_time_that_is_booked_late_puts_it_back_into_force_and_money_taken_back_breaches_it_late()
    {
        var breached = new PlanBreached(Proposed, 1, Some.Usd(0), Request);

        Spec.Given(Proposed, Activated, breached)
            .When(plan => PlanDecider.Judge(plan, [Paid(12, 100)], Today.AddDays(20), Request))
            .Then(new PlanReinstated(Proposed, Some.Usd(100), Request));
        Spec.Given(Proposed, Activated, new PlanCompleted(Proposed, Some.Usd(300)))
            .When(plan => PlanDecider.Judge(plan, [], Today.AddDays(20), Request)).Then(breached);
        Spec.Given(Proposed, Activated, new PlanCompleted(Proposed, Some.Usd(300)))
            .When(plan => PlanDecider.Judge(plan, [], Today.AddDays(5), Request))
            .Then(new PlanReinstated(Proposed, Some.Usd(0), Request));
    }

    /// <summary>Due dates are moved by the plan that covers the item.</summary>
    [Fact]
    public void what_another_plan_covers_by_now_is_named_where_due_dates_move()
    {
        ItemElsewhere[] elsewhere = [new(Proposed.Items[1].InvoiceId, 1)];
        var breached = new PlanBreached(Proposed, 1, Some.Usd(0), Request);
        var reinstated = new PlanReinstated(Proposed, Some.Usd(100), Request, elsewhere);

        Spec.Given(Proposed, Activated, breached).When(plan => PlanDecider.Judge(
            plan, [Paid(12, 100)], Today.AddDays(20), Request, elsewhere: elsewhere)).Then(reinstated);
        Spec.Given(Proposed, Activated, breached, reinstated).When(plan => PlanDecider.Judge(
            plan, [Paid(12, 100)], Today.AddDays(50), Request, elsewhere: elsewhere))
            .Then(new PlanBreached(Proposed, 2, Some.Usd(100), Request, elsewhere));
        Spec.Given(Proposed, Activated, breached, reinstated).When(plan => PlanDecider.Cancel(plan, Request, elsewhere))
            .Then(new PlanCancelled(Proposed, Some.Usd(100), Request, elsewhere));
        Rescheduled(reinstated).ShouldBe([Proposed.Items[0].InvoiceId]);
        Rescheduled(new PlanCancelled(Proposed, Some.Usd(0), Request, elsewhere))
            .ShouldBe([Proposed.Items[0].InvoiceId]);
        Rescheduled(Activated).ShouldBe(Proposed.Items.Select(item => item.InvoiceId));
    }

    [Fact]
    public void one_that_is_kept_takes_back_what_no_other_plan_covers_any_more()
    {
        Spec.Given(Proposed, Activated).When(plan => PlanDecider.Judge(
            plan, [Paid(3, 100)], Today.AddDays(20), Request, isCovered: false))
            .Then(new PlanReinstated(Proposed, Some.Usd(100), Request));
        Spec.Given(Proposed, Activated).When(plan => PlanDecider.Judge(
            plan, [], Today.AddDays(20), Request, isCovered: false))
            .Then(new PlanBreached(Proposed, 1, Some.Usd(0), Request));
        Spec.Given(Proposed, Activated, new PlanBreached(Proposed, 1, Some.Usd(0), Request)).When(plan =>
            PlanDecider.Judge(plan, [], Today.AddDays(21), Request, isCovered: false)).ThenNothing();
    }

    [Fact]
    public void what_has_come_is_shown_on_the_first_installments_first() =>
        PlanDecider.ReceivedPer(Proposed, Some.Usd(150))
            .ShouldBe([Some.Usd(100), Some.Usd(50), Some.Usd(0)]);

    [Fact]
    public void only_an_active_plan_is_cancelled()
    {
        Spec.Given(Proposed, Activated).When(plan => PlanDecider.Cancel(plan, Request))
            .Then(new PlanCancelled(Proposed, Some.Usd(0), Request));
        Spec.Given(Proposed).When(plan => PlanDecider.Cancel(plan, Request)).ThenRefused("plan-ended");
    }

    /// <summary>Whatever comes and is taken back, in whatever order it is known, the last facts alone decide.</summary>
    [Fact]
    public void the_order_in_which_money_became_known_does_not_matter()
    {
        var money = from day in Gen.Choose(0, 90)
                    from cents in Gen.Choose(0, 15_000)
                    select new PlanMoney(Today.AddDays(day), Some.Usd(cents / 100m));
        Prop.ForAll(
            money.ListOf().ListOf().ToArbitrary(), money.ListOf().ToArbitrary(), Gen.Choose(0, 90).ToArbitrary(),
            (detours, last, day) =>
            {
                var states = detours.Append(last).Aggregate(Start(), (plan, known) => Next(plan, [.. known], day));
                return states.Status == Next(Start(), [.. last], day).Status;
            }).QuickCheckThrowOnFailure();
    }

    /// <summary>Whose due dates Invoicing is asked to move.</summary>
    private static IEnumerable<Guid> Rescheduled(object e) => CollectionsPublications.Create()
        .Of(new StoredEvent
        {
            Id = Some.Id(),
            StreamId = Some.Id(),
            Version = 2,
            Type = "test",
            Data = e,
            At = DateTimeOffset.UnixEpoch,
            Metadata = new EventMetadata("test"),
        })
        .Select(message => message.Contract).OfType<Contract.RescheduleRequested>().ShouldHaveSingleItem()
        .Items.Select(item => item.InvoiceId);

    private static PaymentPlan Start() =>
        new object[] { Proposed, Activated }.Aggregate(PaymentPlan.Initial, PaymentPlan.Evolve);

    private static PaymentPlan Next(PaymentPlan plan, IReadOnlyList<PlanMoney> money, int day) =>
        PlanDecider.Judge(plan, money, Today.AddDays(day), Request).Events.Aggregate(plan, PaymentPlan.Evolve);

    private static DeciderSpec<PaymentPlan>.Outcome Judge(int day, params IReadOnlyList<PlanMoney> money) =>
        Spec.Given(Proposed, Activated)
            .When(plan => PlanDecider.Judge(plan, money, Today.AddDays(day), Request));

    private static PlanMoney Paid(int day, decimal amount) => new(Today.AddDays(day), Some.Usd(amount));

    private static PlanInstallment Due(int number, int day, decimal amount) =>
        new(number, Today.AddDays(day), Some.Usd(amount));

    private static PlannableItem Item(string number, int day, decimal amount) =>
        new(Some.Id(), 1, number, Today.AddDays(day), Some.Usd(amount), 1);

    private static PlanWish Wish(IReadOnlyList<PlanInstallment> installments, params PlannableItem[] items) =>
        new("US01", Some.Id(), items, installments, null);
}
