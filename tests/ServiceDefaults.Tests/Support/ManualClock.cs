namespace OrderToCash.ServiceDefaults.Tests.Support;

/// <summary>A clock that stands still until it is told to go on.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _now = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public void Advance(TimeSpan time) => _now += time.Ticks;
}
