using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OrderToCash.EventSourcing;

/// <summary>The store's meter; names are part of the dashboards in deploy/grafana.</summary>
public static class EventStoreMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "OrderToCash.EventStore";

    private static readonly Meter Meter = new(MeterName);

    private static readonly ConcurrentDictionary<string, long> Lags = new(StringComparer.Ordinal);

    private static readonly Counter<long> Events =
        Meter.CreateCounter<long>("otc.store.events", "{event}", "Events appended");

    private static readonly Histogram<double> AppendSeconds =
        Meter.CreateHistogram<double>("otc.store.append.duration", "s", "One write: one round trip and its commit");

    private static readonly Counter<long> Losses =
        Meter.CreateCounter<long>("otc.store.losses", "{write}", "Writes refused by a version, a key or the inbox");

    private static readonly Counter<long> Handled =
        Meter.CreateCounter<long>("otc.subscription.events", "{event}", "Events handled by subscriptions");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("otc.subscription.failures", "{failure}", "Attempts of a subscription that failed");

    /// <summary>A field, so that the instrument lives as long as the meter.</summary>
    private static readonly ObservableGauge<long> Lag = Meter.CreateObservableGauge(
        "otc.subscription.lag", ObserveLags, "{event}", "Events between a subscription and the end of the log");

    internal static void Appended(int events, TimeSpan elapsed)
    {
        Events.Add(events);
        AppendSeconds.Record(elapsed.TotalSeconds);
    }

    internal static void Lost(CommitStatus status) =>
        Losses.Add(1, new KeyValuePair<string, object?>("otc.outcome", status.ToString()));

    internal static void SubscriptionHandled(string name, int events) =>
        Handled.Add(events, new KeyValuePair<string, object?>("otc.subscription", name));

    internal static void SubscriptionFailed(string name) =>
        Failures.Add(1, new KeyValuePair<string, object?>("otc.subscription", name));

    /// <summary>Keeps the lag gauge of a subscription; null when it is not known now.</summary>
    internal static void SubscriptionLag(string name, long? lag)
    {
        if (lag is { } known)
            Lags[name] = known;
        else
            Lags.TryRemove(name, out _);
    }

    private static IEnumerable<Measurement<long>> ObserveLags() =>
        Lags.Select(lag => new Measurement<long>(
            lag.Value, new KeyValuePair<string, object?>("otc.subscription", lag.Key)));
}
