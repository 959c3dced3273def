using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>I-11, CRD-12: what is at risk with a duplicate counts with the customer that survives.</summary>
public sealed class MergingCustomers
{
    private static readonly Guid Duplicate = Ids.From("duplicate");

    [Fact]
    public void what_a_duplicate_owes_takes_room_from_the_survivor()
    {
        var absorbed = new DuplicateAbsorbed(Duplicate, [Exposure(receivables: 90)], 1);
        Spec.Given(Opened, Limit(100), absorbed).When(Check("SO-1", 20)).ThenState(account =>
        {
            IsHeld("SO-1", "over-limit")(account);
            account.Orders["SO-1"].Reasons[0].Detail.ShouldContain("duplicates 90.00");
        });
        Spec.Given(Opened, Limit(100), absorbed).When(Check("SO-1", 10)).ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(100), absorbed, new DuplicateReleased(Duplicate, 2)).When(Check("SO-1", 20))
            .ThenState(IsApproved("SO-1"));
    }

    [Fact]
    public void an_order_of_the_duplicate_that_is_invoiced_to_the_survivor_counts_once()
    {
        var duplicate = State(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100));
        Spec.Given(Opened, Limit(100)).When(Absorb(duplicate, 3))
            .ThenState(account => account.Absorbed[Duplicate].ShouldBe([Exposure(orders: 60)]));
        var invoiced = Receivable(40, 40, Exposure(), orderId: "SO-1");
        Spec.Given(Opened, Limit(100), invoiced).When(Absorb(duplicate, 3))
            .ThenState(account => account.Absorbed[Duplicate].ShouldBe([Exposure(orders: 20)]));
    }

    /// <summary>The survivor has no such order by whose currency the invoice could be converted.</summary>
    [Fact]
    public void an_order_of_the_duplicate_that_is_invoiced_to_the_survivor_in_another_currency_counts_beside_it()
    {
        var duplicate = State(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100));
        var invoiced = new ReceivableRecorded(
            Invoice, 1, "INV-US01-2026-000001", "SO-1", Eur(40), Eur(40), 1, new Exposure(Eur(40), Eur(0), Eur(0)));
        Spec.Given(Opened, Limit(100), invoiced).When(Absorb(duplicate, 3))
            .ThenState(account => account.Absorbed[Duplicate].ShouldBe([Exposure(orders: 60)]));
    }

    [Fact]
    public void what_was_delivered_to_the_duplicate_is_invoiced_to_the_survivor_first()
    {
        var duplicate = State(
            Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100),
            new DeliveryRecorded(
                "SO-1", Usd(40), Usd(20), Exposure(orders: 20) with { UnbilledDeliveries = Usd(40) }));
        Spec.Given(Opened, Receivable(30, 30, Exposure(), orderId: "SO-1")).When(Absorb(duplicate, 4))
            .ThenState(account => account.Absorbed[Duplicate]
                .ShouldBe([Exposure(orders: 20) with { UnbilledDeliveries = Usd(10) }]));
        Spec.Given(Opened, Receivable(50, 50, Exposure(), orderId: "SO-1")).When(Absorb(duplicate, 4))
            .ThenState(account => account.Absorbed[Duplicate].ShouldBe([Exposure(orders: 10)]));
    }

    /// <summary>It is still the duplicate's, which must neither count by itself nor stay here once it is released.
    /// </summary>
    [Fact]
    public void an_order_of_the_duplicate_that_is_invoiced_in_full_is_taken_over_as_nothing()
    {
        var duplicate = State(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100));
        var invoiced = Receivable(60, 60, Exposure(), orderId: "SO-1");
        Spec.Given(Opened, Limit(100), invoiced).When(Absorb(duplicate, 3))
            .ThenState(account => account.Absorbed[Duplicate].ShouldBe([Exposure()]));
        Spec.Given(Opened, new DuplicateAbsorbed(Duplicate, [Exposure()], 3))
            .When(account => MergeDecider.Release(account, Duplicate, 4)).Then(new DuplicateReleased(Duplicate, 4));
    }

    /// <summary>The day's run and what follows the log may look at a duplicate at the same time.</summary>
    [Fact]
    public void what_is_older_than_what_is_known_of_the_duplicate_says_nothing()
    {
        var duplicate = State(Opened, Receivable(30, 30, Exposure()));
        var known = new DuplicateAbsorbed(Duplicate, [Exposure(receivables: 20)], 5);
        Spec.Given(Opened, known).When(Absorb(duplicate, 4)).ThenNothing();
        Spec.Given(Opened, known).When(account => MergeDecider.Release(account, Duplicate, 4)).ThenNothing();
        Spec.Given(Opened, known, new DuplicateReleased(Duplicate, 6)).When(Absorb(duplicate, 5)).ThenNothing();
        Spec.Given(Opened, new DuplicateAbsorbed(Duplicate, [Exposure(receivables: 30)], 2)).When(Absorb(duplicate, 4))
            .Then(new DuplicateAbsorbed(Duplicate, [Exposure(receivables: 30)], 4));
    }

    [Fact]
    public void taking_over_the_same_again_is_nothing_and_so_is_giving_back_what_was_not_taken()
    {
        var duplicate = State(Opened, Receivable(30, 30, Exposure()));
        Spec.Given(Opened, new DuplicateAbsorbed(Duplicate, [Exposure(receivables: 30)], 2))
            .When(Absorb(duplicate, 2)).ThenNothing();
        Spec.Given(Opened).When(Absorb(State(Opened), 1)).ThenNothing();
        Spec.Given(Opened).When(account => MergeDecider.Release(account, Duplicate, 1)).ThenNothing();
    }

    /// <summary>CRD-08: a check of the duplicate's that bounces is the survivor's matter.</summary>
    [Fact]
    public void what_of_the_duplicate_may_still_bounce_counts_with_the_survivor_until_it_is_settled()
    {
        var duplicate = State(
            Opened, Settling("old", 1, Today.AddDays(-1)), Settling("check", 30, Today.AddDays(2)),
            Settling("draft", 10, Today.AddDays(4)));
        var absorbed = new DuplicateAbsorbed(
            Duplicate, [Exposure()], 4,
            [
                new UnsettledPart(Today.AddDays(4), Usd(0), Usd(10)),
                new UnsettledPart(Today.AddDays(2), Usd(0), Usd(30)),
            ],
            LastPayment: Today.AddDays(-3));
        Spec.Given(Opened, Limit(100)).When(Absorb(duplicate, 4)).Then(absorbed);
        Spec.Given(Opened, Limit(100), absorbed).When(Absorb(duplicate, 4)).ThenNothing();
        Spec.Given(Opened, Limit(100), absorbed).When(Check("SO-1", 70)).ThenState(IsHeld("SO-1", "over-limit"));
        Spec.Given(Opened, Limit(100), absorbed).When(Check("SO-1", 70, Facts with { Today = Today.AddDays(3) }))
            .ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(100), absorbed, new DuplicateReleased(Duplicate, 5)).When(Check("SO-1", 70))
            .ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(100), new DuplicateAbsorbed(Duplicate, [Exposure()], 4)).When(Absorb(duplicate, 4))
            .Then(absorbed);
    }

    /// <summary>What is settled meanwhile is no reason to write anything.</summary>
    [Fact]
    public void a_day_that_passes_takes_nothing_over()
    {
        var duplicate = State(Opened, Settling("check", 30, Today.AddDays(2)));
        var absorbed = MergeDecider.Absorb(State(Opened), Duplicate, duplicate, 2, Today).Events;
        Spec.Given([Opened, .. absorbed])
            .When(account => MergeDecider.Absorb(account, Duplicate, duplicate, 2, Today.AddDays(3))).ThenNothing();
    }

    /// <summary>CRD-10: what holds a duplicate holds who it was merged into, until it is let go or undone.</summary>
    [Fact]
    public void a_hold_of_the_duplicate_stands_against_the_survivors_orders_until_it_is_let_go_there()
    {
        var sanctions = new HoldPlaced(Ids.From("hold", "1"), "sanctions", "listed", ByRule: false, null);
        var ended = new HoldPlaced(Ids.From("hold", "2"), "manual", "wait", ByRule: false, Today.AddDays(-1));
        var overLimit = new HoldPlaced(
            Ids.From("hold", "3"), HoldDecider.OverLimit, "its own limit", ByRule: true, null);
        var held = State(Opened, sanctions, ended, overLimit);
        var absorbed = new DuplicateAbsorbed(Duplicate, [Exposure()], 4, Holds: [sanctions]);
        Spec.Given(Opened, Limit(100)).When(Absorb(held, 4)).Then(absorbed);
        Spec.Given(Opened, Limit(100), absorbed).When(Absorb(held, 4)).ThenNothing();
        Spec.Given(Opened, Limit(100), absorbed).When(Check("SO-1", 10)).ThenState(account =>
        {
            account.Orders["SO-1"].Status.ShouldBe(OrderStatus.Declined);
            account.Orders["SO-1"].Reasons.Select(reason => reason.Code).ShouldBe(["sanctions"]);
        });
        Spec.Given(Opened, Limit(100), absorbed)
            .When(account => HoldDecider.Release(account, sanctions.HoldId, null, Facts))
            .ThenRefused("hold-of-duplicate");

        // It is kept as nothing, so that an undone merge finds it.
        var free = State(Opened, sanctions, ended, overLimit, new HoldReleased(sanctions.HoldId, sanctions.Code));
        Spec.Given(Opened, Limit(100), absorbed).When(Absorb(free, 5))
            .Then(new DuplicateAbsorbed(Duplicate, [Exposure()], 5));
        Spec.Given(Opened, Limit(100), absorbed).When(Absorb(free, 5)).ThenState(account =>
            Check("SO-1", 10)(account).Events.ShouldHaveSingleItem().ShouldBeOfType<OrderApproved>());
        Spec.Given(Opened, Limit(100), absorbed, new DuplicateReleased(Duplicate, 5)).When(Check("SO-1", 10))
            .ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, absorbed).When(Absorb(held, 3)).ThenNothing();
    }

    /// <summary>CRD-10, CRD-09: who does not pay as one of two customers does not pay.</summary>
    [Fact]
    public void what_is_overdue_at_the_duplicate_is_overdue_at_the_survivor_and_its_rules_hold_it_for_that()
    {
        var late = Receivable(30, 30, Exposure()) with { DueDate = Today.AddDays(-100) };
        var duplicate = State(Opened, late);
        var absorbed = new DuplicateAbsorbed(
            Duplicate, [Exposure(receivables: 30)], 2, Due: [new DuePart(Today.AddDays(-100), Usd(30))]);
        Spec.Given(Opened, Limit(100)).When(Absorb(duplicate, 2)).Then(absorbed);
        Spec.Given(Opened, Limit(100), absorbed).When(Absorb(duplicate, 2)).ThenNothing();
        Spec.Given(Opened, Limit(100), absorbed).When(Check("SO-1", 10)).ThenState(IsHeld("SO-1", "days-overdue"));
        Spec.Given(Opened, Limit(100), absorbed)
            .When(account => HoldDecider.Apply(Customer, account, Facts))
            .ThenState(account =>
            {
                account.HoldsOn(Today).ShouldHaveSingleItem().Code.ShouldBe(HoldDecider.PastDue);
                HoldDecider.Apply(Customer, account, Facts).Events.ShouldBeEmpty();
            });
        State(Opened, Limit(100), absorbed).Overdue(100, Today).ShouldBeEmpty();
        State(Opened, Limit(100), Receivable(7, 7, Exposure()) with { DueDate = Today.AddDays(-5) }, absorbed)
            .Overdue(4, Today).ShouldBe([(Usd(37), 100)]);

        var paid = State(Opened, late, Receivable(30, 0, Exposure(receivables: 30), version: 2));
        Spec.Given(Opened, Limit(100), absorbed).When(Absorb(paid, 3)).ThenState(account =>
            Check("SO-1", 10)(account).Events.ShouldHaveSingleItem().ShouldBeOfType<OrderApproved>());
    }

    /// <summary>CRD-10: who was dunned in vain as one of two customers was dunned in vain.</summary>
    [Fact]
    public void how_often_the_duplicate_was_dunned_counts_with_the_survivor_until_that_is_paid()
    {
        var item = new InstallmentKey(Invoice, 1);
        object[] dunned =
        [
            Opened, Receivable(30, 30, Exposure()), new ItemsDunned("reminder", [item]),
            new ItemsDunned("demand", [item]),
        ];
        var facts = WithRules(new BlockingRule(RuleCodes.DunningLevel, Level: 2));
        var absorbed = new DuplicateAbsorbed(Duplicate, [Exposure(receivables: 30)], 4, Dunned: 2);
        Spec.Given(Opened, Limit(100)).When(Absorb(State(dunned), 4)).Then(absorbed);
        Spec.Given(Opened, Limit(100), absorbed).When(Absorb(State(dunned), 4)).ThenNothing();
        Spec.Given(Opened, Limit(100), absorbed with { Dunned = null }).When(Absorb(State(dunned), 4)).Then(absorbed);
        Spec.Given(Opened, Limit(100), absorbed).When(Check("SO-1", 10, facts))
            .ThenState(IsHeld("SO-1", "dunning-level"));
        Spec.Given(Opened, Limit(100), absorbed with { Dunned = 1 }).When(Check("SO-1", 10, facts))
            .ThenState(IsApproved("SO-1"));

        var paid = State([.. dunned, Receivable(30, 0, Exposure(receivables: 30), version: 2)]);
        Spec.Given(Opened, Limit(100), absorbed).When(Absorb(paid, 5)).ThenState(account =>
            Check("SO-1", 10, facts)(account).Events.ShouldHaveSingleItem().ShouldBeOfType<OrderApproved>());
        Spec.Given(Opened, Limit(100), absorbed, new DuplicateReleased(Duplicate, 5)).When(Check("SO-1", 10, facts))
            .ThenState(IsApproved("SO-1"));
    }

    /// <summary>Its last payment is the survivor's, too: two customers that are one.</summary>
    [Fact]
    public void who_has_paid_as_the_duplicate_has_paid()
    {
        var absorbed = new DuplicateAbsorbed(
            Duplicate, [Exposure(receivables: 30)], 2, LastPayment: Today.AddDays(-3));
        State(Opened, absorbed).LastPayment.ShouldBe(Today.AddDays(-3));
        State(Opened, Settling("later", 5, Today.AddDays(2)) with { Booked = new Booking(Today) }, absorbed)
            .LastPayment.ShouldBe(Today);
        State(Opened, absorbed, new DuplicateReleased(Duplicate, 3)).LastPayment.ShouldBeNull();
    }

    private static UnappliedCashRecorded Settling(string receipt, decimal spent, DateOnly until) => new(
        Ids.From("receipt", receipt), Usd(0), 1, Exposure(), Usd(spent), new Booking(Today.AddDays(-3), until));

    private static Func<CreditAccount, Decision> Absorb(CreditAccount duplicate, long version) =>
        account => MergeDecider.Absorb(account, Duplicate, duplicate, version, Today);

    private static CreditAccount State(params object[] events) =>
        events.Aggregate(CreditAccount.Initial, CreditAccount.Evolve);
}
