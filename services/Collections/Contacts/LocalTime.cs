namespace OrderToCash.Collections.Contacts;

/// <summary>What clocks on walls say, and when they will say something; days of 23 and 25 hours included.</summary>
public static class LocalTime
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <summary>Two weeks: there is a day of contact in every week.</summary>
    private const int MostQuarters = 14 * 24 * 4;

    /// <summary>The local time of an instant in an IANA time zone.</summary>
    public static DateTime Of(DateTimeOffset instant, string timeZone) =>
        TimeZoneInfo.ConvertTimeBySystemTimeZoneId(instant, timeZone).DateTime;

    /// <summary>
    /// The next instant at which the local time is as wished, on the quarter of an hour; null when there is none within
    /// two weeks.
    /// </summary>
    public static DateTimeOffset? Next(DateTimeOffset from, string timeZone, Func<DateTime, bool> asWished)
    {
        ArgumentNullException.ThrowIfNull(asWished);
        var instant = new DateTimeOffset(from.UtcTicks - (from.UtcTicks % Quarter.Ticks), TimeSpan.Zero);
        for (var tried = 0; tried < MostQuarters; tried++)
        {
            instant += Quarter;
            if (asWished(Of(instant, timeZone)))
                return instant;
        }

        return null;
    }
}
