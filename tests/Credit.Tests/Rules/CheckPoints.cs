using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>CRD-09, CRD-11: rules that differ by how far an order has come, and rules that only warn.</summary>
public sealed class CheckPoints
{
    private const int Cases = 1_000;

    private static readonly Guid HoldId = Ids.From("hold", "1");

    private static readonly BlockingRule AtConfirm = new(RuleCodes.OverLimit, CheckPoints: [CheckPoint.Confirm]);
    private static readonly BlockingRule AtPick = new(
        RuleCodes.OrderAmount, Amount: 50, CheckPoints: [CheckPoint.Pick]);

    [Theory]
    [InlineData(CheckPoint.Confirm, true)]
    [InlineData(CheckPoint.Pick, false)]
    [InlineData(CheckPoint.Ship, false)]
    public void an_approved_order_is_judged_by_the_rules_since_its_last_check_point(CheckPoint at, bool fits) =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100))
            .When(CheckAt("SO-1", 60, at, WithRules(AtConfirm, AtPick)))
            .ThenState(fits ? IsApproved("SO-1") : IsHeld("SO-1", "order-amount"));

    [Fact]
    public void an_order_that_was_never_approved_passes_the_rules_of_every_check_point_up_to_its_own()
    {
        var facts = WithRules(AtConfirm, AtPick);
        Spec.Given(Opened, Limit(40)).When(CheckAt("SO-1", 60, CheckPoint.Ship, facts))
            .ThenState(IsHeld("SO-1", "over-limit", "order-amount"));
        Spec.Given(Opened, Limit(40)).When(CheckAt("SO-1", 60, CheckPoint.Confirm, facts))
            .ThenState(account =>
            {
                IsHeld("SO-1", "over-limit")(account);
                After(account, CheckAt("SO-1", 60, CheckPoint.Pick, facts)).Orders["SO-1"].Reasons
                    .Select(reason => reason.Code).ShouldBe(["over-limit", "order-amount"]);
            });
    }

    [Fact]
    public void the_same_order_answers_the_same_at_check_points_it_has_passed()
    {
        var facts = WithRules(AtConfirm);
        Spec.Given(Opened, Limit(100)).When(CheckAt("SO-1", 60, CheckPoint.Ship, facts)).ThenState(account =>
        {
            account.Orders["SO-1"].At.ShouldBe(CheckPoint.Ship);
            CheckAt("SO-1", 60, CheckPoint.Ship, facts)(account).Events.ShouldBeEmpty();
            CheckAt("SO-1", 60, CheckPoint.Confirm, facts)(account).Events.ShouldBeEmpty();
            CheckAt("SO-1", 60, CheckPoint.Invoice, facts)(account).Events.ShouldHaveSingleItem()
                .ShouldBeOfType<OrderApproved>().At.ShouldBe(CheckPoint.Invoice);
        });
    }

    /// <summary>CRD-09: confirmed on the first day with two days of grace, the next check is on the fourth.</summary>
    [Theory]
    [InlineData(2, true, null, false)]
    [InlineData(3, true, null, true)]
    [InlineData(0, false, null, true)]
    [InlineData(2, true, "sanctions", true)]
    [InlineData(2, true, "legal", false)]
    public void grace_days_may_count_at_later_check_points(int days, bool atLaterPoints, string? hold, bool isJudged)
    {
        var facts = With(policy => policy with
        {
            Orders = policy.Orders with { GraceDays = 2, GraceAtLaterPoints = atLaterPoints },
        }) with
        { Today = Today.AddDays(days) };
        object[] past = [Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100), Limit(10)];
        var held = hold is null ? past : [.. past, new HoldPlaced(HoldId, hold, "", ByRule: false, Until: null)];
        Spec.Given(held).When(CheckAt("SO-1", 60, CheckPoint.Ship, facts)).ThenState(account =>
            account.Orders["SO-1"].IsApproved.ShouldBe(!isJudged));
    }

    [Fact]
    public void a_pro_forma_invoice_comes_between_leaving_and_the_invoice_and_packing_before_leaving() =>
        Enum.GetValues<CheckPoint>().ShouldBe([
            CheckPoint.Confirm, CheckPoint.Pick, CheckPoint.Pack, CheckPoint.Ship, CheckPoint.ProForma,
            CheckPoint.Invoice]);

    [Fact]
    public void who_asks_for_more_further_on_begins_with_the_first_rules_again() =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100))
            .When(CheckAt("SO-1", 101, CheckPoint.Ship, WithRules(AtConfirm)))
            .ThenState(IsHeld("SO-1", "over-limit"));

    [Fact]
    public void what_a_person_has_released_or_declined_stands_at_every_check_point()
    {
        var facts = WithRules(new BlockingRule(RuleCodes.OverLimit));
        var held = new OrderHeld("SO-1", Usd(80), [new OrderReason("over-limit", "")], Exposure(), Usd(50));
        Spec.Given(Opened, Limit(50), held).When(Release("SO-1")).ThenState(account =>
            CheckAt("SO-1", 80, CheckPoint.Ship, facts)(account).Events.ShouldBeEmpty());
        Spec.Given(Opened, Limit(50), held).When(account => CreditDecider.Decline(account, "SO-1", facts))
            .ThenState(account => CheckAt("SO-1", 80, CheckPoint.Ship, WithRules())(account).Events.ShouldBeEmpty());
    }

    /// <summary>CRD-11: a release overrides what stood against the order, and nothing that comes later.</summary>
    [Fact]
    public void what_a_person_has_released_is_held_further_on_by_what_nobody_has_overridden()
    {
        var late = new BlockingRule(RuleCodes.DaysOverdue, Days: 10);
        var facts = WithRules(new BlockingRule(RuleCodes.OverLimit), late);
        var held = new OrderHeld("SO-1", Usd(80), [new OrderReason("over-limit", "")], Exposure(), Usd(50));
        Spec.Given(Opened, Limit(50), held).When(Release("SO-1")).ThenState(account =>
        {
            var overdue = After(account, now => ExposureDecider.RecordReceivables(
                now, [Reported(5, 5, dueDate: Today.AddDays(-11))]));
            CheckAt("SO-1", 80, CheckPoint.Confirm, facts)(overdue).Events.ShouldBeEmpty("it has passed there");
            var decision = CheckAt("SO-1", 80, CheckPoint.Ship, facts)(overdue).Events.ShouldHaveSingleItem()
                .ShouldBeOfType<OrderHeld>();
            decision.Reasons.Select(reason => reason.Code).ShouldBe(["over-limit", "days-overdue"]);
            After(overdue, decision).Orders["SO-1"].Reserved.IsZero.ShouldBeTrue();
            CreditDecider.Recheck(Customer, overdue, "SO-1", facts).Events.ShouldHaveSingleItem()
                .ShouldBeOfType<OrderHeld>();

            var fraud = After(account, new HoldPlaced(HoldId, "fraud", "a forged order", ByRule: false, Until: null));
            CheckAt("SO-1", 80, CheckPoint.Ship, facts)(fraud).Events.ShouldHaveSingleItem()
                .ShouldBeOfType<OrderDeclined>();
            CheckAt("SO-1", 70, CheckPoint.Ship, facts)(fraud).Events.ShouldHaveSingleItem()
                .ShouldBeOfType<OrderDeclined>();
            CheckAt("SO-1", 70, CheckPoint.Ship, facts)(account).Events.ShouldHaveSingleItem()
                .ShouldBeOfType<OrderReduced>().IsReleased.ShouldBeTrue();
        });
    }

    /// <summary>CRD-09: that all of it is delivered or billed ahead gets an order past no rule.</summary>
    [Fact]
    public void an_order_of_which_nothing_is_reserved_any_more_is_judged_at_each_later_check_point()
    {
        var facts = WithRules(AtConfirm);
        Spec.Given(Opened, Limit(100), Approved("SO-1", 60, Exposure(), 100))
            .When(account => CreditDecider.Deliver(account, "SO-1", Usd(60)))
            .ThenState(account =>
            {
                CheckAt("SO-1", 60, CheckPoint.Confirm, facts)(account).Events.ShouldBeEmpty();
                var passed = CheckAt("SO-1", 60, CheckPoint.Ship, facts)(account).Events.ShouldHaveSingleItem()
                    .ShouldBeOfType<OrderApproved>();
                (passed.At, passed.Reserved).ShouldBe((CheckPoint.Ship, Usd(0)));
                var bankrupt = After(account, new HoldPlaced(HoldId, "bankruptcy", "", ByRule: true, Until: null));
                var stopped = CheckAt("SO-1", 60, CheckPoint.Invoice, facts)(bankrupt).Events.ShouldHaveSingleItem()
                    .ShouldBeOfType<OrderDeclined>();
                stopped.Exposure.ShouldBe(account.ExposureIn(account.Currency));
                CreditDecider.Recheck(Customer, bankrupt, "SO-1", facts).Events.ShouldHaveSingleItem()
                    .ShouldBeOfType<OrderDeclined>();
            });
    }

    [Fact]
    public void what_a_rule_declined_is_judged_again_where_somebody_asks_and_further_on()
    {
        var facts = WithRules(new BlockingRule(RuleCodes.OverLimit, Declines: true));
        Spec.Given(Opened, Limit(50)).When(CheckAt("SO-1", 80, CheckPoint.Confirm, facts)).ThenState(account =>
        {
            account.Orders["SO-1"].Status.ShouldBe(OrderStatus.Declined);
            CreditDecider.Recheck(Customer, account, "SO-1", facts).Events.ShouldBeEmpty("nothing has changed");
            var raised = After(account, Limit(100));
            CheckAt("SO-1", 80, CheckPoint.Confirm, facts)(raised).Events.ShouldBeEmpty();
            CheckAt("SO-1", 80, CheckPoint.Ship, facts)(raised).Events.ShouldHaveSingleItem()
                .ShouldBeOfType<OrderApproved>();
            CreditDecider.Recheck(Customer, raised, "SO-1", facts).Events.ShouldHaveSingleItem()
                .ShouldBeOfType<OrderApproved>();
        });
    }

    [Fact]
    public void a_warning_lets_the_order_pass_and_is_said_beside_what_holds_it()
    {
        var warns = new BlockingRule(RuleCodes.OrderAmount, Amount: 50, Warns: true);
        var facts = WithRules(new BlockingRule(RuleCodes.OverLimit), warns);
        Spec.Given(Opened, Limit(100)).When(Check("SO-1", 60, facts)).ThenState(account =>
        {
            IsApproved("SO-1")(account);
            account.Orders["SO-1"].Warnings.Select(warning => warning.Code).ShouldBe(["order-amount"]);
        });
        Spec.Given(Opened, Limit(10)).When(Check("SO-1", 60, facts)).ThenState(account =>
        {
            IsHeld("SO-1", "over-limit")(account);
            account.Orders["SO-1"].Warnings.Select(warning => warning.Code).ShouldBe(["order-amount"]);
            CreditDecider.Release(Customer, account, "SO-1", null, facts).Events.ShouldHaveSingleItem()
                .ShouldBeOfType<OrderReleased>().Warnings!.Select(warning => warning.Code).ShouldBe(["order-amount"]);
        });
        var excluded = facts with
        {
            Policy = new NumberedPolicy(3, facts.Policy.Policy with
            {
                Orders = facts.Policy.Policy.Orders with
                {
                    Exclusions = [new RuleExclusion("key account", Rules: ["order-amount"])],
                },
            }),
        };
        Spec.Given(Opened, Limit(100)).When(Check("SO-1", 60, excluded))
            .ThenState(account => account.Orders["SO-1"].Warnings.ShouldBeEmpty());
    }

    [Fact]
    public void a_rule_does_not_warn_and_decline_nor_name_no_check_point()
    {
        Fault(new BlockingRule(RuleCodes.OverLimit, Declines: true, Warns: true)).ShouldNotBeNull();
        Fault(new BlockingRule(RuleCodes.OverLimit, CheckPoints: [])).ShouldNotBeNull();
        Fault(new BlockingRule(RuleCodes.OverLimit, CheckPoints: [CheckPoint.Pick, CheckPoint.Pick])).ShouldNotBeNull();
        Fault(AtConfirm with { Warns = true }).ShouldBeNull();

        static string? Fault(BlockingRule rule) => PolicyCheck.Fault(WithRules(rule).Policy.Policy)?.Detail;
    }

    [Fact]
    public void release_reasons_are_codes_each_once()
    {
        Fault([]).ShouldNotBeNull();
        Fault(["secured", "secured"]).ShouldNotBeNull();
        Fault(["Because I say so"]).ShouldNotBeNull();
        Fault(["secured", "payment-on-its-way"]).ShouldBeNull();
        Fault(null).ShouldBeNull();

        static string? Fault(IReadOnlyList<string>? reasons) => PolicyCheck.Fault(With(policy => policy with
        {
            Orders = policy.Orders with { ReleaseReasons = reasons },
        }).Policy.Policy)?.Detail;
    }

    [Fact]
    public void events_from_before_check_points_are_of_the_first_and_warn_of_nothing()
    {
        const string stored =
            """
            {"OrderId":"SO-1","Amount":{"amount":"60.00","currency":"USD"},
             "Reserved":{"amount":"60.00","currency":"USD"},
             "Exposure":{"OpenReceivables":{"amount":"0.00","currency":"USD"},
              "OpenOrders":{"amount":"60.00","currency":"USD"},"UnappliedCash":{"amount":"0.00","currency":"USD"}},
             "Available":{"amount":"40.00","currency":"USD"},"Basis":{"On":"2026-11-02","Policy":1,"Base":"USD"}}
            """;
        var approved = JsonSerializer.Deserialize<OrderApproved>(stored, Json.Stored)!;
        approved.At.ShouldBe(CheckPoint.Confirm);
        approved.Warnings.ShouldBeNull();
        JsonSerializer.Serialize(approved, Json.Stored).ShouldNotContain("Warnings");
        var rule = JsonSerializer.Deserialize<BlockingRule>("""{"Code":"over-limit","Percent":"100"}""", Json.Stored)!;
        rule.Warns.ShouldBeFalse();
        rule.CheckPoints.ShouldBeNull();
    }

    /// <summary>I-11: a limit that is looked at on confirming alone is never got past at a later check point.</summary>
    [Fact]
    public void nothing_more_is_reserved_beyond_the_limit_at_whichever_check_point()
    {
        var facts = WithRules(AtConfirm);
        var steps = from order in Gen.Elements("SO-1", "SO-2", "SO-3")
                    from tens in Gen.Choose(1, 9)
                    from at in Gen.Elements(Enum.GetValues<CheckPoint>())
                    select CheckAt(order, tens * 10, at, facts);
        var property = Prop.ForAll(steps.ListOf().ToArbitrary(), checks =>
        {
            var account = After(After(CreditAccount.Initial, Opened), Limit(100));
            foreach (var check in checks)
            {
                var before = account.ExposureIn(account.Currency).Total;
                foreach (var e in check(account).Events)
                    account = After(account, e);
                var total = account.ExposureIn(account.Currency).Total;
                if (total > before && total > Usd(100))
                    return false;
            }

            return true;
        });
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(40), property);
    }

    /// <summary>Whatever happened to an order before: what was stored of a decision makes it again.</summary>
    [Fact]
    public void every_decision_is_made_again_from_what_is_stored_of_it()
    {
        var facts = WithRules(AtConfirm, AtPick with { Warns = true }, new BlockingRule(
            RuleCodes.OverLimit, Percent: 50, CheckPoints: [CheckPoint.Ship]));
        var orders = Gen.Elements("SO-1", "SO-2");
        var steps = Gen.OneOf(
            from order in orders
            from tens in Gen.Choose(1, 9)
            from at in Gen.Elements(Enum.GetValues<CheckPoint>())
            select CheckAt(order, tens * 10, at, facts),
            orders.Select(order => (Func<CreditAccount, Decision>)(account =>
                CreditDecider.Release(Customer, account, order, null, facts))),
            orders.Zip(Gen.Choose(0, 9), (order, tens) => (Func<CreditAccount, Decision>)(account =>
                CreditDecider.Deliver(account, order, Usd(tens * 10)))));
        var property = Prop.ForAll(steps.ListOf().ToArbitrary(), decisions =>
        {
            List<object> history = [Opened, Limit(100)];
            var account = history.Aggregate(CreditAccount.Initial, CreditAccount.Evolve);
            foreach (var decide in decisions)
            {
                var events = decide(account).Events;
                history.AddRange(events);
                account = events.Aggregate(account, CreditAccount.Evolve);
            }

            return OrderReplay.Of(history.Select(e => Stored(e))).All(past =>
            {
                var again = past.Judge(Customer, facts.Policy);
                return again.Reasons.SequenceEqual(past.Reasons)
                    && (again.Warnings ?? []).SequenceEqual(past.Warnings ?? []);
            });
        });
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(40), property);
    }

    private static Func<CreditAccount, Decision> CheckAt(
        string orderId, decimal amount, CheckPoint at, DecisionFacts facts) =>
        account => CreditDecider.Check(Customer, account, new OrderWish(orderId, Usd(amount), At: at), facts);

    private static CreditAccount After(CreditAccount account, object e) => CreditAccount.Evolve(account, e);

    private static CreditAccount After(CreditAccount account, Func<CreditAccount, Decision> decide) =>
        decide(account).Events.Aggregate(account, CreditAccount.Evolve);
}
