using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>CRD-08, CRD-10: money that may still bounce, limits of components, and who pays nothing any more.</summary>
public sealed class RecordingCash
{
    private static readonly Guid Receipt = Ids.From("receipt", "1");
    private static readonly Booking Check = new(Today, Today.AddDays(5));

    /// <summary>A check of 60 that has paid 40: neither counts as paid until it cannot bounce any more.</summary>
    [Theory]
    [InlineData(5, 100)]
    [InlineData(6, 40)]
    public void what_may_still_bounce_counts_as_if_it_had_not_been_paid(int days, decimal counted)
    {
        var account = Paid(Cash(Owing(100, paid: 40), 20, 1, Check), 40);
        var facts = Facts with { Today = Today.AddDays(days) };

        CreditPosition.Of(account, facts).Counted.ShouldBe(Usd(counted));
        account.UnsettledOn(facts.Today, Currency.Of("USD")).Total.ShouldBe(Usd(days == 5 ? 60 : 0));
    }

    [Fact]
    public void of_unapplied_cash_the_policy_takes_off_its_part_of_what_is_settled()
    {
        var account = Cash(Cash(Owing(100), 20, 1, booked: Check), 31, 1, receipt: Ids.From("wire"));
        var half = With(policy => policy with { Exposure = policy.Exposure with { UnappliedPercent = 50 } });

        CreditPosition.Of(account, half).Counted.ShouldBe(Usd(100 - 15.5m));
        CreditPosition.Of(account, half with { Today = Today.AddDays(6) }).Counted.ShouldBe(Usd(100 - 25.5m));
    }

    /// <summary>
    /// Whatever moves within the receipt, and in whichever order both services tell it: what counts stays as it was.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void money_that_bounces_leaves_what_counts_as_it_was(bool isReceiptFirst)
    {
        var account = Cash(Owing(100), 60, 1, booked: Check);
        Counted().ShouldBe(100);
        account = Cash(account, 20, 2);
        Counted().ShouldBe(100, "some of it is on its way to an item");
        account = Paid(Recorded(account, 100, 60, version: 2), 40);
        Counted().ShouldBe(100, "it has come there");
        account = Cash(account, 0, 3);
        Counted().ShouldBe(100, "what was free has bounced");
        account = isReceiptFirst ? Cash(account, 0, 4) : Back(account);
        Counted().ShouldBe(100, "one side of what was paid is taken back");
        account = isReceiptFirst ? Back(account) : Cash(account, 0, 4);
        Counted().ShouldBe(100);
        account.UnsettledOn(Today, Currency.Of("USD")).IsNothing.ShouldBeTrue();

        decimal Counted() => CreditPosition.Of(account, Facts).Counted.Amount;

        static CreditAccount Back(CreditAccount account) => Paid(Recorded(account, 100, 100, version: 3), -40);
    }

    [Fact]
    public void what_was_paid_back_of_a_check_is_at_risk_while_it_may_bounce()
    {
        var account = ExposureDecider.RecordUnappliedCash(Owing(100), Receipt, Usd(10), 1, Check, Usd(50)).Events
            .Aggregate(Owing(100), CreditAccount.Evolve);

        CreditPosition.Of(account, Facts).Counted.ShouldBe(Usd(150));
        Paid(account, 30).UnsettledOn(Today, Currency.Of("USD")).ShouldBe(new UnsettledCash(Usd(10), Usd(80)));
    }

    /// <summary>A parent's check is at risk with the customer that owes again when it bounces.</summary>
    [Fact]
    public void what_anybody_has_paid_of_its_items_is_a_payment_of_the_customer_until_it_is_taken_back()
    {
        var account = Paid(Owing(100, paid: 40), 40);
        (CreditPosition.Of(account, Facts).Counted, account.LastPayment).ShouldBe((Usd(100), Today));

        account = Paid(account, -40);

        (CreditPosition.Of(account, Facts).Counted, account.LastPayment).ShouldBe((Usd(60), null));
        Paid(account, -40).ShouldBeSameAs(account, "what is not counted cannot be taken back");
    }

    [Fact]
    public void when_money_came_may_be_told_after_all_else_and_is_told_once()
    {
        var account = Cash(Owing(100), 60, 4);

        var late = ExposureDecider.RecordPaid(account, Receipt, Usd(40), Check).Events.ShouldHaveSingleItem();
        account = CreditAccount.Evolve(account, late);

        account.UnsettledOn(Today, Currency.Of("USD")).ShouldBe(new UnsettledCash(Usd(60), Usd(40)));
        account.LastPayment.ShouldBe(Today);
        ExposureDecider.RecordPaid(account, Receipt, Usd(40), Check).Events.ShouldBeEmpty();
        ExposureDecider.RecordUnappliedCash(account, Receipt, Usd(99), 4).Events.ShouldBeEmpty();
        Cash(account, 60, 5).UnsettledOn(Today, Currency.Of("USD")).Total.ShouldBe(Usd(100));
        var older = new UnappliedCashRecorded(Receipt, Usd(50), 5, Exposure(100, 0, 50));
        CreditAccount.Evolve(account, older).UnsettledOn(Today, Currency.Of("USD")).Total.ShouldBe(Usd(90));
    }

    [Fact]
    public void the_last_payment_is_the_newest_that_the_bank_has_not_taken_back()
    {
        var account = Cash(Owing(100), 10, 1, booked: new Booking(Today.AddDays(-40)));
        account = Cash(account, 10, 1, booked: new Booking(Today.AddDays(-3)), receipt: Ids.From("bad"));
        account.LastPayment.ShouldBe(Today.AddDays(-3));

        account = Cash(account, 0, 2, receipt: Ids.From("bad"));

        account.LastPayment.ShouldBe(Today.AddDays(-40));
    }

    /// <summary>Of times before receipts had a day: what else was paid on the day of a check that bounces.</summary>
    [Theory]
    [InlineData(70)]
    [InlineData(100)]
    public void a_first_payment_that_bounces_leaves_the_others_of_its_day(int balance)
    {
        var account = new[] { balance, balance - 40 }.Index().Aggregate(Owing(100), (now, step) => ExposureDecider
            .RecordReceivables(
                now, [Reported(100, step.Item, version: step.Index + 2) with { On = Today }])
            .Events.Aggregate(now, CreditAccount.Evolve));
        account = Paid(account, 40);
        account.LastPayment.ShouldBe(Today);

        Paid(account, -40).LastPayment.ShouldBe(balance == 70 ? Today : (DateOnly?)null);
    }

    /// <summary>
    /// The first payment of all, heard of before its receipt or with it; what is left of the receipt may be told of
    /// first.
    /// </summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void a_first_payment_that_bounces_is_none_and_leaves_those_of_before(bool hasPaidBefore, bool isLeftFirst)
    {
        var (due, before) = (Today.AddDays(-60), hasPaidBefore ? Today.AddDays(-20) : (DateOnly?)null);
        var account = Owing(100, due: due);
        if (before is { } day)
            account = Lowered(account, 70, 2, day);
        account = Lowered(account, hasPaidBefore ? 30 : 60, 3, Today);
        account.LastPayment.ShouldBe(Today);

        if (isLeftFirst)
            account = Cash(account, 10, 1, Check);
        account = Paid(account, 40);
        account.LastPayment.ShouldBe(Today);

        Cash(Paid(account, -40), 0, 2).LastPayment.ShouldBe(before);

        CreditAccount Lowered(CreditAccount account, decimal balance, long version, DateOnly on) => ExposureDecider
            .RecordReceivables(account, [Reported(100, balance, version: version, dueDate: due) with { On = on }])
            .Events.Aggregate(account, CreditAccount.Evolve);
    }

    /// <summary>CRD-10.</summary>
    [Theory]
    [InlineData(31, 1, true)]
    [InlineData(30, 1, false)]
    [InlineData(90, 0, false)]
    [InlineData(null, 31, true)]
    [InlineData(null, 30, false)]
    public void who_pays_nothing_while_something_is_overdue_gets_no_order(int? paidBefore, int overdue, bool isHeld)
    {
        var account = Owing(100, due: Today.AddDays(-overdue));
        if (paidBefore is { } days)
            account = Cash(account, 1, 1, booked: new Booking(Today.AddDays(-days)), receipt: Ids.From("small"));
        var facts = WithRules(new BlockingRule(RuleCodes.NoPayment, Days: 30));

        CreditDecider.Check(Customer, account, new OrderWish("SO-1", Usd(1)), facts).Events.ShouldHaveSingleItem()
            .ShouldBeOfType(isHeld ? typeof(OrderHeld) : typeof(OrderApproved));
    }

    /// <summary>Receipts of before their day was kept are not known as payments; what they have settled is.</summary>
    [Fact]
    public void of_times_before_receipts_had_a_day_an_item_that_was_settled_is_a_payment()
    {
        var item = Reported(100, 100, dueDate: Today.AddDays(-60)) with { On = Today.AddDays(-90) };
        var account = ExposureDecider.RecordReceivables(Owing(0), [item]).Events
            .Aggregate(Owing(0), CreditAccount.Evolve);
        account.LastPayment.ShouldBeNull();
        var part = item with { Balance = Usd(70), SourceVersion = 2, On = Today.AddDays(-20) };

        account = ExposureDecider.RecordReceivables(account, [part]).Events.Aggregate(account, CreditAccount.Evolve);

        account.LastPayment.ShouldBe(Today.AddDays(-20));
        var rest = item with { Balance = Usd(0), SourceVersion = 3, On = Today };
        account = Cash(account, 0, 1, Check);
        account = ExposureDecider.RecordReceivables(account, [rest]).Events.Aggregate(account, CreditAccount.Evolve);
        account.LastPayment.ShouldBe(Today.AddDays(-20), "the check has bounced, and a credit memo is no payment");
    }

    /// <summary>CRD-08: each component, or some together, has a limit of its own, overdue with a margin.</summary>
    [Theory]
    [InlineData("open-orders", 99, 0, true)]
    [InlineData("open-orders", 100, 0, false)]
    [InlineData("open-receivables", 49, 0, true)]
    [InlineData("open-receivables open-orders", 149, 0, true)]
    [InlineData("open-receivables open-orders", 150, 0, false)]
    [InlineData("overdue", 0, 9, true)]
    [InlineData("overdue", 0, 10, false)]
    [InlineData("unsettled", 19, 0, true)]
    [InlineData("unsettled", 20, 0, false)]
    [InlineData("disputed unbilled-deliveries", 0, 0, false)]
    public void a_component_has_a_limit_of_its_own(string components, int amount, int margin, bool isHeld)
    {
        var account = Paid(Owing(50, due: Today.AddDays(-10)), 20);
        var facts = WithRules(new BlockingRule(
            RuleCodes.OverComponentLimit, Amount: amount, Days: margin, Values: components.Split(' ')));

        var decided = CreditDecider.Check(Customer, account, new OrderWish("SO-1", Usd(100)), facts)
            .Events.ShouldHaveSingleItem();

        decided.ShouldBeOfType(isHeld ? typeof(OrderHeld) : typeof(OrderApproved));
    }

    [Fact]
    public void limits_of_different_components_stand_beside_each_other_and_the_narrowest_scope_wins_for_each()
    {
        var facts = WithRules(
            new BlockingRule(RuleCodes.OverComponentLimit, Amount: 10, Values: ["open-orders"]),
            new BlockingRule(RuleCodes.OverComponentLimit, Amount: 10, Values: ["open-receivables"]),
            new BlockingRule(
                RuleCodes.OverComponentLimit, new RuleScope([Customer]), Amount: 1_000, Values: ["open-orders"]));

        CreditDecider.Check(Customer, Owing(50), new OrderWish("SO-1", Usd(100)), facts).Events.ShouldHaveSingleItem()
            .ShouldBeOfType<OrderHeld>().Reasons.ShouldHaveSingleItem().Detail.ShouldStartWith("open-receivables");
    }

    /// <summary>Also where the policy does not count orders in the exposure.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void a_limit_of_open_orders_leaves_out_what_is_needed_after_the_horizon(bool countsOrders)
    {
        var later = new OrderApproved(
            "SO-LATER", Usd(90), Usd(90), Exposure(0, 90, 0), Usd(0), NeededOn: Today.AddDays(60));
        var facts = WithRules(new BlockingRule(RuleCodes.OverComponentLimit, Amount: 100, Values: ["open-orders"]));
        facts = facts with
        {
            Policy = facts.Policy with
            {
                Policy = facts.Policy.Policy with
                {
                    Exposure = facts.Policy.Policy.Exposure with { OpenOrders = countsOrders, HorizonDays = 30 },
                },
            },
        };

        CreditDecider.Check(Customer, CreditAccount.Evolve(Owing(0), later), new OrderWish("SO-1", Usd(100)), facts)
            .Events.ShouldHaveSingleItem().ShouldBeOfType<OrderApproved>();
    }

    [Fact]
    public void a_component_in_a_currency_without_a_rate_is_not_overlooked()
    {
        var facts = WithRules(new BlockingRule(
            RuleCodes.OverComponentLimit, Amount: 1_000_000, Values: ["open-orders"]));

        CreditDecider.Check(Customer, Owing(0), new OrderWish("SO-1", Eur(1)), facts).Events.ShouldHaveSingleItem()
            .ShouldBeOfType<OrderHeld>();
    }

    private static CreditAccount Owing(decimal amount, decimal paid = 0, DateOnly? due = null)
    {
        var account = new object[] { Opened, Known, Limit(1_000_000) }
            .Aggregate(CreditAccount.Initial, CreditAccount.Evolve);
        return amount == 0 ? account : Recorded(account, amount, amount - paid, due: due);
    }

    private static CreditAccount Recorded(
        CreditAccount account, decimal amount, decimal balance, long version = 1, DateOnly? due = null) =>
        ExposureDecider.RecordReceivables(account, [Reported(amount, balance, version: version, dueDate: due)])
            .Events.Aggregate(account, CreditAccount.Evolve);

    private static CreditAccount Cash(
        CreditAccount account, decimal unapplied, long version, Booking? booked = null, Guid? receipt = null) =>
        ExposureDecider.RecordUnappliedCash(account, receipt ?? Receipt, Usd(unapplied), version, booked)
            .Events.Aggregate(account, CreditAccount.Evolve);

    private static CreditAccount Paid(CreditAccount account, decimal change) =>
        ExposureDecider.Pay(account, Receipt, Usd(change), Check).Events.Aggregate(account, CreditAccount.Evolve);
}
