using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ExchangeRates;

/// <summary>What one unit of a currency is in the base currency.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Rate">Base currency per unit: above zero, below 10^6, up to 10 decimals.</param>
public sealed record CurrencyRate(string Currency, decimal Rate);

/// <summary>The rates of a legal entity for one day and type were set; the whole of them as they are now.</summary>
/// <param name="Type">E.g. <c>daily</c>.</param>
public sealed record ExchangeRatesSet(
    string LegalEntity, string BaseCurrency, string Type, DateOnly Day, IReadOnlyList<CurrencyRate> Rates);

/// <summary>
/// The rates of one legal entity, type and day. What was booked with a rate keeps it, whatever is set later.
/// </summary>
public sealed record RateSheet
{
    public static readonly RateSheet Initial = new();

    /// <summary>As it was set last; null before that.</summary>
    public ExchangeRatesSet? Set { get; init; }

    public static RateSheet Evolve(RateSheet sheet, object e) => e switch
    {
        ExchangeRatesSet set => sheet with { Set = set },
        _ => sheet,
    };
}

public static class RateSheetStream
{
    public static readonly StreamType<RateSheet> Type = new("rate_sheet", RateSheet.Initial, RateSheet.Evolve);

    /// <summary>The sheet of a legal entity, type and day.</summary>
    public static Guid Id(string legalEntity, string type, DateOnly day) =>
        Ids.From("rate-sheet", legalEntity, type, day.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
}
