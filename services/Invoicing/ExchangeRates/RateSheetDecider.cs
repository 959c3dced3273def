using System.Text.RegularExpressions;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ExchangeRates;

/// <summary>What rates may be set.</summary>
public static partial class RateSheetDecider
{
    private const int MaxRates = 200;
    private const int MaxDecimals = 10;
    private const decimal MaxRate = 1_000_000m;

    /// <summary>Sets all rates of a day; saying the same again is nothing.</summary>
    public static Decision Set(RateSheet sheet, ExchangeRatesSet wish)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        ArgumentNullException.ThrowIfNull(wish);
        if (!TypeFormat().IsMatch(wish.Type))
            return Invalid("/type", "The type is a word such as daily or month-end.");
        if (wish.Rates.Count is 0 or > MaxRates)
            return Invalid("/rates", $"A day has 1 to {MaxRates} rates.");
        if (wish.Rates.Select((rate, index) => Check(rate, index, wish.BaseCurrency)).FirstOrDefault(
            refusal => refusal is not null) is { } refusal)
            return refusal;
        if (wish.Rates.DistinctBy(rate => rate.Currency).Count() < wish.Rates.Count)
            return Invalid("/rates", "A currency has one rate a day.");
        return sheet.Set is { } now && now.Rates.ToHashSet().SetEquals(wish.Rates)
            ? Decision.Nothing
            : Decision.Of(wish);
    }

    private static Refusal? Check(CurrencyRate rate, int index, string baseCurrency) => rate switch
    {
        _ when !Currency.TryOf(rate.Currency, out _) =>
            Invalid($"/rates/{index}/currency", $"'{rate.Currency}' is not an ISO 4217 currency."),
        _ when rate.Currency == baseCurrency =>
            Invalid($"/rates/{index}/currency", $"{baseCurrency} is the base currency; its rate is always one."),
        { Rate: <= 0 or >= MaxRate } or { Rate.Scale: > MaxDecimals } => Invalid(
            $"/rates/{index}/rate", $"A rate is above zero, below 10^6, with at most {MaxDecimals} decimals."),
        _ => null,
    };

    private static Refusal Invalid(string field, string detail) => new("invalid-exchange-rate", detail, Field: field);

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,19}\z", RegexOptions.None, 1000)]
    private static partial Regex TypeFormat();
}
