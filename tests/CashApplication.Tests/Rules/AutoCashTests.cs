using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>
/// CASH-04, CASH-05: rules are tried in the order of the rule set until one explains the whole amount.
/// </summary>
public sealed class Rule_sets
{
    private static readonly DateOnly Paid = new(2026, 11, 2);

    private static RuleSet Only(params AutoCashRule[] rules) => RuleSet.Standard with { Code = "TEST", Rules = rules };

    private static Candidate Late(string number, decimal amount, int daysPastDue, string terms = "NET 30") =>
        Item(number, amount) with { DueDate = Paid.AddDays(-daysPastDue), Terms = terms };

    private static MatchResult Try(decimal amount, RuleSet rules, params Candidate[] items) =>
        Match(Pay(amount, ""), items, MatchPolicy.Default, rules);

    [Fact]
    public void match_one_item_exactly_and_the_earliest_due_of_equal_ones() =>
        Try(100m, Only(AutoCashRule.ExactItem) with { TieBreak = TieBreak.EarliestDue },
            Late("INV-2", 100m, 5), Late("INV-1", 100m, 9), Late("INV-3", 90m, 50)).Paid()
            .ShouldBe([("INV-1", 100m)]);

    [Fact]
    public void leave_equal_items_to_a_person_unless_they_say_otherwise() =>
        Try(100m, Only(AutoCashRule.ExactItem), Late("INV-2", 100m, 5), Late("INV-1", 100m, 9)).Chosen.ShouldBeNull();

    /// <summary>CASH-10: fees, then interest, then invoices; within a kind what is due first.</summary>
    [Fact]
    public void cash10_pay_kinds_of_items_in_their_order()
    {
        Candidate[] items =
        [
            Late("INV-1", 100m, 60), Late("INV-2", 250m, 50), Late("INV-3", 350m, 40),
            Late("DM-2", 7m, 5) with { IsLateCharge = true, IsInterest = true },
            Late("DM-1", 20m, 2) with { IsLateCharge = true },
        ];
        var rules = Only(AutoCashRule.OldestFirst);
        Try(700m, rules with { KindOrder = [ItemKind.Fee, ItemKind.Interest, ItemKind.Invoice] }, items).Paid()
            .ShouldBe([("DM-1", 20m), ("DM-2", 7m), ("INV-1", 100m), ("INV-2", 250m), ("INV-3", 323m)]);
        Try(700m, rules with { KindOrder = [ItemKind.Interest] }, items[..4]).Paid()
            .ShouldBe([("DM-2", 7m), ("INV-1", 100m), ("INV-2", 250m), ("INV-3", 343m)]);
        Try(700m, rules, items).Paid().ShouldBe([("INV-1", 100m), ("INV-2", 250m), ("INV-3", 350m)]);
    }

    [Fact]
    public void clear_the_account() =>
        Try(310m, Only(AutoCashRule.ClearAccount), Late("INV-1", 100m, 5), Late("INV-2", 110m, -5),
            Late("INV-3", 100m, 1)).Paid().Sum(line => line.Amount).ShouldBe(310m);

    [Fact]
    public void clear_what_is_past_due() =>
        Try(210m, Only(AutoCashRule.ClearAccount, AutoCashRule.ClearPastDue), Late("INV-1", 100m, 5),
            Late("INV-2", 110m, 1), Late("INV-3", 100m, -1)).Paid().Select(line => line.Invoice)
            .ShouldBe(["INV-1", "INV-2"]);

    [Fact]
    public void clear_what_is_past_due_of_one_kind_of_terms() =>
        Try(150m, Only(AutoCashRule.ClearPastDueByTerms),
            Late("INV-1", 100m, 9), Late("INV-2", 50m, 8), Late("INV-3", 90m, 7, "NET 10"),
            Late("INV-4", 60m, 6, "NET 10")).Paid().Select(line => line.Invoice).ShouldBe(["INV-1", "INV-2"]);

    [Fact]
    public void find_the_only_combination() =>
        Try(170.35m, Only(AutoCashRule.Combination), Late("INV-1", 100.10m, 9), Late("INV-2", 50.05m, 8),
            Late("INV-3", 70.25m, 7), Late("INV-4", 61.13m, 6)).Paid().Select(line => line.Invoice)
            .ShouldBe(["INV-1", "INV-3"]);

    /// <summary>CASH-24: with several of them a person chooses, and sees the second too.</summary>
    [Fact]
    public void only_suggest_a_combination_that_is_not_the_only_one()
    {
        var match = Try(150m, Only(AutoCashRule.Combination), Late("INV-1", 100m, 9), Late("INV-2", 50m, 8),
            Late("INV-3", 75m, 7), Late("INV-4", 75m, 6));
        match.Chosen.ShouldBeNull();
        match.Suggestions.Select(one => string.Join('+', one.Lines.Select(line => line.InvoiceNumber)))
            .ShouldBe(["INV-1+INV-2", "INV-3+INV-4"], ignoreOrder: true);
        match.Suggestions.ShouldAllBe(one => one.Reasons.Any(reason => reason.Contains("others")));
    }

    /// <summary>CASH-05: an account of one item is an account; a set with that rule alone clears it.</summary>
    [Fact]
    public void clear_an_account_of_one_item()
    {
        Try(100m, Only(AutoCashRule.ClearAccount), Late("INV-1", 100m, -5)).Paid().ShouldBe([("INV-1", 100m)]);
        Try(100m, Only(AutoCashRule.ClearPastDue), Late("INV-1", 100m, 5), Late("INV-2", 70m, -5)).Paid()
            .ShouldBe([("INV-1", 100m)]);
    }

    /// <summary>CASH-24: what is due long before or after the money came is not part of a combination.</summary>
    [Fact]
    public void cash24_search_a_combination_within_a_window_of_days()
    {
        Candidate[] items =
        [
            Late("INV-1", 100.10m, 9), Late("INV-2", 50.05m, 8), Late("INV-3", 70.25m, 7),
            Late("INV-4", 109.11m, 200), Late("INV-5", 61.24m, 199),
        ];
        var rules = Only(AutoCashRule.Combination);
        Try(170.35m, rules, items).Chosen.ShouldBeNull();
        Try(170.35m, rules with { CombinationDays = 30 }, items).Paid().Select(line => line.Invoice)
            .ShouldBe(["INV-1", "INV-3"]);
    }

    /// <summary>CASH-24: of more items than are searched the oldest are; what is found is only suggested.</summary>
    [Fact]
    public void cash24_suggest_a_combination_of_the_oldest_of_very_many_items()
    {
        Candidate[] items =
        [
            .. Enumerable.Range(0, 400).Select(n => Late($"INV-{n:000}", 1_000.37m + (n * 13.77m), 500 - n)),
        ];
        var match = Try(items[3].Available.Amount + items[7].Available.Amount, Only(AutoCashRule.Combination), items);
        match.Chosen.ShouldBeNull();
        match.Suggestions.ShouldNotBeEmpty();
        match.Suggestions[0].Lines.Count.ShouldBe(2);
    }

    /// <summary>
    /// B-10, D-29: a part paid in time earns its share of the discount, where the rule set says so: 490.00 settle
    /// 500.00 at 2 %, and what is left is offered 2 % of 500.00.
    /// </summary>
    [Fact]
    public void b10_give_a_part_its_share_of_the_discount_only_where_they_say_so()
    {
        Candidate[] items = [Late("INV-1", 1_000m, -5) with { Discount = new OfferedDiscount(0.02m, Paid) }];
        var rules = Only(AutoCashRule.OldestFirst);
        Line(rules).Discount.ShouldBeNull();
        var line = Line(rules with { PartialDiscounts = true });
        (line.Amount, line.Discount).ShouldBe((Usd(490m), Usd(10m)));
        (items[0] with { Available = Usd(500m) }).EarnedBy(Paid).ShouldBe(Usd(10m));

        MatchLine Line(RuleSet set) => Match(Pay(490m, ""), items, MatchPolicy.Default, set).Chosen!.Lines.Single();
    }

    /// <summary>CASH-05: earned discounts, or unearned ones too.</summary>
    [Fact]
    public void cash05_give_a_discount_to_money_that_came_too_late_only_where_they_say_so()
    {
        Candidate[] items = [Item("INV-1001", 1_000m) with { Discount = new OfferedDiscount(0.02m, Paid.AddDays(-5)) }];
        var line = Line(RuleSet.Standard);
        (line.Discount, line.Deduction?.ReasonCode).ShouldBe((null, "terms"));
        line = Line(RuleSet.Standard with { Code = "LATE", UnearnedDiscounts = true });
        (line.Discount, line.IsUnearned, line.Deduction).ShouldBe((Usd(20m), true, null));

        MatchLine Line(RuleSet set) =>
            Match(Pay(980m, "INV-1001"), items, MatchPolicy.Default, set).Chosen!.Lines.Single();
    }

    /// <summary>CASH-05: what a contract accepts late the payer may take, within its bounds; nobody gives it.</summary>
    [Fact]
    public void cash05_give_a_discount_that_a_contract_accepts_late_only_to_who_takes_it()
    {
        var offered = new OfferedDiscount(0.02m, Paid.AddDays(-5), Paid, Usd(15m));
        Candidate[] items = [Late("INV-1001", 1_000m, 5) with { Discount = offered }];
        var rules = RuleSet.Standard;
        var line = Match(Pay(985m, "INV-1001"), items, MatchPolicy.Default, rules).Chosen!.Lines.Single();
        (line.Amount, line.Discount, line.IsUnearned).ShouldBe((Usd(985m), Usd(15m), false));
        Match(Pay(980m, "INV-1001"), items, MatchPolicy.Default, rules).Chosen?.Lines
            .ShouldAllBe(one => one.Discount == null);
        Candidate[] over = [items[0] with { Discount = offered with { UnearnedUntil = Paid.AddDays(-1) } }];
        Match(Pay(985m, "INV-1001"), over, MatchPolicy.Default, rules).Chosen?.Lines
            .ShouldAllBe(one => one.Discount == null);

        var oldest = Only(AutoCashRule.OldestFirst) with { PartialDiscounts = true };
        line = Match(Pay(490m, ""), items, MatchPolicy.Default, oldest).Chosen!.Lines.Single();
        (line.Amount, line.Discount).ShouldBe((Usd(490m), null));
        line = Match(Pay(490m, ""), items, MatchPolicy.Default, oldest with { UnearnedDiscounts = true })
            .Chosen!.Lines.Single();
        (line.Discount, line.IsUnearned).ShouldBe((Usd(10m), false));
    }

    /// <summary>The bound is that of the item, however many lines or payments take of it.</summary>
    [Fact]
    public void cash05_accept_late_discounts_up_to_their_bound_in_all()
    {
        var offered = new OfferedDiscount(0.02m, Paid.AddDays(-5), Paid, Usd(15m));
        Candidate[] items = [Late("INV-1001", 1_000m, 5) with { Discount = offered }];
        RemittanceLine[] twice =
        [
            new("INV-1001", "IV", Usd(490m), null, Usd(10m), []), new("INV-1001", "IV", Usd(490m), null, Usd(10m), []),
        ];
        var lines = Match(Pay(980m, "") with { Documents = twice }, items, MatchPolicy.Default).Suggestions[0].Lines;
        lines.Select(line => line.Discount).ShouldBe([Usd(10m), Usd(5m)]);

        var session = new MatchSession(With(items, Globex), MatchSettings.Of(MatchPolicy.Default));
        var half = Pay(490m, "") with { Documents = [twice[0]] };
        session.Match(half).Chosen!.Lines.Single().Discount.ShouldBe(Usd(10m));
        session.Match(half).Suggestions[0].Lines.Single().Discount.ShouldBe(Usd(5m));
    }

    [Fact]
    public void pay_the_oldest_first_only_where_they_say_so()
    {
        Candidate[] items = [Late("INV-2", 100m, 5), Late("INV-1", 100m, 9), Late("INV-3", 100m, 1)];
        Try(137.77m, RuleSet.Standard, items).Chosen.ShouldBeNull();
        Try(137.77m, Only(AutoCashRule.OldestFirst), items).Paid().ShouldBe([("INV-1", 100m), ("INV-2", 37.77m)]);
    }

    [Fact]
    public void keep_whole_items_where_they_allow_no_partial_receipts()
    {
        var match = Try(137.77m, Only(AutoCashRule.OldestFirst) with
        {
            PartialReceipts = false,
            Remainder = RestTreatment.OnAccount,
        }, Late("INV-2", 100m, 5), Late("INV-1", 100m, 9));
        match.Paid().ShouldBe([("INV-1", 100m)]);
        match.Chosen!.Rest.ShouldBe(RestTreatment.OnAccount);
        match.Aside.ShouldBeNull();
    }

    [Fact]
    public void try_the_next_rule_where_one_does_not_fit() =>
        Try(200m, Only(AutoCashRule.ExactItem, AutoCashRule.ClearPastDue, AutoCashRule.ClearAccount),
            Late("INV-1", 120m, 5), Late("INV-2", 80m, -20)).Chosen.ShouldNotBeNull().Rule
            .ShouldBe(MatchRules.ClearAccount);

    [Fact]
    public void leave_late_charges_out_where_they_say_so() =>
        Try(100m, Only(AutoCashRule.ClearAccount, AutoCashRule.ExactItem) with { LateCharges = false },
            Late("INV-1", 100m, 5), Late("DM-1", 7m, 5) with { IsLateCharge = true }).Paid()
            .ShouldBe([("INV-1", 100m)]);

    [Fact]
    public void leave_disputed_items_to_a_person_unless_they_say_otherwise()
    {
        var disputed = Late("INV-1", 100m, 5) with { Disputed = true };
        var match = Match(Pay(100m, "INV-1-1001"), [disputed with { InvoiceNumber = "INV-1-1001" }]);
        match.Chosen.ShouldBeNull();
        match.Aside!.Reason.ShouldBe(AsideReasons.Disputed);
        Try(100m, Only(AutoCashRule.ExactItem) with { DisputedItems = true }, disputed).Chosen.ShouldNotBeNull();
    }

    [Fact]
    public void of_the_customer_come_before_those_of_the_group_and_of_the_entity()
    {
        var facts = new MatchFacts([],
        [
            new CustomerCandidate(Globex, "C-1", "Globex", ParentId: Initech),
            new CustomerCandidate(Initech, "C-2", "Initech", RuleSet: "GROUP"),
        ], []);
        var sets = new[] { "OWN", "GROUP", "ENTITY" }.ToDictionary(
            code => code, code => RuleSet.Standard with { Code = code });
        var settings = new MatchSettings(MatchPolicy.Default with { RuleSet = "ENTITY" },
            System.Collections.Immutable.ImmutableDictionary.CreateRange(sets));
        settings.RuleSetOf(Globex, facts).Code.ShouldBe("GROUP");
        settings.RuleSetOf(Ids.From("nobody"), facts).Code.ShouldBe("ENTITY");
        settings.RuleSetOf(Globex, new MatchFacts(
            [], [new CustomerCandidate(Globex, "C-1", "Globex", RuleSet: "OWN")], [])).Code.ShouldBe("OWN");
    }
}

/// <summary>CASH-09, B-02: one payment for many customers of a group is one decision.</summary>
public sealed class Payments_for_a_group
{
    private static readonly Guid Parent = Ids.From("customer", "parent");

    private static CustomerCandidate[] Group(int children) =>
    [
        new(Parent, "CUST-P", "Omega Global Holdings LLC"),
        .. Enumerable.Range(0, children).Select(index =>
            new CustomerCandidate(Child(index), $"CUST-{index}", $"Omega Branch {index}", Parent)),
    ];

    private static Guid Child(int index) => Ids.From("child", index.ToString());

    private static Candidate[] Items(int children, int each) =>
    [
        .. Enumerable.Range(0, children).SelectMany(child => Enumerable.Range(0, each).Select(index =>
            Item($"INV-{10_000 + (child * each) + index}", 10m + index + (child * 0.01m), Child(child)))),
    ];

    private static MatchResult Match(Payment payment, Candidate[] items, CustomerCandidate[] customers) =>
        Matcher.Match(payment, new MatchFacts(items, customers, []), MatchSettings.Of(MatchPolicy.Default));

    [Fact]
    public void clear_the_whole_group_for_its_head()
    {
        var items = Items(300, 4);
        var total = items.Sum(item => item.Available.Amount);
        var match = Match(Pay(total, "", "OMEGA GLOBAL HOLDINGS"), items, Group(300));
        match.Chosen.ShouldNotBeNull().Lines.Count.ShouldBe(1_200);
        match.CustomerId.ShouldBe(Parent);
        match.Chosen.Lines.Select(line => line.CustomerId).Distinct().Count().ShouldBe(300);
    }

    [Fact]
    public void pay_a_childs_invoice_that_is_named() =>
        Match(Pay(10m, "INV-10000 on behalf of Omega Branch 0", "OMEGA GLOBAL HOLDINGS LLC"), Items(2, 1), Group(2))
            .Chosen.ShouldNotBeNull().CustomerId.ShouldBe(Parent);

    [Fact]
    public void with_items_of_several_named_are_the_heads()
    {
        var match = Match(Pay(20.01m, "INV-10000 INV-10001"), Items(2, 1), Group(2));
        match.Chosen.ShouldNotBeNull().Lines.Count.ShouldBe(2);
        match.CustomerId.ShouldBe(Parent);
    }

    [Fact]
    public void of_strangers_are_for_a_person() =>
        Match(Pay(20.01m, "INV-10000 INV-10001"), Items(2, 1), [.. Group(2).Select(c => c with { ParentId = null })])
            .Chosen.ShouldBeNull();

    [Fact]
    public void may_be_made_by_whoever_may_pay_for_them()
    {
        var factor = Ids.From("customer", "factor");
        CustomerCandidate[] customers =
        [
            new(factor, "CUST-F", "Capital Receivables Corp", MayPayFor: [Globex]), .. Both,
        ];
        var match = Match(Pay(100m, "INV-1001", "CAPITAL RECEIVABLES CORP"), [Item("INV-1001", 100m)], customers);
        match.Chosen.ShouldNotBeNull().CustomerId.ShouldBe(factor);
        Match(Pay(100m, "INV-1001", "CAPITAL RECEIVABLES CORP"), [Item("INV-1001", 100m)],
            [customers[0] with { MayPayFor = null }, .. Both]).Chosen.ShouldBeNull();
    }
}

/// <summary>Money that only a person may apply, however certain its purpose is.</summary>
public sealed class Money_on_hold
{
    private static MatchResult Match(Payment payment, MatchPolicy policy, string? hold, params string[] others) =>
        Matcher.Match(payment, new MatchFacts([Item("INV-1001", 100m)],
            [Both[0] with { Hold = hold }], [], null, others), MatchSettings.Of(policy));

    [Fact]
    public void of_a_customer_on_hold()
    {
        var match = Match(Pay(100m, "INV-1001"), MatchPolicy.Default, "legal hold, case 4471");
        match.Chosen.ShouldBeNull();
        match.Aside!.Reason.ShouldBe(AsideReasons.OnHold);
        match.Aside.Detail.ShouldContain("case 4471");
        match.Suggestions.ShouldHaveSingleItem().Blocker.ShouldNotBeNull();
    }

    [Fact]
    public void of_a_payer_who_is_blocked() =>
        Match(Pay(100m, "INV-1001", "Zarkon Trading"), MatchPolicy.Default with
        {
            BlockedPayers = ["ZARKON TRADING FZE"],
        }, null).Aside!.Reason.ShouldBe(AsideReasons.OnHold);

    [Fact]
    public void that_names_another_of_our_companies() =>
        Match(Pay(100m, "INV-1001 Global Imports North"), MatchPolicy.Default, null, "Global Imports North LLC")
            .Aside!.Reason.ShouldBe(AsideReasons.OtherEntity);
}

/// <summary>CASH-24.</summary>
public sealed class Searching_combinations
{
    [Fact]
    public void finds_the_only_one() => SubsetSum.Find([10_010, 5_005, 7_025, 6_113], 17_035, 8)
        .ShouldSatisfyAllConditions(
            result => result.IsUnique.ShouldBeTrue(), result => result.Found.ShouldBe([0, 2]));

    [Fact]
    public void finds_all_but_a_few() =>
        SubsetSum.Find([.. Enumerable.Range(1, 30).Select(n => (n * 1_000L) + (n * n))], Sum(30) - 7_049, 3)
            .Found.ShouldBe([.. Enumerable.Range(0, 30).Where(index => index != 6)]);

    [Fact]
    public void tells_when_there_is_another() => SubsetSum.Find([100, 50, 75, 75], 150, 8).IsUnique.ShouldBeFalse();

    [Fact]
    public void ends_by_its_limit_and_says_so()
    {
        var amounts = Enumerable.Range(0, 200).Select(n => 1_000_000L + (n * 2)).ToArray();
        var result = SubsetSum.Find(amounts, 20_004_001, 20);
        result.Found.ShouldBeNull();
        result.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public void is_worth_little_where_many_combinations_could_hit_by_chance()
    {
        var odd = SubsetSum.Find([10_010, 5_005, 7_025, 6_113], 17_035, 8);
        var round = SubsetSum.Find([.. Enumerable.Range(1, 40).Select(n => n * 10_000L)], 5 * 10_000L, 8);
        odd.Coincidences.ShouldBeLessThan(1_000);
        round.Coincidences.ShouldBeGreaterThan(1_000_000);
    }

    private static long Sum(int count) => Enumerable.Range(1, count).Sum(n => (n * 1_000L) + (n * n));
}
