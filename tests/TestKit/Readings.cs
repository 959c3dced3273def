using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OrderToCash.TestKit;

/// <summary>What an instrument of this process says of one thing, from now on, in order.</summary>
public sealed class Readings : IDisposable
{
    private readonly ConcurrentQueue<long> _seen = new();
    private readonly MeterListener _listener = new();

    /// <param name="instrument">Its name, e.g. <c>otc.work.failing</c>.</param>
    /// <param name="tag">The tag that tells of what.</param>
    /// <param name="value">The value of that tag.</param>
    public Readings(string instrument, string tag, string value)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Name == instrument)
                listener.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<long>((_, reading, tags, _) =>
        {
            if (tags.ToArray().Any(one => one.Key == tag && Equals(one.Value, value)))
                _seen.Enqueue(reading);
        });
        _listener.Start();
    }

    /// <summary>All of it.</summary>
    public IReadOnlyList<long> Seen => [.. _seen];

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
