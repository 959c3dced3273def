using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-06: who owes no tax here, or believes so, pays what is billed without it.</summary>
public sealed class Amounts_without_tax
{
    private static readonly RuleSet Net = RuleSet.Standard with { Code = "NET", AmountsWithoutTax = true };

    private static Candidate Billed(string number, decimal net, decimal tax, Guid? customer = null) =>
        Item(number, net + tax, customer) with { Net = Usd(net) };

    [Fact]
    public void cash06_are_suggested_of_one_item_of_the_payer_and_the_tax_stays_open()
    {
        var match = Match(Pay(100m, ""), [Billed("INV-1", 100m, 19m), Billed("INV-2", 50m, 9.50m)], Globex);

        match.Chosen.ShouldBeNull();
        var found = match.Suggestions.ShouldHaveSingleItem();
        (found.Rule, found.IsForPerson).ShouldBe((MatchRules.WithoutTax, true));
        var line = found.Lines.ShouldHaveSingleItem();
        (line.InvoiceNumber, line.Amount, line.Settled).ShouldBe(("INV-1", Usd(100m), Usd(100m)));
        line.Deduction.ShouldBeNull();
        found.Reasons.ShouldContain("The amount is 119.00 USD without the tax of 19.00 USD, which stays open.");
    }

    [Fact]
    public void cash06_are_applied_where_the_rule_set_says_so() => Match(
        Pay(100m, "") with { CustomerId = Globex }, [Billed("INV-1", 100m, 19m), Billed("INV-2", 50m, 9.50m)],
        MatchPolicy.Default, Net).Paid().ShouldBe([("INV-1", 100m)]);

    [Fact]
    public void cash06_are_told_of_several_that_are_named()
    {
        Candidate[] items = [Billed("INV-1001", 100m, 19m), Billed("INV-1002", 50m, 9.50m)];
        var payment = Pay(150m, "INV-1001 INV-1002");

        var suggested = Match(payment, items, MatchPolicy.Default);
        suggested.Chosen.ShouldBeNull();
        suggested.Suggestions[0].Lines.Select(line => line.Amount).ShouldBe([Usd(100m), Usd(50m)]);
        Match(payment, items, MatchPolicy.Default, Net).Paid().ShouldBe([("INV-1001", 100m), ("INV-1002", 50m)]);
    }

    /// <summary>Who gives a reason for what is missing owes the tax.</summary>
    [Theory]
    [InlineData("INV-1001 INV-1002 less damaged goods")]
    [InlineData("less damaged goods")]
    public void cash06_are_not_applied_where_the_payer_gives_a_reason(string text)
    {
        Candidate[] items = [Billed("INV-1001", 100m, 19m), Billed("INV-1002", 50m, 9.50m)];

        var match = Match(Pay(150m, text) with { CustomerId = Globex }, items, MatchPolicy.Default, Net);

        match.Chosen.ShouldBeNull();
        match.Suggestions.ShouldNotBeEmpty();
    }

    /// <summary>What is named alone was paid in part before anybody knew of its tax, and is still.</summary>
    [Fact]
    public void cash06_of_one_that_is_named_are_a_part_payment()
    {
        Candidate[] items = [Billed("INV-1001", 100m, 19m)];
        Match(Pay(100m, "INV-1001"), items, MatchPolicy.Default).Paid().ShouldBe([("INV-1001", 100m)]);

        // Where short payments are claims, a tax that is not owed is none by a rule set that says so.
        var claiming = MatchPolicy.Default with
        {
            ExceptionRules =
            [
                new ExceptionRule(
                    ExceptionKind.Under, new Tolerance([Usd(1_000m)], 100m), ExceptionAction.Claim,
                    ReasonCode: "price"),
            ],
        };
        Match(Pay(100m, "INV-1001"), items, claiming).Chosen!.Lines.Single().Deduction.ShouldNotBeNull();
        Match(Pay(100m, "INV-1001"), items, claiming, Net).Chosen!.Lines.Single().Deduction.ShouldBeNull();
    }

    [Fact]
    public void cash06_come_after_all_that_explains_the_amount_with_tax()
    {
        Match(Pay(100m, ""), [Billed("INV-1", 100m, 19m), Item("INV-2", 100m)], MatchPolicy.Default, Net)
            .Paid().ShouldBe([("INV-2", 100m)]);
        Match(Pay(100m, "INV-1001 less 19.00 price"), [Billed("INV-1001", 100m, 19m)], MatchPolicy.Default, Net)
            .Chosen!.Lines.Single().Deduction!.ReasonCode.ShouldBe("price");
    }

    [Theory]
    [InlineData(2, "two come to it")]
    [InlineData(0, "none is told")]
    public void cash06_are_not_applied_where(int many, string because)
    {
        Candidate[] items =
        [
            .. Enumerable.Range(1, many).Select(one => Billed($"INV-{one}", 100m, 19m)), Item("INV-9", 119m),
        ];

        var match = Match(Pay(100m, "") with { CustomerId = Globex }, items, MatchPolicy.Default, Net);

        match.Chosen.ShouldBeNull(because);
        match.Suggestions.Count.ShouldBe(many, because);
    }

    /// <summary>Of what earlier payments of the same file took some of, the tax is not known any more.</summary>
    [Fact]
    public void cash06_are_none_of_an_item_that_is_paid_in_part()
    {
        var session = new MatchSession(
            With([Billed("INV-1001", 100m, 19m)], Globex), new MatchSettings(
                MatchPolicy.Default with { RuleSet = "NET" },
                System.Collections.Immutable.ImmutableDictionary<string, RuleSet>.Empty.Add("NET", Net)));
        session.Match(Pay(10m, "INV-1001")).Chosen.ShouldNotBeNull();

        session.Match(Pay(100m, "")).Suggestions.ShouldBeEmpty();
    }
}
