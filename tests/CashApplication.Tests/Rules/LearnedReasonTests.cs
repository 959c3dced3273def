using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-12: why a customer deducts is learned from how people coded its earlier deductions.</summary>
public sealed class Learned_reasons
{
    private static readonly MatchPolicy ByItself = MatchPolicy.Default with { LearnedReasons = new(3, 75m) };

    private static readonly DeductionCoding[] MostlyPrice = [new("", "price", 3), new("", "quality", 1)];

    [Theory]
    [InlineData("22", "22")]
    [InlineData(" p-17 ", "P17")]
    [InlineData(null, "")]
    [InlineData("Invoice INV-1001 of 03.11. less 15.00 for pallets", "FOR INV INVOICE LESS PALLETS")]
    [InlineData("less 17.50 for pallets, invoice INV-1002", "FOR INV INVOICE LESS PALLETS")]
    public void are_told_apart_by_words_without_numbers(string? reason, string key) =>
        LearnedReason.KeyOf(reason).ShouldBe(key);

    [Fact]
    public void are_those_given_most_often_to_the_same_words_or_else_to_any()
    {
        DeductionCoding[] codings = [new("22", "quantity", 1), new("P17", "price", 5), new("P17", "quality", 1)];
        LearnedReason.Of(codings, "22").ShouldBe(new LearnedReason("quantity", 1, 1, true));
        LearnedReason.Of(codings, "p17").ShouldBe(new LearnedReason("price", 5, 6, true));
        LearnedReason.Of(codings, "99").ShouldBe(new LearnedReason("price", 5, 7, false));
        LearnedReason.Of([new("", "price", 1), new("", "tax", 1)], null).ShouldBeNull();
        LearnedReason.Of([], null).ShouldBeNull();
    }

    /// <summary>Nothing is coded before somebody says that what people coded is enough: it is shown.</summary>
    [Fact]
    public void are_suggested_and_the_money_is_applied_as_it_was()
    {
        var match = Short(MatchPolicy.Default, MostlyPrice);
        match.Chosen.ShouldNotBeNull().Lines.ShouldHaveSingleItem().Deduction.ShouldBeNull();
        var suggested = match.Suggestions.Single(one => one.Lines[0].Deduction is not null);
        suggested.IsForPerson.ShouldBeTrue();
        suggested.Lines[0].Deduction.ShouldBe(new Deduction(Usd(20m), "price", "INV-1001"));
        suggested.Reasons.ShouldContain(words =>
            words.EndsWith("People coded 3 of 4 deductions of this customer as price.", StringComparison.Ordinal));
        Short(MatchPolicy.Default, []).Suggestions.ShouldHaveSingleItem().Lines[0].Deduction.ShouldBeNull();
    }

    /// <summary>The money goes to the same item either way: that is no choice that it has to wait for.</summary>
    [Fact]
    public void are_no_rival_of_the_same_payment_without_them()
    {
        var match = Short(
            MatchPolicy.Default with { AutoApplyThreshold = 0.96m, SuggestThreshold = 0.95m }, MostlyPrice);
        (match.Suggestions[0].Confidence - match.Suggestions[1].Confidence).ShouldBeLessThan(0.05m);
        match.Chosen.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(3, 75, true)]
    [InlineData(4, 75, false)]
    [InlineData(3, 76, false)]
    public void code_by_themselves_where_the_policy_says_so_and_there_are_enough(
        int atLeast, int percent, bool isCoded) =>
        (Short(MatchPolicy.Default with { LearnedReasons = new(atLeast, percent) }, MostlyPrice)
            .Chosen.ShouldNotBeNull().Lines.ShouldHaveSingleItem().Deduction is not null).ShouldBe(isCoded);

    /// <summary>What is more than is deducted without a person, or a person's by the rules, is suggested.</summary>
    [Fact]
    public void never_code_by_themselves_what_is_a_persons()
    {
        Short(ByItself with { DeductionPercent = 19m }, MostlyPrice)
            .Chosen.ShouldNotBeNull().Lines[0].Deduction.ShouldBeNull();
        var asked = Short(
            ByItself with
            {
                ExceptionRules =
                    [new(ExceptionKind.Under, new Tolerance([Usd(50m)], 50m), ExceptionAction.Person)],
            },
            MostlyPrice);
        asked.Chosen.ShouldBeNull();
        asked.Suggestions.Count.ShouldBe(2);
    }

    /// <summary>What the payer says, and what the policy says, comes before what was learned.</summary>
    [Fact]
    public void stand_behind_what_is_told()
    {
        Short(ByItself, MostlyPrice, "INV-1001 damaged").Chosen!.Lines[0].Deduction!.ReasonCode.ShouldBe("quality");
        var claim = new ExceptionRule(
            ExceptionKind.Under, new Tolerance([Usd(50m)], 50m), ExceptionAction.Claim, ReasonCode: "tax");
        Short(ByItself with { ExceptionRules = [claim] }, MostlyPrice).Chosen!.Lines[0].Deduction!.ReasonCode
            .ShouldBe("tax");
        Short(ByItself with { ExceptionRules = [claim with { ReasonCode = null }] }, MostlyPrice)
            .Chosen!.Lines[0].Deduction!.ReasonCode.ShouldBe("price");
    }

    /// <summary>
    /// A customer's code in an advice means what its profile says, else what people made of it, else nothing known.
    /// </summary>
    [Fact]
    public void say_what_a_customers_code_means()
    {
        Advised(MatchPolicy.Default, new(Globex, "C-1", "Globex")).Chosen!.Lines[0].Deduction!.ReasonCode
            .ShouldBe("other");
        Advised(MatchPolicy.Default, new(Globex, "C-1", "Globex", DeductionReasons: [new("22", "quantity")]))
            .Chosen!.Lines[0].Deduction!.ReasonCode.ShouldBe("quantity");
        var coded = new CustomerCandidate(Globex, "C-1", "Globex", Codings: [new("22", "price", 3)]);
        var suggested = Advised(MatchPolicy.Default, coded);
        suggested.Chosen!.Lines[0].Deduction!.ReasonCode.ShouldBe("other");
        suggested.Suggestions.ShouldContain(one => one.IsForPerson && one.Lines[0].Deduction!.ReasonCode == "price");
        var learned = Advised(ByItself, coded).Chosen!;
        learned.Lines[0].Deduction.ShouldBe(new Deduction(Usd(20m), "price", "22"));
        learned.Reasons.ShouldContain(
            "People coded 3 of 3 deductions of this customer with these words as price.");
    }

    [Fact]
    public void are_bounded_by_what_may_be_defined()
    {
        Define(new(1, 100m)).IsRefused.ShouldBeFalse();
        Define(new(0, 100m)).Refusal!.Field.ShouldBe("/learnedReasons");
        Define(new(3, 50m)).IsRefused.ShouldBeTrue();

        static Decision Define(LearnedReasons learned) => CashPolicyDecider.Define(
            CashPolicies.Initial, "US01", MatchPolicy.Default with { LearnedReasons = learned });
    }

    /// <summary>80.00 for an invoice over 100.00, of a customer whose deductions were coded so.</summary>
    private static MatchResult Short(MatchPolicy policy, DeductionCoding[] codings, string text = "INV-1001") =>
        Matcher.Match(
            Pay(80m, text),
            new MatchFacts(
                [Item("INV-1001", 100m)], [new(Globex, "C-1", "Globex", Codings: codings)],
                [new KnownPayer(PayerTrait.Account, Account, Globex)]),
            MatchSettings.Of(policy));

    /// <summary>80.00 for an invoice over 100.00, of which an advice keeps 20.00 back for the reason 22.</summary>
    private static MatchResult Advised(MatchPolicy policy, CustomerCandidate customer)
    {
        var advice = new WaitingRemittance(Ids.From("test", "advice"), Globex, new RemittanceAdvice
        {
            Format = "json",
            Ordinal = 1,
            Line = 1,
            Amount = Usd(80m),
            Lines =
            [
                new RemittanceLine("INV-1001", null, Usd(80m), Usd(100m), null, [new(Usd(-20m), "22", null)]),
            ],
        });
        return Matcher.Match(
            Pay(80m, ""),
            new MatchFacts(
                [Item("INV-1001", 100m)], [customer], [new KnownPayer(PayerTrait.Account, Account, Globex)],
                [advice]),
            MatchSettings.Of(policy));
    }
}
