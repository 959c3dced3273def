using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrderToCash.Messaging;

/// <summary>The event path's meter and trace source; names are part of the dashboards in deploy/grafana.</summary>
public static class MessagingMetrics
{
    /// <summary>Name of the meter and of the trace source.</summary>
    public const string Name = "OrderToCash.Messaging";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Messages =
        Meter.CreateCounter<long>("otc.relay.messages", "{message}", "Messages confirmed by the broker");

    private static readonly Histogram<double> DelaySeconds = Meter.CreateHistogram(
        "otc.relay.delay", "s", "Age of the oldest event of a page when it was confirmed",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30, 60, 300, 1800, 3600],
        });

    private static readonly Counter<long> Consumed =
        Meter.CreateCounter<long>("otc.inbox.messages", "{message}", "Messages whose change is committed");

    private static readonly Counter<long> Duplicates =
        Meter.CreateCounter<long>("otc.inbox.duplicates", "{message}", "Messages that had been handled before");

    private static readonly ConcurrentDictionary<string, long> Queues = new(StringComparer.Ordinal);

    /// <summary>A field, so that the instrument lives as long as the meter.</summary>
    private static readonly ObservableGauge<long> Waits = Meter.CreateObservableGauge(
        "otc.queue.messages", ObserveQueues, "{message}",
        "Messages that wait in a queue; those in _error and _skipped wait for a person");

    internal static void Published(int messages, TimeSpan delay)
    {
        Messages.Add(messages);
        DelaySeconds.Record(Math.Max(0, delay.TotalSeconds));
    }

    internal static void Handled(string consumer, bool duplicate) =>
        (duplicate ? Duplicates : Consumed).Add(1, Consumer(consumer));

    /// <summary>Counters begin at nought, not at their first message: a rate needs a value before it.</summary>
    internal static void Announce(string consumer)
    {
        Consumed.Add(0, Consumer(consumer));
        Duplicates.Add(0, Consumer(consumer));
    }

    /// <summary>Keeps the gauge of a queue.</summary>
    internal static void Waiting(string queue, long messages) => Queues[queue] = messages;

    /// <summary>Nothing is known of the queues now.</summary>
    internal static void ForgetQueues() => Queues.Clear();

    /// <summary>Continues the trace of the request that caused the event, however much later the relay runs.</summary>
    internal static Activity? StartPublish(string routingKey, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? Source.StartActivity($"{routingKey} publish", ActivityKind.Producer, parent)
            : null;

    private static KeyValuePair<string, object?> Consumer(string queue) => new("otc.consumer", queue);

    private static IEnumerable<Measurement<long>> ObserveQueues() =>
        Queues.Select(queue => new Measurement<long>(
            queue.Value, new KeyValuePair<string, object?>("otc.queue", queue.Key)));
}
