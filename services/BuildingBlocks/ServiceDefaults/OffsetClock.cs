using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// A clock that is off by a fixed time (<c>Clock:Offset</c>, e.g. <c>1.02:00:00</c>), to see how a process with a wrong
/// clock does among others. Timers and time spans go on as they should; whether a token has expired is not asked here.
/// </summary>
internal sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    private const string Setting = "Clock:Offset";

    /// <summary>
    /// The clock of the process. Outside the environment <c>Development</c> the setting ends the start: dates in the
    /// books come from this clock, and a setting that was forgotten must not write them.
    /// </summary>
    public static TimeProvider Of(IConfiguration configuration, IHostEnvironment environment)
    {
        if (configuration.GetValue(Setting, TimeSpan.Zero) is var offset && offset == TimeSpan.Zero)
            return System;
        return environment.IsDevelopment()
            ? new OffsetClock(offset)
            : throw new InvalidOperationException($"{Setting} is for tests; it is refused outside Development.");
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
}
