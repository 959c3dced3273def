namespace OrderToCash.Kernel;

/// <summary>The calendar date somewhere: a day ends when it ends there, not at midnight UTC.</summary>
public static class LocalClock
{
    /// <summary>The local date of an instant in an IANA time zone, e.g. <c>America/Chicago</c>.</summary>
    public static DateOnly DateIn(this DateTimeOffset instant, string timeZone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(instant, timeZone).DateTime);

    /// <summary>Today in an IANA time zone.</summary>
    public static DateOnly Today(this TimeProvider clock, string timeZone)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return clock.GetUtcNow().DateIn(timeZone);
    }

    /// <summary>
    /// The first instant of a local day in an IANA time zone; where the clocks skip midnight the day begins after the
    /// gap, and where they show it twice with the first.
    /// </summary>
    public static DateTimeOffset StartIn(this DateOnly day, string timeZone)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
            midnight += TimeSpan.FromMinutes(15);
        var offset = zone.IsAmbiguousTime(midnight)
            ? zone.GetAmbiguousTimeOffsets(midnight).Max()
            : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    /// <summary>True when the machine knows the IANA time zone.</summary>
    public static bool IsTimeZone(string? timeZone) =>
        timeZone is not null && timeZone.Contains('/', StringComparison.Ordinal) | timeZone == "UTC"
        && TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _);
}
