using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class CheckingOrders
{
    [Fact]
    public void an_order_that_fits_is_approved_and_reserved() =>
        Spec.Given(Opened, Limit(50_000)).When(Check("SO-1", 30_000))
            .Then(Approved("SO-1", 30_000, 30_000, Exposure(orders: 30_000), 20_000))
            .ThenState(account => account.Orders["SO-1"].IsApproved.ShouldBeTrue());

    [Fact]
    public void the_last_cent_fits_and_one_more_does_not()
    {
        Spec.Given(Opened, Limit(50_000)).When(Check("SO-1", 50_000)).ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(50_000)).When(Check("SO-1", 50_000.01m)).ThenState(IsHeld("SO-1", "over-limit"));
    }

    /// <summary>D-61.</summary>
    [Fact]
    public void what_is_available_is_the_limit_less_what_is_open_not_less_what_was_ever_sold() =>
        Spec.Given(
                Opened, Limit(200_000), Receivable(900_000, 0, Exposure()),
                Receivable(80_000, 75_532.50m, Exposure(), invoiceId: Ids.From("invoice", "2")))
            .When(Check("SO-1", 124_467.50m))
            .Then(Approved("SO-1", 124_467.50m, 124_467.50m, Exposure(75_532.50m, 124_467.50m), 0));

    [Fact]
    public void an_over_limit_order_is_held_and_says_the_numbers() =>
        Spec.Given(
                Opened, Limit(50_000), Receivable(30_000, 30_000, Exposure()),
                Approved("SO-1", 20_000, Exposure(30_000), 50_000),
                new UnappliedCashRecorded(Ids.From("receipt"), Usd(5_000), 1, Exposure(30_000, 20_000, 5_000)))
            .When(Check("SO-2", 8_000))
            .Then(new OrderHeld("SO-2", Usd(8_000),
                [
                    new OrderReason("over-limit",
                        "Limit 50000.00 USD; exposure 45000.00 USD (open receivables 30000.00, open orders 20000.00, " +
                        "unapplied cash 5000.00); this order asks for 8000.00 USD more; " +
                        "that is 3000.00 USD over the limit."),
                ],
                Exposure(30_000, 20_000, 5_000), Usd(5_000), Basis: Basis));

    [Fact]
    public void without_a_limit_nothing_is_granted_even_to_who_paid_ahead() =>
        Spec.Given(Opened, new UnappliedCashRecorded(Ids.From("receipt"), Usd(5_000), 1, Exposure(cash: 5_000)))
            .When(Check("SO-1", 1)).ThenState(IsHeld("SO-1", "no-limit"));

    [Fact]
    public void a_limit_holds_on_its_last_day_and_not_after()
    {
        Spec.Given(Opened, Limit(100, Today)).When(Check("SO-1", 100)).ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(100, Today.AddDays(-1))).When(Check("SO-1", 100)).ThenState(account =>
        {
            IsHeld("SO-1", "limit-expired")(account);
            account.Orders["SO-1"].Available.ShouldBe(Usd(0));
        });
    }

    [Fact]
    public void all_reasons_come_at_once() =>
        Spec.Given(
                Opened, Limit(100, Today.AddDays(-1)),
                new UnappliedCashRecorded(
                    Ids.From("receipt"), Eur(1), 1, CreditAccounts.Exposure.None(Currency.Of("EUR"))),
                new ReceivableRecorded(
                    Invoice, 1, "INV", null, Eur(7), Eur(7), 1, new Exposure(Eur(7), Eur(0), Eur(0))))
            .When(Check("SO-1", 101))
            .ThenState(IsHeld("SO-1", "limit-expired", "exposure-in-other-currency", "over-limit"));

    [Fact]
    public void an_order_in_another_currency_is_held() =>
        Spec.Given(Opened, Limit(100)).When(CheckIn(Eur(10)))
            .ThenState(IsHeld("SO-1", "other-currency"));

    [Fact]
    public void the_same_order_again_is_nothing_approved_or_held()
    {
        Spec.Given(Opened, Limit(100), Approved("SO-1", 100, Exposure(), 100)).When(Check("SO-1", 100))
            .ThenNothing();
        Spec.Given(Opened, HeldForNoLimit("SO-1", 100), Limit(100)).When(Check("SO-1", 100)).ThenNothing();
    }

    [Fact]
    public void more_is_decided_on_the_difference()
    {
        var past = Spec.Given(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100));
        past.When(Check("SO-1", 100))
            .Then(Approved("SO-1", 100, 100, Exposure(orders: 100), 0));
        past.When(Check("SO-1", 101)).ThenState(account =>
        {
            IsHeld("SO-1", "over-limit")(account);
            account.ExposureIn(account.Currency).OpenOrders.ShouldBe(Usd(0));
        });
    }

    [Fact]
    public void less_stays_approved_and_frees_the_rest_even_over_the_limit() =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100), Limit(10)).When(Check("SO-1", 40))
            .Then(new OrderReduced("SO-1", Usd(40), Usd(40), Exposure(orders: 40), Usd(-30)))
            .ThenState(IsApproved("SO-1"));

    [Fact]
    public void a_live_order_does_not_change_its_currency()
    {
        Spec.Given(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100))
            .When(CheckIn(Eur(60)))
                .ThenRefused("order-in-other-currency");
    }

    [Fact]
    public void an_order_that_is_cancelled_and_comes_back_is_decided_against_the_limit_again() =>
        Spec.Given(
                Opened, Limit(100), Approved("SO-1", 100, Exposure(), 100),
                new OrderCancelled("SO-1", Usd(100), Exposure(), Usd(100)),
                Approved("SO-2", 80, Exposure(), 100))
            .When(Check("SO-1", 100)).ThenState(IsHeld("SO-1", "over-limit"));

    [Fact]
    public void an_order_that_is_invoiced_already_reserves_only_the_rest() =>
        Spec.Given(Opened, Limit(100), Receivable(70, 70, Exposure(), "SO-1")).When(Check("SO-1", 100))
            .Then(Approved("SO-1", 100, 30, Exposure(70, 30), 0));

    private static Func<CreditAccount, Decision> CheckIn(Money amount) =>
        account => CreditDecider.Check(Customer, account, new OrderWish("SO-1", amount), Facts);

    private static OrderHeld HeldForNoLimit(string orderId, decimal amount) =>
        new(orderId, Usd(amount), [new OrderReason("no-limit", "")], Exposure(), Usd(0));
}
