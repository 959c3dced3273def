using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-04, CASH-05: a payer pays invoices less credit memos.</summary>
public sealed class Credit_memos_of_the_payer
{
    private static OpenCredit Credit(string number, decimal open, Guid? customer = null, string? invoice = null) => new(
        Ids.From("memo", number), number, customer ?? Globex, invoice is null ? null : Ids.From("invoice", invoice),
        Usd(open));

    private static MatchResult Try(Payment payment, Candidate[] items, params OpenCredit[] credits) => Matcher.Match(
        payment, Facts(items, credits), MatchSettings.Of(MatchPolicy.Default));

    private static MatchFacts Facts(Candidate[] items, OpenCredit[] credits) => new(
        items, Both, [new KnownPayer(PayerTrait.Account, Account, Globex)], credits: credits);

    private static IEnumerable<(string Invoice, decimal Amount, string Credits)> Paid(MatchResult match) =>
        match.Chosen.ShouldNotBeNull().Lines.Select(line => (
            line.InvoiceNumber, line.Amount.Amount,
            string.Join(' ', (line.Credits ?? []).Select(credit => $"{credit.Number}={credit.Amount.Amount:0}"))));

    [Fact]
    public void that_is_named_is_taken_off()
    {
        var match = Try(
            Pay(900m, "INV-1001 less CM-7001"), [Item("INV-1001", 1000m)], Credit("CM-7001", 100m),
            Credit("CM-7002", 100m));
        Paid(match).ShouldBe([("INV-1001", 900m, "CM-7001=100")]);
        match.Chosen!.Lines[0].Settled.ShouldBe(Usd(1000m));
        match.Chosen.Reasons.ShouldContain("The amount is 1000.00 USD less the credit memo CM-7001.");
        match.Aside.ShouldBeNull();
    }

    [Fact]
    public void that_is_open_explains_what_is_missing_of_a_named_invoice() => Paid(Try(
        Pay(900m, "INV-1001"), [Item("INV-1001", 1000m)], Credit("CM-7001", 100m), Credit("CM-7002", 30m)))
        .ShouldBe([("INV-1001", 900m, "CM-7001=100")]);

    [Fact]
    public void of_which_two_explain_it_are_for_a_person()
    {
        var match = Try(
            Pay(900m, "INV-1001"), [Item("INV-1001", 1000m)], Credit("CM-7001", 100m), Credit("CM-7002", 100m));
        match.Chosen.ShouldBeNull();
        match.Suggestions.ShouldHaveSingleItem().Reasons
            .ShouldContain("Another open credit memo has this amount too.");
    }

    /// <summary>However low the bar is: what speaks against an explanation is weighed by a person.</summary>
    [Fact]
    public void of_which_two_explain_it_are_for_a_person_by_any_threshold()
    {
        var match = Matcher.Match(
            Pay(900m, "INV-1001"),
            Facts([Item("INV-1001", 1000m)], [Credit("CM-7001", 100m), Credit("CM-7002", 100m)]),
            MatchSettings.Of(MatchPolicy.Default with { AutoApplyThreshold = 0.60m }));
        match.Chosen.ShouldBeNull();
        match.Suggestions.ShouldHaveSingleItem().IsForPerson.ShouldBeTrue();
    }

    /// <summary>Whichever of the debtors has the other one: it would explain the same.</summary>
    [Fact]
    public void of_which_two_debtors_have_one_each_are_for_a_person()
    {
        var payment = Pay(1400m, "INV-1001 INV-1002");
        Candidate[] items = [Item("INV-1001", 1000m), Item("INV-1002", 500m, Initech)];
        CustomerCandidate[] group = [Both[0], Both[1] with { ParentId = Globex }];
        Of(Credit("CM-7001", 100m)).Chosen.ShouldNotBeNull().Lines[0].Credits.ShouldNotBeNull();
        var match = Of(Credit("CM-7001", 100m), Credit("CM-7002", 100m, Initech));
        match.Chosen.ShouldBeNull();
        match.Suggestions.ShouldContain(
            one => one.Reasons.Contains("Another open credit memo has this amount too."));

        MatchResult Of(params OpenCredit[] credits) => Matcher.Match(
            payment,
            new MatchFacts(
                items, group, [new KnownPayer(PayerTrait.Account, Account, Globex)], credits: credits),
            MatchSettings.Of(MatchPolicy.Default));
    }

    /// <summary>The payer says why it pays less: that a credit memo has this amount is chance.</summary>
    [Fact]
    public void are_not_guessed_where_the_payer_gives_another_reason()
    {
        var line = Try(Pay(900m, "INV-1001 less damaged goods"), [Item("INV-1001", 1000m)], Credit("CM-7001", 100m))
            .Chosen.ShouldNotBeNull().Lines.ShouldHaveSingleItem();
        line.Credits.ShouldBeNull();
        line.Deduction.ShouldNotBeNull().ShouldSatisfyAllConditions(
            kept => kept.Amount.ShouldBe(Usd(100m)), kept => kept.ReasonCode.ShouldBe("quality"));
    }

    [Fact]
    public void are_part_of_the_account_that_is_cleared() => Paid(Try(
        Pay(1350m, ""), [Item("INV-1001", 1000m), Item("INV-1002", 500m)], Credit("CM-7001", 100m),
        Credit("CM-7002", 50m, invoice: "INV-1002")))
        .ShouldBe([("INV-1001", 900m, "CM-7001=100"), ("INV-1002", 450m, "CM-7002=50")]);

    [Fact]
    public void of_another_customer_are_not_taken_off() => WithoutCredits(Try(
        Pay(900m, "INV-1001 less CM-7001"), [Item("INV-1001", 1000m)], Credit("CM-7001", 100m, Initech)));

    /// <summary>
    /// Of an item that credit memos settle altogether no money is applied: nothing is to be asked for.
    /// </summary>
    [Fact]
    public void that_leave_no_money_for_any_item_are_left_to_a_person() => WithoutCredits(Try(
        Pay(50m, "INV-1001 INV-1002 CM-7001"), [Item("INV-1001", 300m), Item("INV-1002", 350m)],
        Credit("CM-7001", 600m)));

    [Fact]
    public void are_taken_off_as_an_advice_says()
    {
        var payment = Pay(870m, "") with
        {
            Documents =
            [
                new RemittanceLine("INV-1001", "IV", Usd(940m), null, null, []),
                new RemittanceLine("CM-7001", "CM", Usd(-70m), null, null, []),
            ],
        };
        Paid(Try(payment, [Item("INV-1001", 1000m)], Credit("CM-7001", 100m)))
            .ShouldBe([("INV-1001", 870m, "CM-7001=70")]);
    }

    /// <summary>More than is open of it, or one that is not known, is set off: a person looks at it.</summary>
    [Fact]
    public void that_are_not_open_so_far_are_set_off_by_a_person()
    {
        var payment = Pay(870m, "") with
        {
            Documents =
            [
                new RemittanceLine("INV-1001", "IV", Usd(870m), null, null, []),
                new RemittanceLine("CM-7001", "CM", Usd(-130m), null, null, []),
            ],
        };
        var match = Try(payment, [Item("INV-1001", 1000m)], Credit("CM-7001", 100m));
        match.Chosen.ShouldBeNull();
        match.Suggestions[0].Reasons.ShouldContain(
            "Credits of 130.00 USD are set off; apply them to what stays open.");
    }

    [Fact]
    public void are_taken_off_once()
    {
        Candidate[] items = [Item("INV-1001", 1000m), Item("INV-1002", 1000m)];
        var session = new MatchSession(
            Facts(items, [Credit("CM-7001", 100m)]), MatchSettings.Of(MatchPolicy.Default));
        session.Match(Pay(900m, "INV-1001 less CM-7001")).Chosen!.Lines[0].Credits.ShouldNotBeNull();
        WithoutCredits(session.Match(Pay(900m, "INV-1002 less CM-7001")));
    }

    [Fact]
    public void make_another_suggestion_than_without_them()
    {
        var with = Try(Pay(900m, "INV-1001"), [Item("INV-1001", 1000m)], Credit("CM-7001", 100m)).Chosen!;
        var without = Try(Pay(900m, "INV-1001"), [Item("INV-1001", 1000m)]).Chosen!;
        with.Key.ShouldNotBe(without.Key);
    }

    private static void WithoutCredits(MatchResult match) => match.Suggestions.SelectMany(one => one.Lines)
        .ToArray().ShouldSatisfyAllConditions(
            lines => lines.ShouldNotBeEmpty(), lines => lines.ShouldAllBe(line => line.Credits == null));
}

/// <summary>The answer to an allocation that takes off a credit memo.</summary>
public sealed class Answers_about_credit_memos
{
    private static readonly object[] Asked = Recorded(Customer, Order(First, 60m) with
    {
        Credits = [new CreditPart(Ids.From("memo", "CM-7"), "CM-7", Usd(40m))],
    });

    [Fact]
    public void confirm_it_where_they_say_that_it_was_applied()
    {
        var after = StateOf(Then(Asked, receipt =>
            ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m), Usd(40m))));
        after.Balance.ShouldBe(unapplied: 40m, pending: 0m, applied: 60m, reversed: 0m);
    }

    /// <summary>What is taken off already is no document that the rest of the money is for.</summary>
    [Fact]
    public void leave_out_what_is_taken_off_when_the_rest_looks_for_its_purpose()
    {
        RemittanceLine[] told =
        [
            new("INV-1", "IV", Usd(100m), null, null, []), new("CM-7", "CM", Usd(-40m), null, null, []),
            new("INV-2", "IV", Usd(40m), null, null, []),
        ];
        var receipt = StateOf([.. ReceiptDecider.Record(
            Receipt.Initial, Command(customer: Customer) with { Documents = told },
            Decided(Order(First, 60m) with
            {
                Credits = [new CreditPart(Ids.From("memo", "CM-7"), "CM-7", Usd(40m))],
            })).Events]);
        ReceiptMatching.PaymentOf(ReceiptId, receipt).ShouldNotBeNull().Documents.ShouldNotBeNull()
            .Select(document => document.DocumentNumber).ShouldBe(["INV-2"]);
    }

    /// <summary>
    /// The bank takes a part back: what stays applied takes off what Invoicing has opened again, and nothing else.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void that_tell_what_is_open_again_let_the_rest_take_it_off_again(bool isOpenAgain)
    {
        var memo = Ids.From("memo", "CM-7");
        var past = Then(Asked, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m), Usd(40m)));
        past = Then(past, receipt => ReceiptDecider.ReversePart(
            receipt, ReceiptId, new PartialReversal(Ids.From("test", "part"), Usd(70m), "chargeback"), InTime));
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(
            receipt, ReceiptId, First, Usd(60m), InTime, isOpenAgain ? [memo] : null));
        var again = past.OfType<AllocationsRequested>().Last().Allocations.ShouldHaveSingleItem();
        again.Amount.ShouldBe(Usd(30m));
        again.Credits?.Single().CreditMemoId.ShouldBe(memo);
        (again.Credits is not null).ShouldBe(isOpenAgain);
    }

    /// <summary>
    /// An older instance of Invoicing applies the money alone: that is taken back, and a person sees it.
    /// </summary>
    [Fact]
    public void that_say_nothing_of_them_take_the_money_back()
    {
        var past = Then(Asked, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m)));
        StateOf(past).Allocations[First].Status.ShouldBe(AllocationStatus.ReversalPending);
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime));
        var after = StateOf(past);
        after.Balance.ShouldBe(unapplied: 100m, pending: 0m, applied: 0m, reversed: 0m);
        after.Aside!.Reason.ShouldBe(AsideReasons.TakenBack);
    }
}
