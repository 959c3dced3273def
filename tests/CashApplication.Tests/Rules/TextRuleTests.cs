using OrderToCash.CashApplication.Receipts.Matching;
using static OrderToCash.CashApplication.Tests.Rules.Matches;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-08: what a payer writes tells whose payment it is.</summary>
public sealed class Texts_of_payers
{
    [Fact]
    public void cash08_tell_the_customer_in_words()
    {
        var match = Match(Pay("Sammelzahlung Müller-Nord 11/26"), Rule("muller nord", Globex));
        (match.CustomerId, match.IdentifiedBy).ShouldBe((Globex, "text-rule"));
        match.Chosen.ShouldNotBeNull().Reasons
            .ShouldContain("The payer writes \"MULLER NORD\", as the customer's profile says.");
    }

    [Theory]
    [InlineData("Muller Nordwest")]
    [InlineData("Nord Muller")]
    [InlineData("")]
    public void cash08_are_whole_words_in_their_order(string text) =>
        Match(Pay(text), Rule("muller nord", Globex)).CustomerId.ShouldBeNull();

    [Fact]
    public void cash08_say_more_the_longer_they_are_and_most_with_a_name()
    {
        Match(Pay("pooled acme north"), Rule("acme", Initech), Rule("acme north", Globex)).CustomerId
            .ShouldBe(Globex);
        Match(Pay("pooled acme north", "Factor Bank"), Rule("acme north", Globex),
            Rule("acme", Initech, "Factor Bank Ltd")).CustomerId.ShouldBe(Initech);
        Match(Pay("pooled acme north", "Other Bank"), Rule("acme north", Globex),
            Rule("acme", Initech, "Factor Bank Ltd")).CustomerId.ShouldBe(Globex);
    }

    /// <summary>Two customers with one rule are two candidates, and nothing is applied by itself.</summary>
    [Fact]
    public void cash08_of_several_customers_settle_nothing()
    {
        var match = Match(Pay("acme"), Rule("acme", Globex), Rule("ACME.", Initech));
        (match.CustomerId, match.Chosen).ShouldBe((null, null));
    }

    /// <summary>A rule whose customers were not all read tells nothing rather than one of them.</summary>
    [Fact]
    public void cash08_that_are_too_many_leave_out_what_was_cut()
    {
        KnownPayer[] rules = [Rule("acme north", Globex), Rule("initech", Globex), Rule("initech", Initech)];
        Payment[] payments = [Pay("from acme north"), Pay("from initech")];
        TextRule.Holding(rules, payments, 4).ShouldBe(rules);
        TextRule.Holding(rules[..2], payments, 2).ShouldBe([rules[0]]);
        TextRule.Holding([Rule("acme", Globex, "Factor Bank")], [Pay("acme", "Factor Bank")], 2).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("abc", false)]
    [InlineData("a-b-c", false)]
    [InlineData("abcd", true)]
    [InlineData("a-b c/d", true)]
    public void cash08_have_four_letters_or_digits(string words, bool isRule) =>
        (TextRule.Check([new TextRule(words)]) is null).ShouldBe(isRule);

    [Fact]
    public void cash08_are_bounded_in_length_and_number()
    {
        TextRule.Check([new TextRule(new string('a', TextRule.MostLength))]).ShouldBeNull();
        TextRule.Check([new TextRule(new string('a', TextRule.MostLength + 1))]).ShouldNotBeNull();
        TextRule.Check([.. Enumerable.Range(1000, TextRule.Most + 1).Select(n => new TextRule($"text {n}"))])
            .ShouldNotBeNull();
        TextRule.Check([null!]).ShouldNotBeNull();
        TextRule.Check([new TextRule("acme", " ")]).ShouldNotBeNull();
    }

    private static Payment Pay(string text, string? name = null) =>
        Matches.Pay(100m, text, name) with { PayerAccount = null };

    private static KnownPayer Rule(string words, Guid customer, string? payer = null) =>
        new(PayerTrait.Text, new TextRule(words, payer).Key, customer);

    private static MatchResult Match(Payment payment, params KnownPayer[] rules) => Matcher.Match(
        payment, new MatchFacts([Item("INV-1001", 100m), Item("INV-1002", 100m, Initech)], Both, rules),
        MatchSettings.Of(MatchPolicy.Default));
}
