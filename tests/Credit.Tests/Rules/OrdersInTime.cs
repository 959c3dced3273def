using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>What becomes of an order after its first decision.</summary>
public sealed class OrdersInTime
{
    private static readonly OrderHeld Held = new(
        "SO-1", Usd(80), [new OrderReason("over-limit", "")], Exposure(), Usd(50));

    [Fact]
    public void a_reservation_ends_after_its_last_day_and_the_order_begins_anew()
    {
        var past = Spec.Given(Opened, Limit(100), Approved("SO-1", 80, Exposure(), 100));
        past.When(Expire(180)).ThenNothing();
        past.When(Expire(181)).Then(
            new OrderExpired("SO-1", Usd(80), Today.AddDays(180), Exposure(), Usd(100)));
        past.When(Expire(181)).ThenState(account =>
        {
            CreditDecider.Release(Customer, account, "SO-1", null, Facts).Refusal!.Code.ShouldBe("order-expired");
            CreditDecider.Check(Customer, account, new OrderWish("SO-1", Usd(80)), Facts).Events
                .ShouldHaveSingleItem().ShouldBeOfType<OrderApproved>();
        });
    }

    [Fact]
    public void what_is_invoiced_does_not_expire() =>
        Spec.Given(
                Opened, Limit(100), Approved("SO-1", 80, Exposure(), 100),
                new ReservationConverted("SO-1", Invoice, Usd(0), Exposure(80)))
            .When(Expire(400)).ThenNothing();

    [Fact]
    public void a_release_lapses_after_the_day_the_person_named() =>
        Spec.Given(Opened, Limit(50), Held)
            .When(account => CreditDecider.Release(Customer, account, "SO-1", Today.AddDays(3), Facts))
            .ThenState(account =>
            {
                Expire(3)(account).Events.ShouldBeEmpty();
                Expire(4)(account).Events.ShouldHaveSingleItem().ShouldBeOfType<OrderExpired>();
                CreditDecider.Release(Customer, account, "SO-2", Today.AddDays(-1), Facts).Refusal!.Code
                    .ShouldBe("not-found");
            });

    [Fact]
    public void a_release_into_the_past_is_refused() =>
        Spec.Given(Opened, Limit(50), Held)
            .When(account => CreditDecider.Release(Customer, account, "SO-1", Today.AddDays(-1), Facts))
            .ThenRefused("expiry-in-the-past");

    [Fact]
    public void a_held_order_is_declined_once_and_stays_so_until_it_changes_or_is_released()
    {
        Spec.Given(Opened, Limit(50), Held).When(account => CreditDecider.Decline(account, "SO-1", Facts))
            .ThenState(account =>
            {
                account.Orders["SO-1"].Status.ShouldBe(OrderStatus.Declined);
                account.Waiting.ShouldBeEmpty();
                CreditDecider.Decline(account, "SO-1", Facts).Events.ShouldBeEmpty();
                Check("SO-1", 80)(account).Events.ShouldBeEmpty("the same order has its answer");
                CreditDecider.Recheck(Customer, account, "SO-1", Facts).Refusal!.Code.ShouldBe("order-declined");
                Check("SO-1", 50)(account).Events.ShouldHaveSingleItem().ShouldBeOfType<OrderApproved>();
                Release("SO-1")(account).Events.ShouldHaveSingleItem().ShouldBeOfType<OrderReleased>();
            });
        Spec.Given(Opened, Limit(50), Approved("SO-1", 10, Exposure(), 50))
            .When(account => CreditDecider.Decline(account, "SO-1", Facts)).ThenRefused("order-not-held");
    }

    [Fact]
    public void a_held_order_is_approved_when_room_has_come_and_not_before()
    {
        Spec.Given(Opened, Limit(50), Held).When(Recheck("SO-1")).ThenNothing();
        Spec.Given(Opened, Limit(50), Held, Limit(80)).When(Recheck("SO-1")).ThenState(account =>
        {
            IsApproved("SO-1")(account);
            account.ExposureIn(account.Currency).ShouldBe(Exposure(orders: 80));
            account.Waiting.ShouldBeEmpty();
        });
    }

    [Fact]
    public void an_approved_order_that_would_not_be_any_more_is_held_and_frees_its_room() =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 80, Exposure(), 100), Limit(50)).When(Recheck("SO-1"))
            .ThenState(account =>
            {
                IsHeld("SO-1", "over-limit")(account);
                account.ExposureIn(account.Currency).ShouldBe(Exposure());
                account.Waiting.ShouldBe(["SO-1"]);
            });

    [Fact]
    public void what_a_rule_declined_is_held_when_the_rule_does_not_decline_it_any_more_and_not_let_go_by_itself()
    {
        var hold = new HoldPlaced(Ids.From("hold", "1"), "sanctions", "listed", ByRule: false, null);
        var declined = new OrderDeclined(
            "SO-1", Usd(80), [new OrderReason("sanctions", "listed")], Exposure(), Usd(100), Basis: Basis,
            ByRule: true);
        var over = new HoldReleased(hold.HoldId, hold.Code);
        Spec.Given(Opened, Limit(100), hold, declined).When(Reconsider()).ThenNothing();
        Spec.Given(Opened, Limit(100), hold, declined, over).When(Reconsider()).ThenState(account =>
        {
            IsHeld("SO-1", "was-declined")(account);
            account.ExposureIn(account.Currency).ShouldBe(Exposure());
            Reconsider()(account).Events.ShouldBeEmpty("somebody says first that it is still to come");
            Recheck("SO-1")(account).Events.ShouldHaveSingleItem().ShouldBeOfType<OrderApproved>();
            Release("SO-1")(account).Events.ShouldHaveSingleItem().ShouldBeOfType<OrderReleased>()
                .Reasons.ShouldBeEmpty();
        });
        Reconsider()(new object[] { Opened, Limit(100), hold, declined, over }
            .Aggregate(CreditAccount.Initial, CreditAccount.Evolve)).Events.ShouldHaveSingleItem()
            .ShouldBeOfType<OrderHeld>("the release before this one reads it, and does not approve it by itself");
        Spec.Given(Opened, Limit(50), hold, declined, over).When(Reconsider())
            .ThenState(IsHeld("SO-1", "over-limit", "was-declined"));
        Spec.Given(Opened, Limit(100), hold, declined with { ByRule = false }, over).When(Reconsider()).ThenNothing();
        Spec.Given(Opened, Limit(100), hold, declined, over).When(Reconsider(30))
            .ThenState(IsHeld("SO-1", "was-declined"));
        Spec.Given(Opened, Limit(100), hold, declined, over).When(Reconsider(31)).ThenNothing();
        Spec.Given(Opened, Limit(100), hold, declined with { Basis = null }, over).When(Reconsider()).ThenNothing();

        static Func<CreditAccount, Decision> Reconsider(int days = 0) => account => CreditDecider.Reconsider(
            Customer, account, "SO-1", Facts with { Today = Today.AddDays(days) });
    }

    /// <summary>An order for the last day there is, as was taken once, stands in no other order's way.</summary>
    [Fact]
    public void an_order_for_the_end_of_days_is_approved_when_there_is_room_and_reserved_until_then() =>
        Spec.Given(Opened, Limit(50), Held with { NeededOn = DateOnly.MaxValue }, Limit(100))
            .When(account => CreditDecider.Reconsider(Customer, account, "SO-1", Facts))
            .ThenState(account =>
            {
                account.Orders["SO-1"].ReservedUntil.ShouldBe(DateOnly.MaxValue);
                account.Orders["SO-1"].IsApproved.ShouldBeTrue();
                Expire(400)(account).Events.ShouldBeEmpty();
            });

    [Fact]
    public void what_is_due_at_the_end_of_days_is_never_overdue() =>
        DueBalances.None.Add(DateOnly.MaxValue, 10).Add(Today.AddDays(-8), 5).OverdueFor(7, Today).ShouldBe(5);

    [Fact]
    public void held_orders_wait_in_the_order_of_their_coming() =>
        Spec.Given(Opened, Held, Held with { OrderId = "SO-2" }, Held with { Amount = Usd(90) })
            .When(Check("SO-3", 5)).ThenState(account => account.Waiting.ShouldBe(["SO-1", "SO-2", "SO-3"]));

    private static Func<CreditAccount, Decision> Recheck(string orderId) =>
        account => CreditDecider.Recheck(Customer, account, orderId, Facts);

    private static Func<CreditAccount, Decision> Expire(int days) =>
        account => CreditDecider.Expire(account, "SO-1", Facts with { Today = Today.AddDays(days) });
}
