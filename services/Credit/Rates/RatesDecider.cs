using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Rates;

/// <summary>Exchange rates of one day.</summary>
/// <param name="Base">The currency they lead to, ISO 4217.</param>
/// <param name="On">The day.</param>
/// <param name="Rates">What one unit of each currency is worth in the base.</param>
/// <param name="Source">Whose books they are from; null where they were entered here.</param>
public sealed record RatesPublished(
    string Base, DateOnly On, IReadOnlyDictionary<string, decimal> Rates,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RateSource? Source = null);

/// <summary>The rates of a legal entity in Invoicing.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Version">Version of its rates of that day; an older one never replaces a newer one.</param>
public sealed record RateSource(string LegalEntity, long Version);

/// <summary>The rates of one base currency and day.</summary>
public sealed record RateSheet
{
    /// <summary>The state before the first event.</summary>
    public static readonly RateSheet Initial = new();

    /// <summary>As published last; null before that.</summary>
    public RatesPublished? Published { get; private init; }

    /// <summary>The newest that is known of each legal entity.</summary>
    public ImmutableDictionary<string, long> Versions { get; private init; } =
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>State and event in, next state out.</summary>
    public static RateSheet Evolve(RateSheet sheet, object e) => e switch
    {
        RatesPublished published => sheet with
        {
            Published = published,
            Versions = published.Source is { } source
                ? sheet.Versions.SetItem(source.LegalEntity, source.Version)
                : sheet.Versions,
        },
        _ => throw new InvalidOperationException($"A rate sheet has no event {e.GetType().Name}."),
    };
}

/// <summary>Decides on exchange rates.</summary>
public static class RatesDecider
{
    private const decimal Smallest = 0.000_000_000_1m;
    private const decimal Largest = 1_000_000_000m;

    /// <summary>Publishes the rates of a day; the same again is nothing, others correct them.</summary>
    public static Decision Publish(RateSheet sheet, RatesPublished rates)
    {
        if (rates.Source is { } source && sheet.Versions.GetValueOrDefault(source.LegalEntity) >= source.Version)
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

        return sheet.Published is { } known && known.Rates.Count == rates.Rates.Count
            && known.Rates.All(one => rates.Rates.TryGetValue(one.Key, out var rate) && rate == one.Value)
                ? Decision.Nothing
                : Decision.Of(rates);
    }

    private static Refusal Unknown(string code, string field) =>
        new("unknown-currency", $"'{code}' is not an ISO 4217 currency.", Field: field);
}

/// <summary>One stream per base currency and day.</summary>
public static class RateStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<RateSheet> Type = new("rate_sheet", RateSheet.Initial, RateSheet.Evolve);

    /// <summary>The rates of a day.</summary>
    public static Guid Id(string baseCurrency, DateOnly on) => Ids.From("rates", baseCurrency, $"{on:yyyy-MM-dd}");
}
