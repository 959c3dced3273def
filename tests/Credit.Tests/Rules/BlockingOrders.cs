using System.Collections.Immutable;
using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class BlockingOrders
{
    private static readonly OverdueItem Late = new(Today.AddDays(-31), 40);

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void what_is_overdue_for_more_days_than_allowed_blocks(int days, bool blocks) =>
        After(Late).When(Check("SO-1", 1, WithRules(new BlockingRule(RuleCodes.DaysOverdue, Days: days))))
            .ThenState(blocks ? IsHeld("SO-1", "days-overdue") : IsApproved("SO-1"));

    [Fact]
    public void nothing_is_overdue_on_its_due_day() =>
        After(new OverdueItem(Today, 40))
            .When(Check("SO-1", 1, WithRules(new BlockingRule(RuleCodes.DaysOverdue, Days: 0))))
            .ThenState(IsApproved("SO-1"));

    [Fact]
    public void small_overdue_amounts_may_be_allowed() =>
        After(Late)
            .When(Check("SO-1", 1, WithRules(new BlockingRule(RuleCodes.DaysOverdue, Days: 30, Amount: 40))))
            .ThenState(IsApproved("SO-1"));

    /// <summary>Amounts of a policy are in the base currency: what is overdue in others counts by what it is worth.
    /// </summary>
    [Theory]
    [InlineData("days-overdue")]
    [InlineData("overdue-amount")]
    [InlineData("past-due")]
    public void amounts_of_the_policy_are_compared_in_the_base_currency_over_all_currencies(string by)
    {
        var yen = Currency.Of("JPY");
        (decimal Amount, string Currency)[] small = [(900, "JPY")];
        (decimal Amount, string Currency)[] together = [(60_000, "JPY"), (41, "USD")];
        Blocks(small, rate: 0.01m).ShouldBeFalse("900 yen are 9 dollars");
        Blocks(together, rate: 0.01m).ShouldBeTrue("they are 641 dollars together");
        Blocks(small, rate: null).ShouldBeTrue("nobody knows what they are worth");

        bool Blocks((decimal Amount, string Currency)[] overdue, decimal? rate)
        {
            var facts = With(policy => policy with
            {
                Orders = policy.Orders with
                {
                    Rules =
                    [
                        by == "days-overdue"
                            ? new BlockingRule(RuleCodes.DaysOverdue, Days: 30, Amount: 600)
                            : new BlockingRule(RuleCodes.OverdueAmount, Amount: 600),
                    ],
                },
                Holds = policy.Holds with { PastDueDays = 30, PastDueAmount = 600 },
            }) with
            {
                Rates = rate is { } known
                    ? DayRates.None(Currency.Of("USD")) with
                    {
                        ByCurrency = ImmutableDictionary<Currency, DatedRate>.Empty.Add(
                            yen, new DatedRate(known, Today)),
                    }
                    : DayRates.None(Currency.Of("USD")),
            };
            var account = CreditAccount.Evolve(CreditAccount.Evolve(CreditAccount.Initial, Opened), Limit(100_000));
            foreach (var (amount, currency) in overdue)
            {
                account = Record(account, new ReportedReceivable(
                    Ids.From("invoice", currency), 1, "INV", null, Money.Of(amount, currency),
                    Money.Of(amount, currency), 1, Today.AddDays(-31))).Events
                    .Aggregate(account, CreditAccount.Evolve);
            }

            return by == "past-due"
                ? HoldDecider.Apply(Customer, account, facts).Events.OfType<HoldPlaced>().Any()
                : OrderRules.Judge(Customer, account, facts).Reasons.Any(reason => reason.Code == by);
        }
    }

    [Fact]
    public void nobody_is_late_with_what_is_disputed() =>
        Spec.Given(Opened, Limit(100))
            .When(account => Record(account, Reported(40, 40, dueDate: Late.DueDate, disputed: 40)))
            .ThenState(account => Reasons(account, new BlockingRule(RuleCodes.DaysOverdue, Days: 0)).ShouldBeEmpty());

    [Fact]
    public void an_overdue_amount_blocks_together_with_the_part_of_the_limit_that_is_used()
    {
        var rule = new BlockingRule(RuleCodes.OverdueAmount, Amount: 39, Percent: 40);
        After(Late).When(Check("SO-1", 1, WithRules(rule))).ThenState(IsApproved("SO-1"));
        After(Late).When(Check("SO-1", 1, WithRules(rule with { Percent = 39.9m })))
            .ThenState(IsHeld("SO-1", "overdue-amount"));
        After(Late).When(Check("SO-1", 1, WithRules(rule with { Percent = null, Amount = 40 })))
            .ThenState(IsApproved("SO-1"));
    }

    [Theory]
    [InlineData("suspended", OrderStatus.Held)]
    [InlineData("terminated", OrderStatus.Declined)]
    [InlineData("merged", OrderStatus.Declined)]
    [InlineData("active", OrderStatus.Approved)]
    public void the_status_of_the_customer_counts(string status, OrderStatus expected) =>
        Spec.Given(Opened, Known with { Status = status }, Limit(100)).When(Check("SO-1", 1))
            .ThenState(account => account.Orders["SO-1"].Status.ShouldBe(expected));

    [Fact]
    public void a_class_that_gets_no_credit_blocks() =>
        Spec.Given(Opened, Limit(100), new RiskAssessed(10, "E", 1, "review", null, null, "D"))
            .When(Check("SO-1", 1, WithRules(new BlockingRule(RuleCodes.RiskClass, Values: ["E"]))))
            .ThenState(IsHeld("SO-1", "risk-class"));

    [Fact]
    public void an_order_may_be_too_large_by_itself()
    {
        var facts = WithRules(new BlockingRule(RuleCodes.OrderAmount, Amount: 50));
        Spec.Given(Opened, Limit(100)).When(Check("SO-1", 50, facts)).ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(100)).When(Check("SO-1", 50.01m, facts)).ThenState(IsHeld("SO-1", "order-amount"));
    }

    [Theory]
    [InlineData("NET 45", "terms-raised")]
    [InlineData("EOM", "terms-raised")]
    [InlineData("SPLIT 30/60/90", "terms-raised")]
    [InlineData("WHENEVER", "terms-raised")]
    [InlineData("2/10 NET 30", "discount-raised")]
    [InlineData("2/10 NET 60", "terms-raised", "discount-raised")]
    [InlineData("2/10 EOM + 30", "terms-raised", "discount-raised")]
    [InlineData("SPLIT 50%@10 50%@30:2/5", "discount-raised")]
    [InlineData("NET 30")]
    [InlineData("NET 10")]
    [InlineData("DUE ON RECEIPT")]
    [InlineData(null)]
    public void only_worse_terms_than_agreed_block(string? terms, params string[] reasons) =>
        Spec.Given(Opened, Known, Limit(100))
            .When(account => CreditDecider.Check(
                Customer, account, new OrderWish("SO-1", Usd(1), terms), Facts))
            .ThenState(reasons.Length == 0 ? IsApproved("SO-1") : IsHeld("SO-1", reasons));

    /// <summary>CRD-10: orders at some terms wait, whether the order or the customer has them.</summary>
    [Theory]
    [InlineData("NET 90", "NET 30", "The order is at NET 90.")]
    [InlineData("NET90", "NET 30", "The order is at NET90.")]
    [InlineData("NET 090", "NET 30", "The order is at NET 090.")]
    [InlineData(null, "NET 90", "The customer has NET 90.")]
    [InlineData("", "NET 90", "The customer has NET 90.")]
    [InlineData("SPLIT 30 60", "NET 30", "The order is at SPLIT 30 60.")]
    [InlineData("2.50/10 NET 60", "NET 30", "The order is at 2.50/10 NET 60.")]
    [InlineData("EOM + 0", "NET 30", "The order is at EOM + 0.")]
    [InlineData("2.05/10 NET 60", "NET 30", null)]
    [InlineData("NET 30", "NET 90", null)]
    [InlineData("SPLIT 30/60/90", "NET 30", null)]
    [InlineData("2/10 NET 90", "NET 30", null)]
    [InlineData("NET 9", "NET 30", null)]
    [InlineData("EOM + 59", "NET 30", null)]
    [InlineData(null, "NET 30", null)]
    public void orders_at_terms_that_a_rule_names_wait(string? asked, string agreed, string? reason)
    {
        var facts = WithRules(new BlockingRule(
            RuleCodes.Terms, Values: ["net 90", "SPLIT 30/60", "2.5/10 NET 60", "EOM"]));
        Spec.Given(Opened, Known with { Terms = agreed }, Limit(100))
            .When(account => CreditDecider.Check(Customer, account, new OrderWish("SO-1", Usd(1), asked), facts))
            .ThenState(account => account.Orders["SO-1"].Reasons.Select(one => one.Detail)
                .ShouldBe(reason is null ? [] : [reason]));
    }

    [Fact]
    public void terms_block_whom_the_rule_is_for_where_it_is_judged_and_stand_on_the_account()
    {
        var rule = new BlockingRule(RuleCodes.Terms, Values: ["NET 30"]);
        var known = Spec.Given(Opened, Known, Limit(100));
        known.When(Check("SO-1", 1, WithRules(rule with { AppliesTo = new RuleScope(Customers: [Invoice]) })))
            .ThenState(IsApproved("SO-1"));
        known.When(Check("SO-1", 1, WithRules(rule with { CheckPoints = [CheckPoint.Ship] })))
            .ThenState(IsApproved("SO-1"));
        known.When(Check("SO-1", 1, With(policy => policy with
        {
            Orders = policy.Orders with { Rules = [rule], Exclusions = [new RuleExclusion("x", Rules: ["terms"])] },
        }))).ThenState(IsApproved("SO-1"));
        known.When(Check("SO-1", 1, WithRules(rule with { Declines = true })))
            .ThenState(account => account.Orders["SO-1"].Status.ShouldBe(OrderStatus.Declined));
        known.When(Check("SO-1", 1, WithRules(rule))).ThenState(account => Reasons(account, rule).ShouldBe(["terms"]));
    }

    [Fact]
    public void a_part_of_the_limit_may_be_all_there_is()
    {
        var facts = WithRules(new BlockingRule(RuleCodes.OverLimit, Percent: 85));
        Spec.Given(Opened, Limit(100)).When(Check("SO-1", 85, facts)).ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(100)).When(Check("SO-1", 85.01m, facts)).ThenState(IsHeld("SO-1", "over-limit"));
    }

    /// <summary>CRD-07: what the customers of a segment may owe together.</summary>
    [Theory]
    [InlineData(7_000, 0, true)]
    [InlineData(7_001, 0, false)]
    [InlineData(100, 7, false)]
    public void a_segment_may_be_full(int cents, int unknown, bool fits)
    {
        var facts = Facts with
        {
            Groups = [new GroupPosition(Invoice, Usd(100), Usd(30), unknown == 0 ? [] : [Eur(unknown)], "retail")],
        };
        Spec.Given(Opened, Known with { Segment = "retail" }, Limit(1_000)).When(Check("SO-1", cents / 100m, facts))
            .ThenState(fits ? IsApproved("SO-1")
                : IsHeld("SO-1", unknown == 0 ? "over-segment-limit" : "exposure-in-other-currency"));
    }

    [Fact]
    public void a_rule_for_the_customer_comes_before_one_for_its_segment_and_that_before_one_for_all()
    {
        var all = new BlockingRule(RuleCodes.OrderAmount, Amount: 10);
        var segment = all with { AppliesTo = new RuleScope(Segments: ["enterprise"]), Amount = 50 };
        var customer = all with { AppliesTo = new RuleScope(Customers: [Customer]), Amount = 80 };
        var other = all with { AppliesTo = new RuleScope(Customers: [Invoice]), Amount = 1 };
        var enterprise = Spec.Given(Opened, Known with { Segment = "enterprise" }, Limit(100));

        enterprise.When(Check("SO-1", 60, WithRules(all, segment, customer, other))).ThenState(IsApproved("SO-1"));
        enterprise.When(Check("SO-1", 60, WithRules(all, segment, other))).ThenState(IsHeld("SO-1", "order-amount"));
        enterprise.When(Check("SO-1", 40, WithRules(all, segment, other))).ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, Limit(100)).When(Check("SO-1", 40, WithRules(all, segment, customer with
        {
            AppliesTo = new RuleScope(Customers: [Invoice]),
        }))).ThenState(IsHeld("SO-1", "order-amount"));
    }

    /// <summary>
    /// D-60: the exception is honoured wherever an order is judged, because it is judged in one place.
    /// </summary>
    [Fact]
    public void an_exclusion_holds_on_every_path()
    {
        var facts = With(policy => policy with
        {
            Orders = policy.Orders with
            {
                Exclusions =
                    [new RuleExclusion("key account", new RuleScope(Customers: [Customer]), 500, ["over-limit"])],
            },
        });
        object[] past = [Opened, Limit(10)];

        Spec.Given(past).When(Check("SO-1", 100, facts)).ThenState(account =>
        {
            IsApproved("SO-1")(account);
            account.Orders["SO-1"].Basis!.Excluded.ShouldBe(["key account"]);
            CreditDecider.Recheck(Customer, account, "SO-1", facts).Events.ShouldBeEmpty("still approved");
            CreditDecider.Check(Customer, account, new OrderWish("SO-1", Usd(200)), facts).Events
                .ShouldHaveSingleItem().ShouldBeOfType<OrderApproved>();
        });
        Spec.Given([.. past, new OrderHeld("SO-2", Usd(100), [], Exposure(), Usd(10))])
            .When(account => CreditDecider.Recheck(Customer, account, "SO-2", facts)).ThenState(IsApproved("SO-2"));
        Spec.Given(past).When(Check("SO-3", 501, facts)).ThenState(IsHeld("SO-3", "over-limit"));
        Spec.Given(Opened).When(Check("SO-4", 1, facts)).ThenState(IsHeld("SO-4", "no-limit"));
    }

    /// <summary>CRD-10: the level of an item is the number of steps it was dunned with.</summary>
    [Fact]
    public void who_was_dunned_too_often_waits_until_that_is_paid()
    {
        var facts = WithRules(new BlockingRule(RuleCodes.DunningLevel, Level: 2));
        var item = new InstallmentKey(Invoice, 1);
        var open = Receivable(40, 40, Exposure());
        object[] dunned = [Opened, open, new ItemsDunned("reminder", [item]), new ItemsDunned("demand", [item])];
        Spec.Given(dunned[..3]).When(Check("SO-1", 1, facts)).ThenState(IsApproved("SO-1"));
        Spec.Given(dunned).When(Check("SO-1", 1, facts)).ThenState(IsHeld("SO-1", "dunning-level"));
        Spec.Given([.. dunned, open with { Balance = Usd(0), SourceVersion = 2, Exposure = Exposure() }])
            .When(Check("SO-1", 1, facts)).ThenState(IsApproved("SO-1"));
    }

    [Fact]
    public void an_item_is_dunned_with_a_step_once_and_what_is_paid_or_unknown_is_not()
    {
        var item = new InstallmentKey(Invoice, 1);
        var open = Receivable(40, 40, Exposure());
        Spec.Given(Opened, open).When(Dun).Then(new ItemsDunned("reminder", [item]));
        Spec.Given(Opened, open, new ItemsDunned("reminder", [item])).When(Dun).ThenNothing();
        Spec.Given(Opened, open with { Balance = Usd(0), Exposure = Exposure() }).When(Dun).ThenNothing();

        Decision Dun(CreditAccount account) =>
            ExposureDecider.Dun(account, "reminder", [item, new InstallmentKey(Customer, 1)], isNews: false);
    }

    /// <summary>I-20: a notice is heard of before its item, or before that its payment was taken back.</summary>
    [Fact]
    public void an_item_that_was_dunned_before_it_is_told_to_be_open_counts_once_it_is()
    {
        var facts = WithRules(new BlockingRule(RuleCodes.DunningLevel, Level: 1));
        var item = new InstallmentKey(Invoice, 1);
        var (open, early) = (Receivable(40, 40, Exposure()), new ItemsDunned("reminder", [], [item]));
        var paid = open with { Balance = Usd(0), Exposure = Exposure(), SourceVersion = 2 };
        Spec.Given(Opened).When(Dun).Then(early);
        Spec.Given(Opened, early).When(Dun).ThenNothing();
        Spec.Given(Opened, open, paid).When(Dun).Then(early);
        Spec.Given(Opened, early).When(Check("SO-1", 1, facts)).ThenState(IsApproved("SO-1"));
        Spec.Given(Opened, early, open).When(Check("SO-1", 1, facts)).ThenState(IsHeld("SO-1", "dunning-level"));
        Spec.Given(Opened, early, open, paid).When(Check("SO-1", 1, facts)).ThenState(account =>
        {
            IsApproved("SO-1")(account);
            account.Dunned.ShouldBeEmpty();
        });

        Decision Dun(CreditAccount account) => ExposureDecider.Dun(account, "reminder", [item], isNews: true);
    }

    [Fact]
    public void an_exclusion_without_rules_releases_the_order_whatever_stands_against_it()
    {
        var facts = With(policy => policy with
        {
            Orders = policy.Orders with { Exclusions = [new RuleExclusion("government")] },
        });
        Spec.Given(Opened, new HoldPlaced(Invoice, "manual", "wait", false, null)).When(Check("SO-1", 100, facts))
            .ThenState(IsApproved("SO-1"));
    }

    /// <summary>D-62: without rules nothing is judged, and the decision says that it is so.</summary>
    [Fact]
    public void a_policy_without_rules_allows_every_order_and_says_so() =>
        Spec.Given(Opened).When(Check("SO-1", 1_000_000, WithRules())).ThenState(account =>
        {
            IsApproved("SO-1")(account);
            account.Orders["SO-1"].Basis.ShouldBe(new DecisionBasis(Today, 2, "USD", AllowsAll: true));
        });

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void an_approved_order_is_judged_again_when_its_grace_days_are_over(int days, bool isJudged)
    {
        var facts = With(policy => policy with { Orders = policy.Orders with { GraceDays = 2 } });
        Spec.Given(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100), Limit(50))
            .When(Check("SO-1", 60, facts with { Today = Today.AddDays(days) }))
            .ThenState(isJudged ? IsHeld("SO-1", "over-limit") : IsApproved("SO-1"));
    }

    [Fact]
    public void an_order_with_other_terms_is_another_order() =>
        Spec.Given(Opened, Known, Limit(100), Approved("SO-1", 60, Exposure(), 100))
            .When(account => CreditDecider.Check(
                Customer, account, new OrderWish("SO-1", Usd(50), "NET 60"), Facts))
            .ThenState(IsHeld("SO-1", "terms-raised"));

    private static DeciderSpec<CreditAccount>.Past After(OverdueItem item) => Spec.Given(
        Opened, Limit(100),
        Receivable(item.Amount, item.Amount, Exposure()) with { DueDate = item.DueDate });

    private static Decision Record(CreditAccount account, ReportedReceivable item) =>
        ExposureDecider.RecordReceivables(account, [item]);

    private static IEnumerable<string> Reasons(CreditAccount account, BlockingRule rule) =>
        OrderRules.Judge(Customer, account, WithRules(rule)).Reasons.Select(reason => reason.Code);

    private sealed record OverdueItem(DateOnly DueDate, decimal Amount);
}
