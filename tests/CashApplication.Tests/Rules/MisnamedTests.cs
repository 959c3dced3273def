using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>
/// A slip in the number of one's own invoice is somebody else's number: Globex pays 000123 and writes 000124, which is
/// Initech's.
/// </summary>
public sealed class A_slip_that_is_anothers_number
{
    private const string Own = "INV-US01-2026-000123";
    private const string Others = "INV-US01-2026-000124";

    [Fact]
    public void is_no_obstacle_where_everything_else_is_certain()
    {
        var match = Match(Pay(100m, Others), [Item(Own, 100m), Item(Others, 250m, Initech)], Globex);

        match.Paid().ShouldBe([(Own, 100m)]);
        match.CustomerId.ShouldBe(Globex);
        match.Chosen!.Reasons.ShouldContain($"{Others}, which is written, is somebody else's and of another amount.");
    }

    [Fact]
    public void may_be_of_one_that_is_paid_already() =>
        Match(Pay(100m, Others), [Item(Own, 100m), Item(Others, 0m, Initech)], Globex).Paid().ShouldBe([(Own, 100m)]);

    [Fact]
    public void counts_where_the_name_alone_tells_who_paid() =>
        Matcher.Match(
            Pay(100m, Others, "Globex Corporation") with { PayerAccount = null },
            With([Item(Own, 100m), Item(Others, 250m, Initech)]), MatchSettings.Of(MatchPolicy.Default))
        .Paid().ShouldBe([(Own, 100m)]);

    [Theory]
    [InlineData(100, 100, "what is named is what was paid")]
    [InlineData(60, 250, "the payer's own is not what was paid")]
    public void is_none_where(decimal own, decimal others, string because) =>
        Match(Pay(100m, Others), [Item(Own, own), Item(Others, others, Initech)], Globex)
            .Chosen.ShouldBeNull(because);

    [Theory]
    [InlineData("part payment")]
    [InlineData("less 150.00 damaged")]
    [InlineData("less credit memo")]
    [InlineData("150.00 open")]
    [InlineData("goods damaged")]
    public void is_none_where_the_payer_says_why_it_is_less(string why) =>
        Match(Pay(100m, $"{Others} {why}"), [Item(Own, 100m), Item(Others, 250m, Initech)], Globex)
            .Chosen.ShouldBeNull();

    [Fact]
    public void is_none_where_another_item_of_the_payer_has_the_amount() =>
        Match(
            Pay(100m, Others),
            [Item(Own, 100m), Item("INV-US01-2026-000777", 100m), Item(Others, 250m, Initech)], Globex)
        .Chosen.ShouldBeNull();

    [Fact]
    public void is_none_where_the_numbers_differ_by_more() =>
        Match(Pay(100m, Others), [Item("INV-US01-2026-000777", 100m), Item(Others, 250m, Initech)], Globex)
            .Chosen.ShouldBeNull();

    [Fact]
    public void is_none_where_nobody_is_told_for_certain()
    {
        Match(Pay(100m, Others), [Item(Own, 100m), Item(Others, 250m, Initech)]).Chosen.ShouldBeNull();
        Match(Pay(100m, Others), [Item(Own, 100m), Item(Others, 250m, Initech)], Globex, Initech)
            .Chosen.ShouldBeNull();
    }

    [Fact]
    public void is_none_where_the_payer_pays_for_that_other_one()
    {
        var facts = new MatchFacts(
            [Item(Own, 100m), Item(Others, 250m, Initech)],
            [Both[0] with { MayPayFor = [Initech] }, Both[1]], [new KnownPayer(PayerTrait.Account, Account, Globex)]);

        Matcher.Match(Pay(100m, Others), facts, MatchSettings.Of(MatchPolicy.Default)).Chosen.ShouldBeNull();
    }
}

/// <summary>Among many items somebody's has any amount.</summary>
public sealed class An_amount_that_is_also_a_strangers
{
    private const string Number = "INV-US01-2026-000123";

    [Fact]
    public void does_not_speak_against_what_the_payer_names_and_gives_a_reason_for() =>
        Match(
            Pay(95m, $"{Number} less 5.00 for damaged goods"),
            [Item(Number, 100m), Item("INV-US01-2026-000777", 95m, Initech)], Globex)
        .Paid().ShouldBe([(Number, 95m)]);

    [Fact]
    public void speaks_against_it_where_nothing_tells_who_paid() =>
        Match(
            Pay(95m, $"{Number} less 5.00 for damaged goods"),
            [Item(Number, 100m), Item("INV-US01-2026-000777", 95m, Initech)])
        .Chosen.ShouldBeNull();
}

/// <summary>Words that many names have.</summary>
public sealed class A_word_of_many_names
{
    [Fact]
    public void tells_nobody_and_the_others_do()
    {
        CustomerCandidate[] many =
        [
            .. Enumerable.Range(0, MatchFacts.MostOfOneKey).Select(n => new CustomerCandidate(
                Ids.From("customer", $"{n}"), $"CUST-US01-{n:000000}", $"Firm{n:000} Logistics Inc")),
        ];
        var facts = new MatchFacts([], many, []);

        facts.Resembling("Somebody Logistics").ShouldBeEmpty();
        facts.Resembling("FIRM007 Logistic").ShouldContain(many[7]);
    }
}
