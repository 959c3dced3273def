using System.Text.Json.Serialization;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Rates;

/// <summary>Exchange rates of one day.</summary>
/// <param name="Base">The currency they lead to, ISO 4217.</param>
/// <param name="On">The day.</param>
/// <param name="Rates">What one unit of each currency is worth in the base.</param>
/// <param name="Source">Whose books they are from, and hold for; null where they were entered here, for all legal
/// entities with that base.</param>
public sealed record RatesPublished(
    string Base, DateOnly On, IReadOnlyDictionary<string, decimal> Rates,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RateSource? Source = null);

/// <summary>The rates of a legal entity in Invoicing.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Version">Version of its rates of that day; an older one never replaces a newer one.</param>
public sealed record RateSource(string LegalEntity, long Version);

/// <summary>The rates of one base currency and day, entered here or from the books of one legal entity.</summary>
public sealed record RateSheet
{
    /// <summary>The state before the first event.</summary>
    public static readonly RateSheet Initial = new();

    /// <summary>As published last; null before that.</summary>
    public RatesPublished? Published { get; private init; }

    /// <summary>State and event in, next state out.</summary>
    public static RateSheet Evolve(RateSheet sheet, object e) => e switch
    {
        RatesPublished published => sheet with { Published = published },
        _ => throw new InvalidOperationException($"A rate sheet has no event {e.GetType().Name}."),
    };
}

/// <summary>Decides on exchange rates.</summary>
public static class RatesDecider
{
    private const decimal Smallest = 0.000_000_000_1m;
    private const decimal Largest = 1_000_000_000m;

    /// <summary>
    /// Publishes the rates of a day; the same again is nothing, others correct them. Of a legal entity's books each
    /// newer version is kept, with the same rates as well: what is older than it must not come after it.
    /// </summary>
    public static Decision Publish(RateSheet sheet, RatesPublished rates)
    {
        if (rates.Source is { } source && sheet.Published?.Source?.Version >= source.Version)
            return Decision.Nothing;
        if (!Currency.TryOf(rates.Base, out _))
            return Unknown(rates.Base, "/base");
        foreach (var (code, rate) in rates.Rates)
        {
            if (!Currency.TryOf(code, out _))
                return Unknown(code, "/rates");
            if (code == rates.Base || rate is < Smallest or > Largest)
            {
                return new Refusal("invalid-rate",
                    $"{rate} {rates.Base} for one {code} is no exchange rate.", Field: "/rates");
            }
        }

        return sheet.Published is { } known && rates.Source is null && known.Rates.Count == rates.Rates.Count
            && known.Rates.All(one => rates.Rates.TryGetValue(one.Key, out var rate) && rate == one.Value)
                ? Decision.Nothing
                : Decision.Of(rates);
    }

    private static Refusal Unknown(string code, string field) =>
        new("unknown-currency", $"'{code}' is not an ISO 4217 currency.", Field: field);
}

/// <summary>One stream per base currency and day; one more for each legal entity whose books are heard of.</summary>
public static class RateStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<RateSheet> Type = new("rate_sheet", RateSheet.Initial, RateSheet.Evolve);

    /// <summary>The rates of a day that were entered here.</summary>
    public static Guid Id(string baseCurrency, DateOnly on) => Ids.From("rates", baseCurrency, $"{on:yyyy-MM-dd}");

    /// <summary>The rates of a day in the books of a legal entity.</summary>
    public static Guid Id(string baseCurrency, DateOnly on, string legalEntity) =>
        Ids.From("rates", baseCurrency, $"{on:yyyy-MM-dd}", legalEntity);
}
