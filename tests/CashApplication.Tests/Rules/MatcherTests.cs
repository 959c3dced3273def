using FsCheck;
using FsCheck.Fluent;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

public sealed class References
{
    [Theory]
    [InlineData("INV-US01-2026-000123")]
    [InlineData("Invoice inv us01 2026 123")]
    [InlineData("payment for INV/US01/2026/00123, thank you")]
    [InlineData("INVUS012026000123")]
    [InlineData("Inv.US01-2026.000123")]
    [InlineData("2026-11-02 INV-US01-2026-000123 1,250.00")]
    public void are_found_however_they_are_written(string text) => Names("INV-US01-2026-000123", text).ShouldBeTrue();

    [Theory]
    [InlineData("INV-US01-2026-0001234")]
    [InlineData("INV-US02-2026-000123")]
    [InlineData("INV-US01-2025-000123")]
    [InlineData("000123")]
    [InlineData("")]
    public void are_not_found_in_something_else(string text) => Names("INV-US01-2026-000123", text).ShouldBeFalse();

    [Fact]
    public void are_found_across_the_end_of_a_line() =>
        ReferenceKeys.Candidates(["Invoices INV-US01-20", "26-000123 and more"])
        .ShouldContain(ReferenceKeys.Compact("INV-US01-2026-000123"));

    [Fact]
    public void in_endless_text_cost_little() =>
        ReferenceKeys.Candidates([string.Concat(Enumerable.Repeat("A1 ", 100_000))]).Count.ShouldBeLessThan(20_000);

    private static bool Names(string number, string text)
    {
        var keys = ReferenceKeys.Candidates([text]);
        return keys.Contains(ReferenceKeys.Compact(number)) || keys.Contains(ReferenceKeys.Loose(number));
    }
}

public sealed class Matching
{
    private static readonly Guid Globex = Ids.From("customer", "globex");
    private static readonly Guid Initech = Ids.From("customer", "initech");

    [Fact]
    public void a_named_invoice_and_its_balance_is_certain()
    {
        var match = Match(Pay(100m, "INV-1001"), [Item("INV-1001", 100m)]);
        match.Chosen.ShouldNotBeNull().Confidence.ShouldBe(0.99m);
        match.Chosen.Lines.Single().Amount.ShouldBe(Usd(100m));
        match.CustomerId.ShouldBe(Globex);
        match.Chosen.Reasons.ShouldNotBeEmpty();
    }

    [Fact]
    public void several_named_invoices_that_sum_to_the_amount_are_a_combined_payment() =>
        Match(Pay(300m, "INV-1001, INV-1002"),
            [Item("INV-1001", 100m), Item("INV-1002", 200m)]).Chosen.ShouldNotBeNull()
            .Lines.Select(line => (line.InvoiceNumber, line.Amount.Amount))
            .ShouldBe([("INV-1001", 100m), ("INV-1002", 200m)]);

    [Fact]
    public void a_short_payment_is_applied_as_paid() => Match(Pay(80m, "INV-1001"), [Item("INV-1001", 100m)])
        .Chosen.ShouldNotBeNull().Lines.Single().Amount.ShouldBe(Usd(80m));

    [Fact]
    public void an_overpayment_leaves_its_rest() => Match(Pay(130m, "INV-1001"), [Item("INV-1001", 100m)])
        .Chosen.ShouldNotBeNull().Lines.Single().Amount.ShouldBe(Usd(100m));

    [Fact]
    public void a_short_payment_of_several_invoices_is_for_a_person()
    {
        var match = Match(Pay(250m, "INV-1001 INV-1002"), [Item("INV-1001", 100m), Item("INV-1002", 200m)]);
        match.Chosen.ShouldBeNull();
        match.Suggestions.ShouldNotBeEmpty();
        match.CustomerId.ShouldBe(Globex);
    }

    [Fact]
    public void a_second_payment_of_a_paid_invoice_stays_the_customers()
    {
        var match = Match(Pay(100m, "INV-1001"), [Item("INV-1001", 0m), Item("INV-1002", 100m)]);
        match.Chosen.ShouldBeNull();
        match.CustomerId.ShouldBe(Globex);
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
        Match(Pay(100m, "thanks") with { PayerName = "GLOBEX CORP" },
            [Item("INV-1001", 100m)]).Chosen.ShouldNotBeNull();

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
    public void a_short_named_invoice_and_an_exact_other_one_rival() =>
        Match(Pay(100m, "INV-1001"), [Item("INV-1001", 300m), Item("INV-1002", 100m)]).Chosen.ShouldBeNull();

    [Fact]
    public void an_account_of_somebody_else_is_for_a_person()
    {
        var match = Match(Pay(100m, "INV-1001"), [Item("INV-1001", 100m)], Initech);
        match.Chosen.ShouldBeNull();
        match.CustomerId.ShouldBeNull();
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
    public void twins_in_one_statement_take_an_item_once()
    {
        var session = new MatchSession(With([Item("INV-1001", 100m)]), MatchPolicy.Default);
        session.Match(Pay(100m, "INV-1001")).Chosen.ShouldNotBeNull();
        var second = session.Match(Pay(100m, "INV-1001"));
        second.Chosen.ShouldBeNull();
        second.CustomerId.ShouldBe(Globex);
    }

    [Fact]
    public void is_deterministic_never_exceeds_and_never_chooses_between_rivals() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000),
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Amount, byte Owner, bool Named)[]>(), ArbMap.Default.ArbFor<byte>(),
            (rows, paid) =>
        {
            var items = rows
                .Select((row, index) =>
                    Item($"INV-{2000 + index}", row.Amount % 5 * 10m, row.Owner % 2 == 0 ? Globex : Initech))
                .ToArray();
            var text = string.Join(' ',
                items.Where((_, index) => rows[index].Named).Select(item => item.InvoiceNumber));
            var payment = Pay((paid % 9 * 10m) + 10m, text);
            var match = Match(payment, items);
            var again = Match(payment, [.. items.Reverse()]);
            again.Chosen?.Lines.ShouldBe(match.Chosen?.Lines);
            again.CustomerId.ShouldBe(match.CustomerId);
            foreach (var explanation in match.Suggestions)
            {
                explanation.Confidence.ShouldBeInRange(0m, 1m);
                explanation.Lines.Sum(line => line.Amount.Amount).ShouldBeLessThanOrEqualTo(payment.Amount.Amount);
                foreach (var line in explanation.Lines)
                {
                    line.Amount.IsPositive.ShouldBeTrue();
                    line.Amount.ShouldBeLessThanOrEqualTo(
                        items.Single(item => item.InvoiceId == line.InvoiceId).Available);
                }
            }

            if (match.Chosen is not null && match.Suggestions.Count > 1)
                (match.Chosen.Confidence - match.Suggestions[1].Confidence).ShouldBeGreaterThanOrEqualTo(0.05m);
        }));

    private static Payment Pay(decimal amount, string text) =>
        new(Usd(amount), "Somebody", "DE89370400440532013000", [text]);

    private static Candidate Item(string number, decimal available, Guid? customer = null) => new(
        Ids.From("invoice", number), 1, number, customer ?? Globex,
        (customer ?? Globex) == Globex ? "Globex Corporation" : "Initech",
        new DateOnly(2026, 11, 30), Usd(available));

    private static Candidates With(IReadOnlyList<Candidate> items, params Guid[] payers) =>
        new(items, [], payers.ToLookup(_ => "DE89370400440532013000"));

    private static MatchResult Match(Payment payment, IReadOnlyList<Candidate> items, params Guid[] payers) =>
        Matcher.Match(payment, With(items, payers), MatchPolicy.Default);
}
