namespace OrderToCash.Invoicing.UseCases;

/// <summary>The moment up to which a report knows.</summary>
internal static class ReportMoment
{
    /// <summary>
    /// The moment that was asked for, in UTC, and never one to come: what is recorded until then is not known, so a
    /// report could not be printed again. Null where none was asked for.
    /// </summary>
    public static DateTimeOffset? KnownAt(this TimeProvider clock, DateTimeOffset? asked) =>
        asked?.ToUniversalTime() is not { } at ? null
        : clock.GetUtcNow() is var now && now < at ? now
        : at;
}
