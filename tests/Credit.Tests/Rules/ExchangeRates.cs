using System.Collections.Immutable;
using System.Globalization;
using OrderToCash.Credit.Rates;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class ExchangeRates
{
    private static readonly DeciderSpec<RateSheet> Sheet = new(RateSheet.Initial, RateSheet.Evolve);

    [Fact]
    public void entering_the_same_rates_again_is_nothing_and_others_correct_them()
    {
        var entered = Rates(1.10m);
        Sheet.Given(entered).When(sheet => RatesDecider.Publish(sheet, Rates(1.10m))).ThenNothing();
        var other = Rates(1.20m);
        Sheet.Given(entered).When(sheet => RatesDecider.Publish(sheet, other)).Then(other);
    }

    /// <summary>1.10, then 1.20, then 1.10 again; heard of as the first, the third, the second.</summary>
    [Fact]
    public void rates_that_are_set_back_stay_so_when_what_was_before_is_heard_of_later()
    {
        var (first, third) = (Rates(1.10m, 1), Rates(1.10m, 3));
        Sheet.Given(first).When(sheet => RatesDecider.Publish(sheet, third)).Then(third);
        Sheet.Given(first, third).When(sheet => RatesDecider.Publish(sheet, Rates(1.20m, 2))).ThenNothing();
        Sheet.Given(first, third).When(sheet => RatesDecider.Publish(sheet, third)).ThenNothing();
    }

    /// <summary>A rate that was mistyped stops no decision: nobody knows what the amount is worth.</summary>
    [Theory]
    [InlineData("EUR", "USD", "1000000000")]
    [InlineData("USD", "EUR", "0.0000000001")]
    public void an_amount_beyond_all_amounts_is_one_without_a_rate(string from, string into, string rate)
    {
        var rates = DayRates.None(Currency.Of("USD")) with
        {
            ByCurrency = ImmutableDictionary<Currency, DatedRate>.Empty.Add(
                Currency.Of("EUR"), new DatedRate(decimal.Parse(rate, CultureInfo.InvariantCulture), Some.Today)),
        };
        rates.Convert(Money.Of(900_000_000_000_000, from), Currency.Of(into), Some.Today).ShouldBeNull();
        rates.Convert(Money.Of(-900_000_000_000_000, from), Currency.Of(into), Some.Today).ShouldBeNull();
        rates.Convert(Money.Of(1, from), Currency.Of(into), Some.Today).ShouldNotBeNull();
        CreditPosition.Sum(
            [Money.Of(900_000_000_000_000, "USD"), Money.Of(900_000_000_000_000, "USD")], Currency.Of("USD"),
            Some.Facts).Unknown.ShouldHaveSingleItem();
    }

    private static RatesPublished Rates(decimal rate, long? version = null) => new(
        "USD", Some.Today, new Dictionary<string, decimal> { ["EUR"] = rate },
        version is { } known ? new RateSource("US01", known) : null);
}
