using FsCheck;
using FsCheck.Fluent;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

public sealed class Matching
{
    [Fact]
    public void a_named_invoice_and_its_balance_is_certain()
    {
        var match = Match(Pay(100m, "INV-1001"), [Item("INV-1001", 100m)]);
        match.Chosen.ShouldNotBeNull().Confidence.ShouldBe(0.99m);
        match.Chosen.Lines.Single().Amount.ShouldBe(Usd(100m));
        match.CustomerId.ShouldBe(Globex);
        match.Chosen.Reasons.ShouldNotBeEmpty();
        match.Aside.ShouldBeNull();
    }

    [Fact]
    public void several_named_invoices_that_sum_to_the_amount_are_a_combined_payment() =>
        Match(Pay(300m, "INV-1001, INV-1002"), [Item("INV-1001", 100m), Item("INV-1002", 200m)]).Paid()
            .ShouldBe([("INV-1001", 100m), ("INV-1002", 200m)]);

    [Fact]
    public void numbers_run_together_are_found() =>
        Match(Pay(300m, "INV-1001INV-1002"), [Item("INV-1001", 100m), Item("INV-1002", 200m)]).Paid().Count()
            .ShouldBe(2);

    [Fact]
    public void numbers_of_which_only_the_first_is_whole_are_found() =>
        Match(Pay(300m, "INV-US01-2026-000123/124/125"),
            [
                Item("INV-US01-2026-000123", 100m), Item("INV-US01-2026-000124", 120m),
                Item("INV-US01-2026-000125", 80m), Item("INV-US01-2026-000126", 200m),
            ]).Paid().Select(line => line.Amount).ShouldBe([100m, 120m, 80m]);

    [Fact]
    public void a_short_payment_is_applied_as_paid() =>
        Match(Pay(80m, "INV-1001"), [Item("INV-1001", 100m)]).Paid().ShouldBe([("INV-1001", 80m)]);

    [Fact]
    public void an_overpayment_leaves_its_rest()
    {
        var match = Match(Pay(130m, "INV-1001"), [Item("INV-1001", 100m)]);
        match.Paid().ShouldBe([("INV-1001", 100m)]);
        match.Aside!.Reason.ShouldBe(AsideReasons.Remainder);
    }

    [Fact]
    public void an_odd_amount_of_a_payer_with_another_name_is_for_a_person() =>
        Match(Pay(80m, "INV-1001", "Wayne Enterprises"), [Item("INV-1001", 100m)]).Chosen.ShouldBeNull();

    [Fact]
    public void a_short_payment_of_several_invoices_is_for_a_person()
    {
        var match = Match(Pay(250m, "INV-1001 INV-1002"), [Item("INV-1001", 100m), Item("INV-1002", 200m)]);
        match.Chosen.ShouldBeNull();
        match.Suggestions.ShouldNotBeEmpty();
        match.CustomerId.ShouldBe(Globex);
        match.Aside!.Reason.ShouldBe(AsideReasons.Suggested);
    }

    [Fact]
    public void a_second_payment_of_a_paid_invoice_stays_the_customers()
    {
        var match = Match(Pay(100m, "INV-1001"), [Item("INV-1001", 0m), Item("INV-1002", 100m)]);
        match.Chosen.ShouldBeNull();
        match.CustomerId.ShouldBe(Globex);
        match.Aside!.Reason.ShouldBe(AsideReasons.AlreadyPaid);
    }

    [Fact]
    public void an_amount_alone_is_a_suggestion()
    {
        var match = Match(Pay(100m, "thanks"), [Item("INV-1001", 100m)]);
        match.Chosen.ShouldBeNull();
        match.CustomerId.ShouldBeNull();
        match.Suggestions.ShouldHaveSingleItem().Confidence.ShouldBe(0.80m);
    }

    [Fact]
    public void an_amount_and_the_name_are_enough() =>
        Match(Pay(100m, "thanks", "GLOBEX CORP"), [Item("INV-1001", 100m)]).Chosen.ShouldNotBeNull();

    [Fact]
    public void a_name_that_is_only_alike_is_not_enough_without_a_reference()
    {
        var match = Match(Pay(100m, "thanks", "INITEHC LLC"), [Item("INV-1001", 100m, Initech)]);
        match.Chosen.ShouldBeNull();
        match.Suggestions.ShouldHaveSingleItem().Confidence.ShouldBeGreaterThan(0.80m);
    }

    [Fact]
    public void an_amount_and_a_known_account_are_enough()
    {
        var match = Match(Pay(100m, "thanks"), [Item("INV-1001", 100m), Item("INV-9", 100m, Initech)], Globex);
        match.Chosen.ShouldNotBeNull().CustomerId.ShouldBe(Globex);
        match.IdentifiedBy.ShouldBe("payer-account");
    }

    [Fact]
    public void two_items_of_one_amount_rival()
    {
        var match = Match(Pay(100m, "thanks"), [Item("INV-1001", 100m), Item("INV-1002", 100m)], Globex);
        match.Chosen.ShouldBeNull();
        match.CustomerId.ShouldBe(Globex);
        match.Suggestions.Count.ShouldBe(2);
    }

    [Fact]
    public void a_short_named_invoice_and_an_exact_other_one_rival() => Match(
        Pay(100m, "INV-1001", "Globex"), [Item("INV-1001", 300m), Item("INV-1002", 100m)]).Chosen.ShouldBeNull();

    [Fact]
    public void an_account_of_somebody_else_is_for_a_person()
    {
        var match = Match(Pay(100m, "INV-1001"), [Item("INV-1001", 100m)], Initech);
        match.Chosen.ShouldBeNull();
        match.CustomerId.ShouldBeNull();
        match.Aside!.Reason.ShouldBe(AsideReasons.Contradiction);
    }

    /// <summary>One of two customers of a name has paid before: that does not make the other's money its own.</summary>
    [Theory]
    [InlineData("Globex Corporation", true)]
    [InlineData("Hooli Inc", false)]
    public void a_name_that_somebody_has_paid_under_is_nobodys_own_where_two_bear_it(string twins, bool isApplied)
    {
        var twin = Ids.From("customer", "twin");
        var facts = new MatchFacts(
            [Item("INV-1001", 100m, twin)], [.. Both, new CustomerCandidate(twin, "CUST-US01-000003", twins)],
            [new KnownPayer(PayerTrait.Alias, PartyName.Key("Globex"), Globex)]);

        var match = Matcher.Match(
            Pay(100m, "INV-1001", "Globex"), facts, MatchSettings.Of(MatchPolicy.Default));

        (match.Chosen is not null).ShouldBe(isApplied);
    }

    [Fact]
    public void two_customers_with_one_account_tell_nothing() =>
        Match(Pay(100m, "thanks"), [], Globex, Initech).CustomerId.ShouldBeNull();

    [Fact]
    public void two_numbers_alike_but_for_zeros_are_for_a_person() =>
        Match(Pay(100m, "INV 2026 7"), [Item("INV-2026-007", 100m), Item("INV-2026-0007", 50m)]).Chosen.ShouldBeNull();

    [Fact]
    public void an_exact_number_beats_one_alike() =>
        Match(Pay(100m, "INV-2026-007"),
            [Item("INV-2026-007", 100m), Item("INV-2026-0007", 50m)]).Chosen.ShouldNotBeNull();

    [Fact]
    public void a_slip_in_the_number_is_no_obstacle_where_the_amount_is_exact() =>
        Match(Pay(100m, "INV-US01-2026-000132"), [Item("INV-US01-2026-000123", 100m)], Globex)
            .Paid().ShouldBe([("INV-US01-2026-000123", 100m)]);

    [Fact]
    public void an_order_number_names_its_invoice() =>
        Match(Pay(100m, "PO-9901"), [Item("INV-1001", 100m) with { PurchaseOrder = "PO-9901" }])
            .Paid().ShouldBe([("INV-1001", 100m)]);

    [Fact]
    public void twins_in_one_statement_take_an_item_once()
    {
        var session = new MatchSession(With([Item("INV-1001", 100m)]), MatchSettings.Of(MatchPolicy.Default));
        session.Match(Pay(100m, "INV-1001")).Chosen.ShouldNotBeNull();
        var second = session.Match(Pay(100m, "INV-1001"));
        second.Chosen.ShouldBeNull();
        second.CustomerId.ShouldBe(Globex);
    }

    [Fact]
    public void is_deterministic_never_exceeds_and_never_chooses_between_rivals() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000),
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Amount, byte Owner, bool Named)[]>(), ArbMap.Default.ArbFor<byte>(),
            ArbMap.Default.ArbFor<bool>(), (rows, paid, isKnown) =>
        {
            var items = rows
                .Select((row, index) => Item(
                    $"INV-{2000 + index}", row.Amount % 5 * 10m, row.Owner % 2 == 0 ? Globex : Initech) with
                {
                    Discount = row.Amount % 3 == 0 ? new OfferedDiscount(0.02m, Due) : null,
                })
                .ToArray();
            var text = string.Join(' ',
                items.Where((_, index) => rows[index].Named).Select(item => item.InvoiceNumber));
            var payment = Pay((paid % 9 * 10m) + 10m, text);
            Guid[] payers = isKnown ? [Globex] : [];
            var match = Match(payment, items, payers);
            var again = Match(payment, [.. items.Reverse()], payers);
            again.Chosen?.Key.ShouldBe(match.Chosen?.Key);
            again.CustomerId.ShouldBe(match.CustomerId);
            foreach (var explanation in match.Suggestions)
            {
                explanation.Confidence.ShouldBeInRange(0m, 1m);
                explanation.Lines.Sum(line => line.Amount.Amount).ShouldBeLessThanOrEqualTo(payment.Amount.Amount);
                foreach (var line in explanation.Lines)
                {
                    var item = items.Single(one => one.InvoiceId == line.InvoiceId);
                    line.Amount.IsPositive.ShouldBeTrue();
                    (line.Settled + (line.Deduction?.Amount ?? Usd(0))).ShouldBeLessThanOrEqualTo(item.Available);
                    if (line.Discount is { } taken)
                        taken.ShouldBeLessThanOrEqualTo(line.Settled.Times(0.02m));
                }
            }

            if (match.Chosen is not null && match.Suggestions.Count > 1)
                (match.Chosen.Confidence - match.Suggestions[1].Confidence).ShouldBeGreaterThanOrEqualTo(0.05m);
        }));
}

/// <summary>B-10: the cash discount is decided where the payment is matched, in one go.</summary>
public sealed class Cash_discounts_in_matching
{
    private static readonly OfferedDiscount TwoPercent = new(0.02m, new DateOnly(2026, 11, 10));

    [Fact]
    public void that_are_earned_are_taken_where_the_item_is_named()
    {
        var line = Match(Pay(98m, "INV-1001"), [Item("INV-1001", 100m) with { Discount = TwoPercent }])
            .Chosen.ShouldNotBeNull().Lines.Single();
        (line.Amount, line.Discount).ShouldBe((Usd(98m), Usd(2m)));
    }

    [Fact]
    public void that_are_earned_are_taken_where_only_the_payer_is_known() =>
        Match(Pay(98m, ""), [Item("INV-1001", 100m) with { Discount = TwoPercent }], Globex)
            .Chosen.ShouldNotBeNull().Lines.Single().Discount.ShouldBe(Usd(2m));

    [Fact]
    public void of_some_of_the_items_are_told_from_the_amount() =>
        Match(Pay(298m, "INV-1001 INV-1002"),
            [Item("INV-1001", 100m) with { Discount = TwoPercent }, Item("INV-1002", 200m)])
            .Chosen.ShouldNotBeNull().Lines.Select(line => line.Discount?.Amount).ShouldBe([2m, null]);

    /// <summary>D-30: whether it is earned rests on dates and amounts alone.</summary>
    [Fact]
    public void that_come_too_late_are_kept_back_for_no_good_reason()
    {
        var late = Item("INV-1001", 100m) with { Discount = TwoPercent with { Until = new DateOnly(2026, 11, 1) } };
        var line = Match(Pay(98m, "INV-1001"), [late]).Chosen.ShouldNotBeNull().Lines.Single();
        line.Discount.ShouldBeNull();
        line.Deduction.ShouldBe(new Deduction(Usd(2m), "terms", "cash discount after 2026-11-01"));
    }

    /// <summary>
    /// D-30: a part that is asked for and not answered yet, or money that is on its way, changes nothing of what is
    /// earned; the day does, whatever is pending.
    /// </summary>
    [Theory]
    [InlineData("2026-11-10", 480.20, 9.80)]
    [InlineData("2026-11-11", 490, 0)]
    public void d30_rest_on_dates_and_amounts_alone_while_a_part_is_pending(string day, double paid, double earned)
    {
        var item = Item("INV-1001", 500m) with { Discount = TwoPercent };
        var session = new MatchSession(With([item], Globex), MatchSettings.Of(MatchPolicy.Default));
        session.Match(Pay(10m, "INV-1001")).Paid().ShouldBe([("INV-1001", 10m)]);
        var line = session.Match(Pay((decimal)paid, "INV-1001") with
        {
            ValueDate = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture),
        }).Chosen.ShouldNotBeNull().Lines.Single();
        (line.Amount, line.Discount ?? Usd(0), line.Deduction)
            .ShouldBe((Usd((decimal)paid), Usd((decimal)earned), null));
    }

    /// <summary>D-29: after a part was paid without it, the discount is that of what is still open.</summary>
    [Fact]
    public void are_worked_out_on_what_is_still_open() =>
        Match(Pay(490m, "INV-1001"), [Item("INV-1001", 500m) with { Discount = TwoPercent }])
            .Chosen.ShouldNotBeNull().Lines.Single().Discount.ShouldBe(Usd(10m));

    [Fact]
    public void are_left_alone_where_the_rule_set_says_so() => Match(
        Pay(98m, ""), [Item("INV-1001", 100m) with { Discount = TwoPercent }], MatchPolicy.Default,
        RuleSet.Standard with { Code = "NONE", EarnedDiscounts = false }).Chosen.ShouldBeNull();
}

/// <summary>
/// CASH-11: a difference is given up where both limits allow it; D-28: with a reason, never silently.
/// </summary>
public sealed class Small_differences
{
    private static readonly MatchPolicy Policy = MatchPolicy.Default with
    {
        Tolerance = new Tolerance([Usd(5m)], 5m),
    };

    [Theory]
    [InlineData(96, 100, true)]
    [InlineData(6, 10, false)]
    [InlineData(94, 100, false)]
    public void of_short_payments(double paid, double open, bool isGivenUp)
    {
        var line = Match(Pay((decimal)paid, "INV-1001"), [Item("INV-1001", (decimal)open)], Policy)
            .Chosen.ShouldNotBeNull().Lines.Single();
        line.Difference.ShouldBe(isGivenUp ? Usd((decimal)(open - paid)) : null);
        line.Amount.ShouldBe(Usd((decimal)paid));
    }

    [Fact]
    public void of_payments_too_long_are_given_up_of_the_receipt()
    {
        var match = Match(Pay(100.02m, "INV-1001"), [Item("INV-1001", 100m)], Policy);
        match.Chosen.ShouldNotBeNull().Rest.ShouldBe(RestTreatment.WriteOff);
        match.Aside.ShouldBeNull();
    }

    [Fact]
    public void of_payments_far_too_long_are_not_given_up_whatever_the_rule_set_says()
    {
        var rules = RuleSet.Standard with { Remainder = RestTreatment.WriteOff };
        foreach (var paid in new[] { 600m, 101m })
        {
            var match = Match(Pay(paid, "INV-1001"), [Item("INV-1001", 100m)], MatchPolicy.Default, rules);
            match.Suggestions.Append(match.Chosen).OfType<Explanation>()
                .ShouldAllBe(one => one.Rest == RestTreatment.Unapplied);
            match.Suggestions.Count.ShouldBePositive();
        }
    }

    /// <summary>Who accepts a suggestion has seen what becomes of the rest.</summary>
    [Fact]
    public void that_are_given_up_make_another_suggestion_than_those_that_stay() =>
        Match(Pay(100.02m, "INV-1001"), [Item("INV-1001", 100m)], Policy).Suggestions[0].Key.ShouldNotBe(
            Match(Pay(100.02m, "INV-1001"), [Item("INV-1001", 100m)], MatchPolicy.Default).Suggestions[0].Key);

    [Fact]
    public void of_a_known_payer_without_a_reference_are_a_suggestion()
    {
        var match = Match(Pay(99.5m, ""), [Item("INV-1001", 100m)], Policy);
        match.Chosen.ShouldBeNull();
        match.Suggestions.ShouldHaveSingleItem().Rule.ShouldBe(MatchRules.WithinTolerance);
    }

    [Fact]
    public void in_a_currency_without_a_limit_are_not_given_up() =>
        Policy.Differences.Allows(Money.Of(0.01m, "EUR"), Money.Of(100m, "EUR")).ShouldBeFalse();
}
