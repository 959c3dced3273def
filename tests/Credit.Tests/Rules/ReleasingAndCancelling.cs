using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class ReleasingAndCancelling
{
    private static readonly OrderHeld Held =
        new("SO-1", Usd(80), [new OrderReason("over-limit", "")], Exposure(), Usd(50));

    [Fact]
    public void a_released_order_is_reserved_and_keeps_what_was_overridden() =>
        Spec.Given(Opened, Limit(50), Held).When(Release("SO-1"))
            .Then(new OrderReleased("SO-1", Usd(80), Usd(80),
                [
                    new OrderReason("over-limit",
                        "Limit 50.00 USD; exposure 0.00 USD (open receivables 0.00, open orders 0.00, " +
                        "unapplied cash 0.00); " +
                        "this order asks for 80.00 USD more; that is 30.00 USD over the limit."),
                ],
                Exposure(orders: 80), Usd(-30), Today.AddDays(30), Basis, Granted: Usd(50)));

    [Fact]
    public void a_release_after_room_came_overrides_nothing() =>
        Spec.Given(Opened, Limit(50), Held, Limit(100)).When(Release("SO-1"))
            .Then(new OrderReleased(
                "SO-1", Usd(80), Usd(80), [], Exposure(orders: 80), Usd(20), Today.AddDays(30), Basis,
                Granted: Usd(100)));

    [Fact]
    public void releasing_twice_or_what_is_approved_is_nothing()
    {
        Spec.Given(
            Opened, Limit(50), Held,
            new OrderReleased(
                "SO-1", Usd(80), Usd(80), [new OrderReason("over-limit", "")], Exposure(orders: 80), Usd(-30)))
            .When(Release("SO-1")).ThenNothing();
        Spec.Given(Opened, Limit(50), Approved("SO-1", 10, Exposure(), 50))
            .When(Release("SO-1")).ThenNothing();
    }

    /// <summary>CRD-11: what is released lapses some day.</summary>
    [Theory]
    [InlineData(null, "2999-12-31", true)]
    [InlineData(null, "9999-12-31", false)]
    [InlineData(60, "2027-01-01", true)]
    [InlineData(60, "2027-01-02", false)]
    [InlineData(60, null, true)]
    public void a_release_ends_within_the_days_that_the_policy_allows(int? most, string? until, bool isReleased)
    {
        var facts = With(policy => policy with { Orders = policy.Orders with { MostReleaseDays = most } });
        DateOnly? last = until is null
            ? null
            : DateOnly.Parse(until, System.Globalization.CultureInfo.InvariantCulture);
        var released = Spec.Given(Opened, Limit(50), Held)
            .When(account => CreditDecider.Release(Customer, account, "SO-1", last, facts));
        if (isReleased)
        {
            released.ThenState(account =>
                account.Orders["SO-1"].ReservedUntil.ShouldBe(last ?? Today.AddDays(30)));
        }
        else
        {
            released.ThenRefused("released-for-too-long").Field.ShouldBe("/until");
        }
    }

    [Fact]
    public void a_release_that_waits_is_one_of_the_order_as_it_is()
    {
        var approval = Ids.From("approval", "1");
        Spec.Given(Opened, Limit(50), Held, new OrderReleaseRequested("SO-1", approval))
            .When(Check("SO-1", 60)).ThenState(account => account.Orders["SO-1"].ReleaseApprovalId.ShouldBeNull());
        Spec.Given(
                Opened, Limit(50), Held, new OrderReleaseRequested("SO-1", approval), Held with { Available = Usd(1) })
            .When(End(approval)).Then(new OrderReleaseEnded("SO-1", approval, "rejected"));
        Spec.Given(Opened, Limit(50), Held, new OrderReleaseRequested("SO-1", approval)).When(End(Invoice))
            .ThenNothing();
        Spec.Given(
                Opened, Limit(50), Held, new OrderReleaseRequested("SO-1", approval),
                new OrderReleaseEnded("SO-1", approval, "rejected"))
            .When(Release("SO-1")).ThenState(account => account.Orders["SO-1"].ReleaseApprovalId.ShouldBeNull());

        static Func<CreditAccount, Decision> End(Guid approval) =>
            account => CreditDecider.EndRelease(account, "SO-1", approval, "rejected");
    }

    /// <summary>A person's no is not overruled by an approval that was asked for before it.</summary>
    [Fact]
    public void a_persons_decline_ends_the_release_that_was_asked_for_before_it()
    {
        var approval = Ids.From("approval", "1");
        var asked = new OrderReleaseRequested("SO-1", approval);
        var declined = new OrderDeclined("SO-1", Usd(80), Held.Reasons, Exposure(), Usd(50));
        Spec.Given(Opened, Limit(50), Held, asked).When(Decline)
            .ThenState(account => account.Orders["SO-1"].ReleaseApprovalId.ShouldBeNull());
        Spec.Given(Opened, Limit(50), Held, asked, declined).When(Approve).ThenRefused("release-outdated");
        Spec.Given(Opened, Limit(50), Held, declined, asked).When(Approve).ThenState(account =>
            account.Orders["SO-1"].Status.ShouldBe(OrderStatus.Released));
        Spec.Given(Opened, Limit(50), Held, declined, asked).When(Decline)
            .Then(new OrderReleaseEnded("SO-1", approval, "declined"));

        static Decision Decline(CreditAccount account) => CreditDecider.Decline(account, "SO-1", Facts);

        Decision Approve(CreditAccount account) => CreditDecider.ReleaseAsApproved(
            Customer, account, new OrderWish("SO-1", Usd(80)), null, Facts, approvalId: approval);
    }

    /// <summary>I-11, I-19: who approves 80 has not approved 500,000, nor other terms or another day.</summary>
    [Fact]
    public void an_approval_lets_only_the_order_go_that_was_approved()
    {
        var approved = new OrderWish("SO-1", Usd(80));
        Spec.Given(Opened, Limit(50), Held).When(Approve).ThenState(account =>
            (account.Orders["SO-1"].Status, account.Orders["SO-1"].Reserved)
                .ShouldBe((OrderStatus.Released, Usd(80))));
        foreach (var other in new[]
        {
            Held with { Amount = Usd(500_000) }, Held with { Terms = "NET 90" }, Held with { NeededOn = Today },
        })
            Spec.Given(Opened, Limit(50), Held, other).When(Approve).ThenRefused("release-outdated");
        Spec.Given(Opened, Limit(50), Approved("SO-1", 40, Exposure(), 50)).When(Approve).ThenNothing();

        Decision Approve(CreditAccount account) =>
            CreditDecider.ReleaseAsApproved(Customer, account, approved, null, Facts);
    }

    [Fact]
    public void what_a_person_has_released_is_not_held_again_by_looking_at_it() =>
        Spec.Given(
            Opened, Limit(50), Held,
            new OrderReleased(
                "SO-1", Usd(80), Usd(80), [new OrderReason("over-limit", "")], Exposure(orders: 80), Usd(-30)))
            .When(account => CreditDecider.Recheck(Customer, account, "SO-1", Facts)).ThenNothing();

    /// <summary>I-19: fraud and sanctions are no matter of one order.</summary>
    [Fact]
    public void an_order_is_not_released_while_a_hold_declines_it()
    {
        var hold = new HoldPlaced(Ids.From("hold"), "sanctions", "listed", ByRule: false, null);
        Spec.Given(Opened, Limit(50), Held, hold).When(Release("SO-1")).ThenRefused("order-declined-by-hold");
        Spec.Given(Opened, Limit(50), Held, hold with { Code = "manual" }).When(Release("SO-1"))
            .ThenState(account => account.Orders["SO-1"].Status.ShouldBe(OrderStatus.Released));
        Spec.Given(Opened, Limit(50), Held, hold, new HoldReleased(hold.HoldId, hold.Code)).When(Release("SO-1"))
            .ThenState(account => account.Orders["SO-1"].Status.ShouldBe(OrderStatus.Released));
    }

    /// <summary>CRD-11: why orders are released can be counted.</summary>
    [Fact]
    public void a_release_names_one_of_the_policys_reasons_where_it_has_some()
    {
        var facts = With(policy => policy with
        {
            Orders = policy.Orders with { ReleaseReasons = ["payment-on-its-way", "secured"] },
        });
        var held = Spec.Given(Opened, Limit(50), Held);
        held.When(ReleaseFor(null, facts)).ThenRefused("unknown-release-reason");
        held.When(ReleaseFor("because", facts)).ThenRefused("unknown-release-reason");
        held.When(ReleaseFor("secured", Facts)).ThenRefused("unknown-release-reason");
        held.When(ReleaseFor("secured", facts))
            .ThenState(account => account.Orders["SO-1"].ReleaseReason.ShouldBe("secured"));

        static Func<CreditAccount, Decision> ReleaseFor(string? code, DecisionFacts facts) =>
            account => CreditDecider.Release(Customer, account, "SO-1", null, facts, code);
    }

    [Fact]
    public void a_cancelled_or_unknown_order_is_not_released()
    {
        Spec.Given(Opened, Limit(50), Held, new OrderCancelled("SO-1", Usd(80), Exposure(), Usd(50)))
            .When(Release("SO-1")).ThenRefused("order-cancelled");
        Spec.Given(Opened).When(Release("SO-1")).ThenRefused("not-found");
    }

    [Fact]
    public void cancelling_gives_the_reservation_back_once()
    {
        var approved = Approved("SO-1", 40, Exposure(), 50);
        var cancelled = new OrderCancelled("SO-1", Usd(40), Exposure(), Usd(50));
        Spec.Given(Opened, Limit(50), approved).When(Cancel("SO-1"))
            .Then(cancelled);
        Spec.Given(Opened, Limit(50), approved, cancelled)
            .When(Cancel("SO-1")).ThenNothing();
    }

    [Fact]
    public void a_held_order_can_be_cancelled() =>
        Spec.Given(Opened, Limit(50), Held).When(Cancel("SO-1"))
            .Then(new OrderCancelled("SO-1", Usd(80), Exposure(), Usd(50)));

    [Fact]
    public void the_rest_of_a_partly_invoiced_order_can_be_cancelled_and_a_fully_invoiced_one_cannot()
    {
        var approved = Approved("SO-1", 40, Exposure(), 50);
        Spec.Given(Opened, Limit(50), approved, new ReservationConverted("SO-1", Invoice, Usd(15), Exposure(25, 15)))
            .When(Cancel("SO-1"))
            .Then(new OrderCancelled("SO-1", Usd(40), Exposure(25), Usd(25)));
        Spec.Given(Opened, Limit(50), approved, new ReservationConverted("SO-1", Invoice, Usd(0), Exposure(40)))
            .When(Cancel("SO-1")).ThenRefused("order-invoiced");
    }

    /// <summary>I-19: many small orders over a limit take the authority of one large one.</summary>
    [Fact]
    public void a_release_is_judged_by_all_that_is_over_the_limits_with_it()
    {
        var account = new object[] { Opened, Limit(50), Approved("SO-0", 90, Exposure(), 50) }
            .Aggregate(CreditAccount.Initial, CreditAccount.Evolve);
        CreditDecider.AtStake(account, Usd(25), Facts).ShouldBe(Usd(40));
        CreditDecider.AtStake(account, Usd(45), Facts).ShouldBe(Usd(45));
        var inGroup = Facts with { Groups = [new GroupPosition(Customer, Usd(100), Usd(70), [])] };
        CreditDecider.AtStake(account, Usd(25), inGroup).ShouldBe(Usd(60));
        CreditDecider.AtStake(account, Eur(25), Facts).ShouldBe(DecisionFacts.AboveAllBands(account.Currency));
        var owing = CreditAccount.Evolve(account, new ReceivableRecorded(
            Ids.From("euro"), 1, "INV-E", null, Eur(1), Eur(1), 1, new Exposure(Eur(1), Eur(0), Eur(0))));
        CreditDecider.AtStake(owing, Usd(25), Facts).ShouldBe(DecisionFacts.AboveAllBands(account.Currency));
    }
}
