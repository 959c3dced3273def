using OrderToCash.Kernel;

namespace OrderToCash.Collections.Forecasts;

/// <summary>How long one row of a forecast is.</summary>
public enum ForecastGrain
{
    /// <summary>A day.</summary>
    Day,

    /// <summary>From Monday to Sunday.</summary>
    Week,

    /// <summary>A calendar month.</summary>
    Month,
}

/// <summary>Cash that is expected in a time, in one currency.</summary>
/// <param name="Grain">How long the time is; the first and the last may be cut short.</param>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
/// <param name="Expected">The mean.</param>
/// <param name="Low">In 10 of 100 cases it is this or less.</param>
/// <param name="Median">In half of the cases it is this or less.</param>
/// <param name="High">In 90 of 100 cases it is this or less.</param>
/// <param name="Naive">What the rule of due date plus average delay says, to be compared with.</param>
/// <param name="ByAge">What the method of aging buckets says (<see cref="AgeRates"/>), to be compared with; null in
/// forecasts of earlier versions.</param>
public sealed record ForecastRow(
    ForecastGrain Grain, DateOnly From, DateOnly To, Money Expected, Money Low, Money Median, Money High, Money Naive,
    Money? ByAge = null);

/// <summary>A forecast of cash was made, and is kept as it was made.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="AsOf">Day it was made, in the entity's calendar; it begins with the day after.</param>
/// <param name="Through">Last day it looks at.</param>
/// <param name="Items">Open items it is made of.</param>
/// <param name="Rows">Per currency and grain, by date.</param>
public sealed record ForecastMade(
    string LegalEntity, DateOnly AsOf, DateOnly Through, int Items, IReadOnlyList<ForecastRow> Rows);
