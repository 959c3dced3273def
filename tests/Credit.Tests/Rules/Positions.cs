using System.Collections.Immutable;
using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>What counts against a limit.</summary>
public sealed class Positions
{
    private static readonly DayRates Rates = new(Currency.Of("USD"), ImmutableDictionary<Currency, DatedRate>.Empty
        .Add(Currency.Of("EUR"), new DatedRate(1.25m, Today.AddDays(-1))));

    private static readonly CreditAccount Account = new object[]
    {
        Opened, Limit(1_000),
        new ReceivableRecorded(
            Invoice, 1, "INV", null, Usd(100), Usd(100), 1, new Exposure(Usd(100), Usd(0), Usd(0), Usd(30)),
            Today.AddDays(10), Usd(30)),
        new OpenCreditRecorded(
            Ids.From("credit"), Usd(15), 1, new Exposure(Usd(100), Usd(0), Usd(0), Usd(30), Usd(15))),
        new UnappliedCashRecorded(
            Ids.From("receipt"), Usd(20), 1, new Exposure(Usd(100), Usd(0), Usd(20), Usd(30), Usd(15))),
        new OrderApproved(
            "SO-1", Usd(200), Usd(200), new Exposure(Usd(100), Usd(200), Usd(20), Usd(30), Usd(15)), Usd(0),
            NeededOn: Today.AddDays(40)),
    }.Aggregate(CreditAccount.Initial, CreditAccount.Evolve);

    private static readonly CreditAccount Delivered = CreditAccount.Evolve(Account, new DeliveryRecorded(
        "SO-1", Usd(200), Usd(0), new Exposure(Usd(100), Usd(0), Usd(20), Usd(30), Usd(15), Usd(200))));

    public static TheoryData<string, decimal> Flags => new()
    {
        { "standard", 280 },
        { "without disputed", 250 },
        { "without orders", 80 },
        { "without cash", 300 },
        { "half of the cash", 290 },
        { "none of the cash", 300 },
        { "with credits", 265 },
        { "horizon of 39 days", 80 },
        { "horizon of 40 days", 280 },
        { "deliveries", 280 },
        { "without deliveries", 80 },
    };

    [Theory]
    [MemberData(nameof(Flags))]
    public void each_component_is_counted_as_the_policy_says(string what, decimal counted)
    {
        var exposure = StandardPolicy.Value.Exposure;
        var policy = what switch
        {
            "without disputed" => exposure with { Disputed = false },
            "without orders" => exposure with { OpenOrders = false },
            "without cash" => exposure with { UnappliedCash = false },
            "half of the cash" => exposure with { UnappliedPercent = 50 },
            "none of the cash" => exposure with { UnappliedPercent = 0 },
            "with credits" => exposure with { OpenCredits = true },
            "deliveries" => exposure with { OpenOrders = false },
            "without deliveries" => exposure with { UnbilledDeliveries = false },
            "horizon of 39 days" => exposure with { HorizonDays = 39 },
            "horizon of 40 days" => exposure with { HorizonDays = 40 },
            _ => exposure,
        };
        var account = what.EndsWith("deliveries", StringComparison.Ordinal) ? Delivered : Account;
        Counted(account, With(all => all with { Exposure = policy })).ShouldBe(counted);
    }

    /// <summary>I-11: what a horizon leaves out is not left out twice when its order is decided again.</summary>
    [Fact]
    public void an_approved_order_beyond_the_horizon_is_decided_again_as_a_new_one_would_be()
    {
        var facts = With(policy => policy with { Exposure = policy.Exposure with { HorizonDays = 30 } });
        var order = new OrderWish("SO-2", Usd(300), NeededOn: Today.AddDays(60));
        object[] before =
        [
            Opened, Limit(1_000), Receivable(600, 600, Exposure()),
            new OrderApproved(
                order.OrderId, order.Amount, order.Amount, Exposure(600, 300), Usd(400), NeededOn: order.NeededOn),
        ];

        Change(400).ShouldBeOfType<OrderApproved>().Reserved.ShouldBe(Usd(400));
        Change(401).ShouldBeOfType<OrderHeld>().Available.ShouldBe(Usd(400));
        Spec.Given([.. before, Limit(899)])
            .When(account => CreditDecider.Recheck(Customer, account, order.OrderId, facts))
            .ThenState(IsHeld(order.OrderId, "over-limit"));
        Spec.Given(before).When(account => CreditDecider.Cancel(account, order.OrderId, facts))
            .Then(new OrderCancelled(order.OrderId, order.Amount, Exposure(600), Usd(400)));

        object Change(decimal amount) => CreditDecider.Check(
            Customer, before.Aggregate(CreditAccount.Initial, CreditAccount.Evolve),
            order with { Amount = Usd(amount) }, facts).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void other_currencies_count_at_the_rate_of_the_day()
    {
        var account = InEuro(100);
        Counted(account, Facts with { Rates = Rates }).ShouldBe(280 + 125);
        CreditPosition.Of(account, Facts).Unknown.ShouldBe([Eur(100)]);
    }

    [Fact]
    public void a_rate_that_is_too_old_is_none()
    {
        var late = Facts with { Rates = Rates, Today = Today.AddDays(7) };
        CreditPosition.Of(InEuro(100), late).Unknown.ShouldBe([Eur(100)]);
        CreditPosition.Of(InEuro(100), late with { Today = Today.AddDays(6) }).Unknown.ShouldBeEmpty();
    }

    [Fact]
    public void an_order_in_another_currency_is_compared_at_the_rate_of_the_day()
    {
        var facts = Facts with { Rates = Rates };
        Check(576).ShouldBeOfType<OrderApproved>().Basis!.Rates!.Keys.ShouldContain("EUR");
        Check(576.01m).ShouldBeOfType<OrderHeld>().Reasons.Select(reason => reason.Code).ShouldBe(["over-limit"]);

        object Check(decimal amount) => CreditDecider.Check(
            Customer, Account, new OrderWish("SO-9", Eur(amount)), facts).Events.ShouldHaveSingleItem();
    }

    /// <summary>An account keeps all orders; what explains a decision is with its event.</summary>
    [Fact]
    public void of_what_a_decision_rested_on_an_account_keeps_what_later_ones_need()
    {
        var facts = Facts with { Rates = Rates };
        CreditAccount After(decimal amount) => CreditDecider.Check(
            Customer, Account, new OrderWish("SO-9", Eur(amount)), facts)
            .Events.Aggregate(Account, CreditAccount.Evolve);

        After(1).Orders["SO-9"].Basis.ShouldBe(Basis);
        var held = After(1_000).Orders["SO-9"].Basis!;
        held.Rates!.Keys.ShouldContain("EUR", "a person may decline it, and that is explained as well");
    }

    [Fact]
    public void what_somebody_else_answers_for_does_not_count_from_its_first_to_its_last_day()
    {
        var insured = CreditAccount.Evolve(Account, Cover(100, 90, Today, Today.AddDays(5)));
        Counted(insured, Facts).ShouldBe(180);
        Counted(insured, Facts with { Today = Today.AddDays(-1) }).ShouldBe(280);
        Counted(insured, Facts with { Today = Today.AddDays(6) }).ShouldBe(280);
        Counted(insured, With(policy => policy with { Exposure = policy.Exposure with { Secured = false } }))
            .ShouldBe(280);
    }

    [Fact]
    public void an_insurance_pays_its_part_of_a_loss_up_to_its_sum_and_never_more_than_is_owed()
    {
        Counted(CreditAccount.Evolve(Account, Cover(1_000, 90, Today, null)), Facts).ShouldBe(28);
        Counted(CreditAccount.Evolve(Account, Cover(1_000, 100, Today, null)), Facts).ShouldBe(0);
        var ended = CreditAccount.Evolve(
            CreditAccount.Evolve(Account, Cover(1_000, 100, Today, null)), new CoverEnded(Ids.From("cover"), Today));
        Counted(ended, Facts).ShouldBe(280);
    }

    /// <summary>CRD-14: a guarantee is worth the same in whichever currency it is.</summary>
    [Fact]
    public void cover_in_another_currency_pays_its_part_of_a_loss_up_to_its_sum_at_the_days_rate()
    {
        var facts = Facts with { Rates = Rates };
        var euro = Eur(100);
        var worth = facts.Rates.Convert(euro, Currency.Of("USD"), facts.OldestRate)!.Value;
        Counted(CreditAccount.Evolve(Account, Cover(0, 90, Today, null) with { Cover = euro }), facts)
            .ShouldBe(280 - worth.Amount);
        Counted(CreditAccount.Evolve(Account, Cover(0, 90, Today, null) with { Cover = Eur(9_000) }), facts)
            .ShouldBe(28);
        Counted(CreditAccount.Evolve(Account, Cover(0, 90, Today, null) with { Cover = euro }), Facts)
            .ShouldBe(280, "nobody knows what it is worth");
    }

    [Fact]
    public void a_temporary_limit_holds_for_its_days_and_then_the_other_one_holds_again()
    {
        var account = CreditAccount.Evolve(
            Account, new TemporaryLimitSet(Usd(5_000), Today.AddDays(1), Today.AddDays(3)));
        new[] { 0, 1, 3, 4 }.Select(day => CreditDecider.Granted(account, Facts with { Today = Today.AddDays(day) }))
            .ShouldBe([Usd(1_000), Usd(5_000), Usd(5_000), Usd(1_000)]);
    }

    [Fact]
    public void a_limit_without_a_last_day_grants_nothing_where_the_policy_wants_one()
    {
        var facts = With(policy => policy with { Limits = policy.Limits with { WithoutExpiryGrants = false } });
        CreditDecider.Granted(Account, facts).ShouldBe(Usd(0));
        CreditDecider.Granted(CreditAccount.Evolve(Account, Limit(70, Today)), facts).ShouldBe(Usd(70));
    }

    private static decimal Counted(CreditAccount account, DecisionFacts facts) =>
        CreditPosition.Of(account, facts).Counted.Amount;

    private static CreditAccount InEuro(decimal amount) => CreditAccount.Evolve(Account, new ReceivableRecorded(
        Ids.From("euro"), 1, "INV-E", null, Eur(amount), Eur(amount), 1, new Exposure(Eur(amount), Eur(0), Eur(0))));

    private static CoverRegistered Cover(decimal amount, decimal percent, DateOnly from, DateOnly? until) =>
        new(Ids.From("cover"), "insurance", "Euler", "P-1", Usd(amount), percent, from, until);
}
