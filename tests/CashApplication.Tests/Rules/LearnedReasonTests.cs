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
        LearnedReason.Of(codings, "99").ShouldBe(new LearnedReason("price", 5, 7, false, IsOfOthers: true));
        LearnedReason.Of(codings, null).ShouldBe(new LearnedReason("price", 5, 7, false));
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
        Advised(MatchPolicy.Default with { LearnedReasons = new(atLeast, percent) }, Coded("22"))
            .Chosen.ShouldNotBeNull().Lines.ShouldHaveSingleItem().Deduction!.ReasonCode
            .ShouldBe(isCoded ? "price" : "other");

    /// <summary>A code that was never coded is suggested what others were, however often.</summary>
    [Fact]
    public void never_code_other_words_by_themselves()
    {
        var match = Advised(ByItself, Coded("17"));
        match.Chosen.ShouldNotBeNull().Lines[0].Deduction!.ReasonCode.ShouldBe("other");
        match.Suggestions.ShouldContain(one => one.IsForPerson && one.Lines[0].Deduction!.ReasonCode == "price");
    }

    /// <summary>It may as well be a part payment; what is a person's by the rules stays a person's.</summary>
    [Fact]
    public void never_make_a_deduction_of_a_short_payment_by_themselves()
    {
        const string text = "invoice INV-1001 part payment";
        var same = new DeductionCoding(LearnedReason.KeyOf(text), "price", 3);
        var part = Short(ByItself, [same], text);
        part.Chosen.ShouldNotBeNull().Lines[0].Deduction.ShouldBeNull();
        part.Suggestions.ShouldContain(one => one.IsForPerson && one.Lines[0].Deduction!.ReasonCode == "price");
        var asked = Short(
            ByItself with
            {
                ExceptionRules =
                    [new(ExceptionKind.Under, new Tolerance([Usd(50m)], 50m), ExceptionAction.Person)],
            },
            [same], text);
        asked.Chosen.ShouldBeNull();
        asked.Suggestions.Count.ShouldBe(2);
    }

    /// <summary>A long text is kept in part, and found again by that part.</summary>
    [Fact]
    public void are_found_by_what_is_kept_of_a_long_text()
    {
        var text = $"invoice INV-1001 {string.Join(' ', Enumerable.Repeat("pallets", 10))} " +
            $"{string.Join(' ', Enumerable.Repeat("stretched", 5))} wrapping";
        text.Length.ShouldBeGreaterThan(140);
        var first = Short(MatchPolicy.Default, MostlyPrice, text).Suggestions
            .Single(one => one.Lines[0].Deduction is not null).Lines[0].Deduction!;
        var kept = new DeductionCoding(LearnedReason.KeyOf(first.CustomerReason), "quality", 1);
        Short(MatchPolicy.Default, [.. MostlyPrice, kept], text).Suggestions
            .Single(one => one.Lines[0].Deduction is not null).Reasons
            .ShouldContain(words => words.EndsWith(
                "People coded 1 of 1 deductions of this customer with these words as quality.",
                StringComparison.Ordinal));
    }

    /// <summary>Advices that differ in why, or whether, money is kept are a person's to choose of.</summary>
    [Theory]
    [InlineData("17")]
    [InlineData(null)]
    public void do_not_hide_that_advices_contradict(string? corrected)
    {
        var policy = MatchPolicy.Default with { DeductionReasons = [new("22", "quantity"), new("17", "quality")] };
        var match = Matcher.Match(
            Pay(80m, ""),
            new MatchFacts(
                [Item("INV-1001", 100m)], [new(Globex, "C-1", "Globex")],
                [new KnownPayer(PayerTrait.Account, Account, Globex)],
                [Advice("first", "22"), Advice("second", corrected)]),
            MatchSettings.Of(policy));
        match.Chosen.ShouldBeNull();
        match.Aside!.Reason.ShouldBe(AsideReasons.Rivals);
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
        const string text = "invoice INV-1001 in part";
        DeductionCoding[] same = [new(LearnedReason.KeyOf(text), "price", 3)];
        Short(ByItself with { ExceptionRules = [claim with { ReasonCode = null }] }, same, text)
            .Chosen!.Lines[0].Deduction!.ReasonCode.ShouldBe("price");
        Short(ByItself with { ExceptionRules = [claim with { ReasonCode = null }] }, MostlyPrice, text)
            .Chosen!.Lines[0].Deduction!.ReasonCode.ShouldBe("other");
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

    /// <summary>Whose deductions of these words were coded <c>price</c> three times of four.</summary>
    private static CustomerCandidate Coded(string words) => new(
        Globex, "C-1", "Globex", Codings: [new(words, "price", 3), new(words, "quality", 1)]);

    /// <summary>80.00 for an invoice over 100.00, of which an advice keeps 20.00 back for the reason 22.</summary>
    private static MatchResult Advised(MatchPolicy policy, CustomerCandidate customer) => Matcher.Match(
        Pay(80m, ""),
        new MatchFacts(
            [Item("INV-1001", 100m)], [customer], [new KnownPayer(PayerTrait.Account, Account, Globex)],
            [Advice("advice", "22")]),
        MatchSettings.Of(policy));

    private static WaitingRemittance Advice(string name, string? reason) => new(
        Ids.From("test", name), Globex, new RemittanceAdvice
        {
            Format = "json",
            Ordinal = 1,
            Line = 1,
            Amount = Usd(80m),
            Lines =
            [
                new RemittanceLine(
                    "INV-1001", null, Usd(80m), Usd(100m), null,
                    reason is null ? [] : [new(Usd(-20m), reason, null)]),
            ],
        });
}
