using FsCheck;
using FsCheck.Fluent;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>B-22, CASH-25: what customers have agreed to pay counts where they pay.</summary>
public sealed class Payments_that_were_agreed
{
    private static readonly DateOnly Day = new(2026, 11, 5);

    private static readonly RuleSet OldestFirst =
        RuleSet.Standard with { Code = "OLDEST", Rules = [AutoCashRule.OldestFirst], PartialReceipts = true };

    [Fact]
    public void are_more_certain_for_what_was_promised()
    {
        Candidate[] items = [Item("INV-1001", 100m), Item("INV-1002", 100m)];
        Match(100m, items).Suggestions.Select(one => one.Confidence).Distinct().ShouldHaveSingleItem();
        var told = Match(100m, items, Promise(100m, ("INV-1002", 100m)));
        told.Suggestions[0].Lines.ShouldHaveSingleItem().InvoiceNumber.ShouldBe("INV-1002");
        told.Suggestions[0].Reasons.ShouldContain("The customer promised this amount for 2026-11-05.");
        told.Suggestions[0].Confidence.ShouldBeGreaterThan(told.Suggestions[1].Confidence);
        told.Suggestions[1].Reasons.ShouldNotContain(reason => reason.Contains("promised", StringComparison.Ordinal));
    }

    [Fact]
    public void are_for_a_person_where_something_else_was_promised()
    {
        Candidate[] items = [Item("INV-1001", 100m), Item("INV-1002", 500m)];
        Match(100m, items).Paid().ShouldBe([("INV-1001", 100m)]);
        var told = Match(100m, items, Promise(100m, ("INV-1002", 500m)));
        told.Chosen.ShouldBeNull();
        told.Suggestions.Select(one => one.Rule)
            .ShouldBe([MatchRules.ExactAmount, MatchRules.Promise], ignoreOrder: true);
    }

    /// <summary>Of 300 promised 100 are there: 200 are still to come.</summary>
    [Fact]
    public void are_what_is_left_of_a_promise()
    {
        var promise = Promise(300m, ("INV-1001", 150m), ("INV-1002", 450m));
        Candidate[] items = [Item("INV-1001", 50m), Item("INV-1002", 450m)];
        Match(300m, items, promise).Suggestions.ShouldNotContain(one => one.Rule == MatchRules.Promise);
        Match(200m, items, promise).Suggestions.Single(one => one.Rule == MatchRules.Promise).Lines
            .Select(line => (line.InvoiceNumber, line.Amount.Amount))
            .ShouldBe([("INV-1001", 50m), ("INV-1002", 150m)]);
    }

    /// <summary>CASH-25: the installment that is due comes first, then the oldest.</summary>
    [Fact]
    public void cash25_pay_the_installment_of_a_plan_first()
    {
        Candidate[] items =
        [
            Item("INV-1000", 450m) with { DueDate = Due.AddDays(-90) }, Item("INV-1001", 300m),
            Item("INV-1002", 300m),
        ];
        var plan = Plan([200m, 200m, 200m], ("INV-1001", 300m), ("INV-1002", 300m));
        Match(200m, items, OldestFirst).Paid().ShouldBe([("INV-1000", 200m)]);
        var first = Match(200m, items, OldestFirst, plan);
        first.Paid().ShouldBe([("INV-1001", 200m)]);
        (first.Chosen!.Rule, first.Chosen.Reasons[0]).ShouldBe((
            "plan-installment", "The amount is the installment of the payment plan that is due on 2026-11-05."));

        // The first one is paid; the second takes what is left of its invoice, and begins the next one.
        items[1] = Item("INV-1001", 100m);
        var second = Match(200m, items, OldestFirst, plan);
        second.Paid().ShouldBe([("INV-1001", 100m), ("INV-1002", 100m)]);
        second.Chosen!.Reasons[0].ShouldContain("2026-12-05");

        // What is more goes to the oldest.
        var more = Match(201m, items, OldestFirst, plan);
        more.Paid().ShouldBe([("INV-1001", 100m), ("INV-1002", 100m), ("INV-1000", 1m)]);
        more.Chosen!.Reasons[0].ShouldBe("200.00 USD of it are for the payment plan, due from 2026-12-05 on.");
    }

    [Fact]
    public void cash25_pay_several_installments_at_once()
    {
        Candidate[] items = [Item("INV-1000", 450m), Item("INV-1001", 300m), Item("INV-1002", 300m)];
        var plan = Plan([200m, 200m, 200m], ("INV-1001", 300m), ("INV-1002", 300m));
        var match = Match(400m, items, OldestFirst, plan);
        match.Paid().ShouldBe([("INV-1001", 300m), ("INV-1002", 100m)]);
        match.Chosen!.Reasons[0].ShouldBe(
            "The amount is 2 installments of the payment plan, due from 2026-11-05 to 2026-12-05.");
    }

    /// <summary>All installments that are due when the money counts come first, in their order.</summary>
    [Fact]
    public void cash25_pay_all_installments_that_are_due_before_the_oldest()
    {
        Candidate[] items =
        [
            Item("INV-1000", 450m) with { DueDate = Due.AddDays(-90) }, Item("INV-1001", 300m), Item("INV-1002", 300m),
        ];
        var plan = Plan([100m, 100m, 400m], ("INV-1001", 300m), ("INV-1002", 300m));
        var late = plan with { Steps = [.. plan.Steps.Select(step => step with { DueOn = step.DueOn.AddMonths(-1) })] };
        AgreedStep[] twoAreDue = [late.Steps[0], late.Steps[1] with { DueOn = Day.AddDays(-9) }, late.Steps[2]];
        Match(250m, items, OldestFirst, late with { Steps = twoAreDue }).Paid()
            .ShouldBe([("INV-1001", 200m), ("INV-1000", 50m)]);
        Match(250m, items, OldestFirst, late).Paid().ShouldBe([("INV-1001", 100m), ("INV-1000", 150m)]);
    }

    /// <summary>
    /// An amount that an item outside the plan has is that item's; less than an installment is a suggestion.
    /// </summary>
    [Fact]
    public void cash25_leave_the_plan_to_a_person_where_the_amount_says_less()
    {
        Candidate[] items = [Item("INV-1000", 450m), Item("INV-1001", 300m)];
        var plan = Plan([200m, 100m], ("INV-1001", 300m));
        Match(450m, items, plan).Paid().ShouldBe([("INV-1000", 450m)]);
        var less = Match(150m, items, plan);
        less.Chosen.ShouldBeNull();
        less.Suggestions[0].Lines.Select(line => (line.InvoiceNumber, line.Amount.Amount))
            .ShouldBe([("INV-1001", 150m)]);
    }

    /// <summary>A rest that the policy leaves to a person is one beside an installment too.</summary>
    [Fact]
    public void cash25_leave_a_rest_to_a_person_as_if_it_were_all_that_came()
    {
        Candidate[] items = [Item("INV-1000", 50m), Item("INV-1001", 200m), Item("INV-1002", 333m)];
        var plan = Plan([200m], ("INV-1001", 200m));
        var rules = RuleSet.Standard with
        {
            Rules = [AutoCashRule.WithinTolerance, AutoCashRule.OldestFirst],
        };
        var forgiven = new ExceptionRule(
            ExceptionKind.Under, new Tolerance([Usd(5m)], 10m), ExceptionAction.WriteOff);
        var review = With(forgiven with { Review = true });
        review.Chosen.ShouldBeNull();
        review.Suggestions.ShouldContain(one => one.Rule == MatchRules.PlanInstallment
            && one.Reasons.Contains("The policy leaves such a difference to a person."));

        MatchResult With(ExceptionRule rule) => Match(
            247m, items, rules with { Code = "NEAR" }, MatchPolicy.Default with { ExceptionRules = [rule] }, plan);
    }

    /// <summary>A rest that may be one combination of several is not certain, nor is what is paid with it.</summary>
    [Fact]
    public void cash25_are_as_uncertain_as_what_their_rest_is_for()
    {
        Candidate[] others =
            [.. Enumerable.Range(0, 400).Select(n => Item($"INV-{n + 2000}", 1_000.37m + (n * n * 0.01m)))];
        Candidate[] items = [Item("INV-1001", 200m), .. others];
        var rules = RuleSet.Standard with
        {
            Code = "SOME",
            Rules = [AutoCashRule.Combination, AutoCashRule.OldestFirst],
            MaxItems = 2,
        };
        var rest = others[3].Available.Amount + others[7].Available.Amount;
        var match = Match(200m + rest, items, rules, Plan([200m], ("INV-1001", 200m)));
        match.Chosen.ShouldBeNull();
        match.Suggestions[0].Lines.Select(line => line.InvoiceNumber).ShouldBe(["INV-1001", "INV-2003", "INV-2007"]);
        match.Suggestions[0].Reasons.ShouldContain("What the rest is for is not certain.");
    }

    /// <summary>Of two plans the one that is paid to its end does not hide the other.</summary>
    [Fact]
    public void cash25_pay_the_next_plan_where_the_first_is_paid()
    {
        Candidate[] items =
        [
            Item("INV-1000", 450m) with { DueDate = Due.AddDays(-90) }, Item("INV-1002", 300m),
        ];
        var paid = Plan([200m], ("INV-1001", 200m)) with { Steps = [new AgreedStep(Day.AddMonths(-1), Usd(200m))] };
        var next = Plan([200m, 100m], ("INV-1002", 300m)) with { AgreementId = Ids.From("test", "next") };
        Match(210m, items, OldestFirst, paid, next).Paid().ShouldBe([("INV-1002", 200m), ("INV-1000", 10m)]);
    }

    /// <summary>A disputed item of the plan is not paid: what is paid is less than the installment.</summary>
    [Fact]
    public void cash25_are_less_than_an_installment_where_its_items_do_not_take_so_much()
    {
        Candidate[] items =
        [
            Item("INV-1000", 450m) with { DueDate = Due.AddDays(-90) }, Item("INV-1001", 150m),
            Item("INV-1002", 150m) with { Disputed = true },
        ];
        var match = Match(210m, items, OldestFirst, Plan([200m, 100m], ("INV-1001", 150m), ("INV-1002", 150m)));
        match.Chosen.ShouldBeNull();
        match.Suggestions[0].Reasons.ShouldContain("It is less than the installment that is due.");
        match.Suggestions[0].Reasons[0].ShouldStartWith("150.00 USD of it are for the payment plan");
    }

    [Fact]
    public void are_for_a_person_where_an_item_outside_the_plan_has_the_amount()
    {
        Candidate[] items = [Item("INV-1000", 200m), Item("INV-1001", 300m)];
        var match = Match(200m, items, Plan([200m, 100m], ("INV-1001", 300m)));
        match.Chosen.ShouldBeNull();
        match.Suggestions[0].Rule.ShouldBe(MatchRules.PlanInstallment);
    }

    [Fact]
    public void are_for_a_person_where_two_plans_have_the_amount()
    {
        Candidate[] items = [Item("INV-1001", 300m), Item("INV-1002", 300m)];
        var match = Match(
            200m, items, Plan([200m, 100m], ("INV-1001", 300m)),
            Plan([200m, 100m], ("INV-1002", 300m)) with { AgreementId = Ids.From("test", "another") });
        match.Chosen.ShouldBeNull();
        match.Suggestions[0].Rule.ShouldBe(MatchRules.PlanInstallment);
    }

    /// <summary>I-01, I-02: whatever was agreed, no more is paid than came, nor more of an item than is open.</summary>
    [Fact]
    public void i02_never_pay_more_than_there_is() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(ArbMap.Default.ArbFor<(byte[] Open, byte[] Steps, byte Paid)>(), story =>
        {
            Candidate[] items =
                [.. story.Open.Take(6).Select((open, index) => Item($"INV-{index + 1000}", open + 1))];
            if (items.Length == 0 || story.Steps.Length == 0)
                return;
            var agreed = items.Select(item => (item.InvoiceNumber, item.Available.Amount)).ToArray();
            Agreement[] agreements =
            [
                Plan([.. story.Steps.Take(5).Select(step => (decimal)step + 1)], agreed),
                Promise(story.Paid + 1, agreed),
            ];
            foreach (var amount in new[] { story.Steps[0] + 1m, story.Paid + 1m })
            {
                foreach (var found in Match(amount, items, OldestFirst, agreements).Suggestions)
                {
                    found.Lines.Sum(line => line.Amount.Amount).ShouldBeLessThanOrEqualTo(amount);
                    found.Lines.ShouldAllBe(line => line.Amount.IsPositive
                        && line.Amount <= items.Single(item => item.InvoiceId == line.InvoiceId).Available);
                }
            }
        }));

    private static MatchResult Match(decimal amount, Candidate[] items, params Agreement[] agreements) =>
        Match(amount, items, RuleSet.Standard, agreements);

    private static MatchResult Match(
        decimal amount, Candidate[] items, RuleSet rules, params Agreement[] agreements) =>
        Match(amount, items, rules, MatchPolicy.Default, agreements);

    private static MatchResult Match(
        decimal amount, Candidate[] items, RuleSet rules, MatchPolicy policy, params Agreement[] agreements) =>
        Matcher.Match(
        Pay(amount, "thanks"),
        new MatchFacts(items, Both, [new KnownPayer(PayerTrait.Account, Account, Globex)], agreements: agreements),
        new MatchSettings(
            policy with { RuleSet = rules.Code },
            System.Collections.Immutable.ImmutableDictionary<string, RuleSet>.Empty.Add(rules.Code, rules)));

    private static Agreement Promise(decimal amount, params (string Number, decimal Balance)[] items) => new(
        Ids.From("test", "promise"), AgreementKind.Promise, Globex, [new AgreedStep(Day, Usd(amount))], Of(items));

    private static Agreement Plan(decimal[] steps, params (string Number, decimal Balance)[] items) => new(
        Ids.From("test", "plan"), AgreementKind.Plan, Globex,
        [.. steps.Select((step, index) => new AgreedStep(Day.AddMonths(index), Usd(step)))], Of(items));

    private static AgreedItem[] Of((string Number, decimal Balance)[] items) =>
    [
        .. items.Select(item =>
            new AgreedItem(Ids.From("invoice", item.Number), 1, item.Number, Usd(item.Balance))),
    ];
}
