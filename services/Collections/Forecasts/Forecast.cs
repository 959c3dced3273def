using System.Globalization;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Forecasts;

/// <summary>The forecast of a legal entity on a day.</summary>
public sealed record Forecast
{
    public static readonly Forecast Initial = new();

    /// <summary>As it was made; null before that.</summary>
    public ForecastMade? Made { get; init; }

    public static Forecast Evolve(Forecast forecast, object e) => e switch
    {
        ForecastMade made => forecast with { Made = made },
        _ => forecast,
    };
}

public static class ForecastStream
{
    public static readonly StreamType<Forecast> Type = new("forecast", Forecast.Initial, Forecast.Evolve);

    /// <summary>One per legal entity and day.</summary>
    public static Guid Id(string legalEntity, DateOnly asOf) => Ids.From(
        "forecast", legalEntity, asOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}

/// <summary>What may become of a forecast.</summary>
public static class ForecastDecider
{
    /// <summary>The first of a day is kept: one that could be made anew would be scored by its best guess.</summary>
    public static Decision Make(Forecast forecast, ForecastMade made)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        return forecast.Made is null ? Decision.Of(made) : Decision.Nothing;
    }
}
