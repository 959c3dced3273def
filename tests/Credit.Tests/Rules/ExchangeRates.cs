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

    private static RatesPublished Rates(decimal rate, long? version = null) => new(
        "USD", Some.Today, new Dictionary<string, decimal> { ["EUR"] = rate },
        version is { } known ? new RateSource("US01", known) : null);
}
