using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-12.</summary>
public sealed class Deductions
{
    [Theory]
    [InlineData("INV-1001 damage claim", "quality")]
    [InlineData("INV-1001 short ship 20 units", "quantity")]
    [InlineData("INV-1001 pricing dispute line 3", "price")]
    [InlineData("INV-1001 less freight", "other")]
    public void take_their_reason_from_the_payers_words(string text, string code)
    {
        var line = Match(Pay(80m, text), [Item("INV-1001", 100m)]).Chosen.ShouldNotBeNull().Lines.Single();
        line.Deduction.ShouldNotBeNull().ReasonCode.ShouldBe(code);
        line.Deduction.Amount.ShouldBe(Usd(20m));
        line.Deduction.CustomerReason.ShouldBe(text);
    }

    [Fact]
    public void take_it_from_the_policy_first() => Match(
        Pay(80m, "INV-1001 code 4711X"), [Item("INV-1001", 100m)], MatchPolicy.Default with
        {
            DeductionReasons = [new DeductionReason("4711X", "tax")],
        }).Chosen.ShouldNotBeNull().Lines.Single().Deduction!.ReasonCode.ShouldBe("tax");

    [Theory]
    [InlineData("INV-1001 falta mercancía: faltante 3 cajas", "quantity")]
    [InlineData("INV-1001 mercancía no recibida", "not-received")]
    [InlineData("INV-1001 marchandise endommagée", "quality")]
    [InlineData("INV-1001 moins TVA", "tax")]
    [InlineData("INV-1001 Ware beschädigt", "quality")]
    [InlineData("INV-1001 abzüglich Preis", "price")]
    [InlineData("INV-1001 Retoure 20,00", "other")]
    [InlineData("payment 11/2026 INV-1001 goods damaged", "quality")]
    [InlineData("INV-1001 VAT 20.00", "tax")]
    [InlineData("INV-1001 part payment, less VAT 20.00", "tax")]
    public void take_it_from_words_of_other_languages_and_from_plain_ones(string text, string code) =>
        Match(Pay(80m, text), [Item("INV-1001", 100m)]).Chosen.ShouldNotBeNull()
            .Lines.Single().Deduction.ShouldBe(new Deduction(Usd(20m), code, text));

    /// <summary>
    /// What calls itself a part payment, or has a word that stands in many texts, is applied as paid and claims
    /// nothing; that it may be a claim is suggested.
    /// </summary>
    [Theory]
    [InlineData("INV-1001 part payment 1 of 2, VAT ID GB123456789", "tax")]
    [InlineData("INV-1001 VAT ID GB123456789", "tax")]
    [InlineData("INV-1001 1st of 3, price as agreed", "price")]
    [InlineData("INV-1001 Teilzahlung, Ware beschädigt", "quality")]
    [InlineData("INV-1001 return address: 12 Main St", "other")]
    [InlineData("INV-1001 partial payment of 40.00 open, price list 7", "price")]
    public void are_only_suggested_where_the_words_may_mean_something_else(string text, string code)
    {
        var match = Match(Pay(60m, text), [Item("INV-1001", 100m)], MatchPolicy.Default with
        {
            DeductionPercent = 50,
        });
        var applied = match.Chosen.ShouldNotBeNull().Lines.Single();
        (applied.Amount, applied.Deduction).ShouldBe((Usd(60m), null));
        var suggested = match.Suggestions.Skip(1).ShouldHaveSingleItem();
        suggested.IsForPerson.ShouldBeTrue();
        suggested.Lines.Single().Deduction.ShouldBe(new Deduction(Usd(40m), code, text));
    }

    [Theory]
    [InlineData("Vattenfall", null)]
    [InlineData("IVANOV", null)]
    [InlineData("iva 21", "tax")]
    [InlineData("price, freight", "other")]
    public void take_short_words_only_by_themselves_and_plain_ones_first(string text, string? code) =>
        DeductionReasons.CodeOf(text, MatchPolicy.Default).ShouldBe(code);

    /// <summary>Terms of payment deny what nobody has taken off.</summary>
    [Theory]
    [InlineData("INV-1001 zahlbar ohne Abzug")]
    [InlineData("INV-1001 inkl. MwSt, ohne Abzug")]
    [InlineData("INV-1001 ohne jeden Abzug von Skonto")]
    [InlineData("INV-1001 keine Abzüge")]
    [InlineData("INV-1001 sin descuento")]
    [InlineData("INV-1001 sin ninguna deducción")]
    [InlineData("INV-1001 sans escompte")]
    [InlineData("INV-1001 sans aucune déduction")]
    [InlineData("INV-1001 no discount, without any deductions")]
    public void are_none_where_the_words_deny_them(string text) =>
        Match(Pay(60m, text), [Item("INV-1001", 100m)], MatchPolicy.Default with { DeductionPercent = 50 })
            .Suggestions[0].Lines.Single().Deduction.ShouldBeNull();

    [Theory]
    [InlineData("ohne Skonto, less freight", "other")]
    [InlineData("Invoice no 7: discount", "terms")]
    [InlineData("no discount given code", "price")]
    public void are_told_by_what_is_not_denied_and_by_what_the_policy_maps(string text, string code) =>
        DeductionReasons.CodeOf(text, MatchPolicy.Default with
        {
            DeductionReasons = [new DeductionReason("no discount given", "price")],
        }).ShouldBe(code);

    /// <summary>A policy that claims what is short claims no part payment.</summary>
    [Theory]
    [InlineData("INV-1001", "other")]
    [InlineData("INV-1001 payment 1 of 2", null)]
    public void are_claimed_by_the_policy_unless_the_payer_says_that_more_will_come(string text, string? code) =>
        (Match(Pay(80m, text), [Item("INV-1001", 100m)], MatchPolicy.Default with
        {
            ExceptionRules =
            [
                new ExceptionRule(ExceptionKind.Under, new Tolerance([Usd(50m)], 50m), ExceptionAction.Claim),
            ],
        }).Chosen.ShouldNotBeNull().Lines.Single().Deduction?.ReasonCode).ShouldBe(code);

    /// <summary>A word makes no part payment a claim: of most of an item it is a person who says so.</summary>
    [Theory]
    [InlineData("INV-1001 goods damaged", 25, false)]
    [InlineData("INV-1001 less 700.00 price", 25, true)]
    [InlineData("INV-1001 abzüglich 700,00 Preis", 25, true)]
    [InlineData("INV-1001 goods damaged", 70, true)]
    public void of_most_of_an_item_need_their_amount_told(string text, int percent, bool isApplied)
    {
        var match = Match(Pay(300m, text), [Item("INV-1001", 1_000m)], MatchPolicy.Default with
        {
            DeductionPercent = percent,
        });
        (match.Chosen is not null).ShouldBe(isApplied);
        match.Suggestions[0].Lines.Single().Deduction.ShouldNotBeNull().Amount.ShouldBe(Usd(700m));
    }

    [Fact]
    public void without_words_are_none_the_rest_stays_open() =>
        Match(Pay(80m, "INV-1001"), [Item("INV-1001", 100m)]).Chosen.ShouldNotBeNull()
            .Lines.Single().Deduction.ShouldBeNull();

    [Theory]
    [InlineData("1,250.50", 1250.50)]
    [InlineData("1.250,50", 1250.50)]
    [InlineData("1'250.50", 1250.50)]
    [InlineData("1.250", 1250)]
    [InlineData("1,250,000.00", 1250000)]
    [InlineData("12,5", 12.5)]
    [InlineData("7", 7)]
    public void have_amounts_however_their_country_writes_them(string number, double amount) =>
        Match(Pay(1m, $"INV-1001 damaged, {number}"), [Item("INV-1001", (decimal)amount + 1m)])
            .Chosen.ShouldNotBeNull().Lines.Single().Deduction!.Amount.ShouldBe(Usd((decimal)amount));

    [Fact]
    public void from_several_invoices_are_borne_by_the_last_where_the_amount_is_told() =>
        Match(Pay(250m, "INV-1001 INV-1002 less freight 50.00"), [Item("INV-1001", 100m), Item("INV-1002", 200m)])
            .Chosen.ShouldNotBeNull().Lines.Select(line => line.Deduction?.Amount.Amount).ShouldBe([null, 50m]);

    /// <summary>What a part payment tells may be what is yet to come.</summary>
    [Fact]
    public void from_several_invoices_are_none_in_a_part_payment()
    {
        var match = Match(
            Pay(250m, "INV-1001 INV-1002 part payment, 50.00 to follow"),
            [Item("INV-1001", 100m), Item("INV-1002", 200m)]);
        match.Chosen.ShouldBeNull();
        match.Suggestions[0].Lines.ShouldAllBe(line => line.Deduction == null);
    }
}
