using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-06: a number with slips counts for as much of it as is written right.</summary>
public sealed class A_number_with_two_slips
{
    private const string Own = "INV-US01-2026-123456";

    /// <summary>Of the same amount, so that nothing but the number tells which of the two it is.</summary>
    private const string Other = "INV-US01-2026-777777";

    [Theory]
    [InlineData("INV-US01-2026-133457", "two digits wrong")]
    [InlineData("INV-US01-2026-213465", "two pairs exchanged")]
    [InlineData("INV-US01-2026-13457", "one missing and one wrong")]
    public void cash06_is_applied_where_payer_and_amount_are_certain(string written, string because)
    {
        var match = Match(Pay(100m, written), [Item(Own, 100m), Item(Other, 100m)], Globex);

        match.Paid().ShouldBe([(Own, 100m)], because);
        match.Chosen!.Reasons.ShouldContain("The payer writes its number with two slips.");
        match.Chosen!.Scoring!.Weights[0].ShouldBe(0.60m * 0.8824m, 0.0001m);
    }

    [Theory]
    [InlineData("INV-US01-2026-123478", "neighbours differ in their last digits")]
    [InlineData("INV-US01-2026-124457", "neighbours differ in their last digits")]
    [InlineData("INV-US01-2026-213498", "it is three slips")]
    public void cash06_is_none_where(string written, string because)
    {
        var match = Match(Pay(100m, written), [Item(Own, 100m), Item(Other, 100m)], Globex);

        match.Chosen.ShouldBeNull(because);
        match.Suggestions.SelectMany(one => one.Reasons).ShouldNotContain(reason => reason.Contains("slip"));
    }

    /// <summary>Another company's invoice, or another year's, of which nothing is known here.</summary>
    [Theory]
    [InlineData("INV-US10-2026-123465")]
    [InlineData("INV-US02-2026-123455")]
    [InlineData("INV-US01-2025-123455")]
    public void cash06_is_only_suggested_where_a_slip_is_before_the_serial_number(string written)
    {
        var match = Match(Pay(100m, written), [Item(Own, 100m), Item(Other, 100m)], Globex);

        match.Chosen.ShouldBeNull();
        match.Suggestions[0].Lines.Single().InvoiceNumber.ShouldBe(Own);
        match.Suggestions[0].Reasons.ShouldContain("What is written may be a number of another company or year.");
    }

    [Fact]
    public void cash06_of_another_amount_is_none() =>
        Match(Pay(100m, "INV-US01-2026-133457"), [Item(Own, 99m), Item(Other, 100m), Item("INV-1002", 100m)], Globex)
            .Chosen.ShouldBeNull();

    [Fact]
    public void cash06_is_only_suggested_where_another_item_is_as_near_or_the_payer_is_not_certain()
    {
        var near = Match(
            Pay(100m, "INV-US01-2026-133457"),
            [Item(Own, 100m), Item(Other, 100m), Item("INV-US01-2026-133958", 40m)], Globex);
        near.Chosen.ShouldBeNull();
        near.Suggestions[0].Lines.Single().InvoiceNumber.ShouldBe(Own);
        near.Suggestions[0].Reasons.ShouldContain("Another item has nearly the number that is written.");

        var unsure = Matcher.Match(
            Pay(100m, "INV-US01-2026-133457", "Globex Corp of Springfield") with { PayerAccount = null },
            With([Item(Own, 100m), Item(Other, 100m)]), MatchSettings.Of(MatchPolicy.Default));
        unsure.Chosen.ShouldBeNull();
    }

    [Theory]
    [InlineData(0.88, "INV-US01-2026-133457", true)]
    [InlineData(0.89, "INV-US01-2026-133457", false)]
    [InlineData(0.94, "INV-US01-2026-123457", true)]
    [InlineData(0.95, "INV-US01-2026-123457", false)]
    public void cash06_counts_from_the_score_on_that_the_policy_says(double least, string written, bool counts)
    {
        var policy = MatchPolicy.Default with { LeastNumberScore = (decimal)least };

        var match = Match(Pay(100m, written), [Item(Own, 100m), Item(Other, 100m)], policy);

        (match.Chosen is not null).ShouldBe(counts);
        CashPolicyDecider.Define(CashPolicies.Initial, "US01", policy with { LeastNumberScore = 1.01m })
            .Refusal!.Field.ShouldBe("/leastNumberScore");
    }
}
