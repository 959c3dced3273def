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

    private static readonly Histogram<double> AppendSeconds = Meter.CreateHistogram(
        "otc.store.append.duration", "s", "One write: one round trip and its commit",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10],
        });

    private static readonly Counter<long> Losses =
        Meter.CreateCounter<long>("otc.store.losses", "{write}", "Writes refused by a version, a key or the inbox");

    private static readonly Counter<long> Snapshots = Meter.CreateCounter<long>(
        "otc.store.snapshots", "{snapshot}", "Snapshots of long streams that were read");

    private static readonly Counter<long> Handled =
        Meter.CreateCounter<long>("otc.subscription.events", "{event}", "Events handled by subscriptions");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("otc.subscription.failures", "{failure}", "Attempts of a subscription that failed");

    /// <summary>A field, so that the instrument lives as long as the meter.</summary>
    private static readonly ObservableGauge<long> Lag = Meter.CreateObservableGauge(
        "otc.subscription.lag", ObserveLags, "{event}", "Events between a subscription and the end of the log");

    private const long Unknown = long.MinValue;

    private static long _clockSkew = Unknown;

    /// <summary>A field, so that the instrument lives as long as the meter.</summary>
    private static readonly ObservableGauge<double> ClockSkew = Meter.CreateObservableGauge(
        "otc.clock.skew", ObserveClockSkew, "s", "This process's clock minus the database's");

    internal static void Appended(int events, TimeSpan elapsed)
    {
        Events.Add(events);
        AppendSeconds.Record(elapsed.TotalSeconds);
    }

    internal static void Lost(CommitStatus status) =>
        Losses.Add(1, new KeyValuePair<string, object?>("otc.outcome", status.ToString()));

    /// <summary>From nought on, as for subscriptions.</summary>
    internal static void AnnounceLosses()
    {
        foreach (var status in Enum.GetValues<CommitStatus>().Where(status => status != CommitStatus.Committed))
            Losses.Add(0, new KeyValuePair<string, object?>("otc.outcome", status.ToString()));
    }

    /// <summary>The same, of a kind of stream that may have them.</summary>
    internal static void AnnounceSnapshots(string table) => Snapshots.Add(
        0, new KeyValuePair<string, object?>("otc.table", table),
        new KeyValuePair<string, object?>("otc.outcome", "used"));

    internal static void SnapshotRead(string table, bool isUsed) => Snapshots.Add(
        1, new KeyValuePair<string, object?>("otc.table", table),
        new KeyValuePair<string, object?>("otc.outcome", isUsed ? "used" : "unreadable"));

    internal static void SubscriptionHandled(string name, int events) =>
        Handled.Add(events, new KeyValuePair<string, object?>("otc.subscription", name));

    /// <summary>Counters begin at nought, not at their first event: a rate needs a value before it.</summary>
    internal static void AnnounceSubscription(string name)
    {
        Handled.Add(0, new KeyValuePair<string, object?>("otc.subscription", name));
        Failures.Add(0, new KeyValuePair<string, object?>("otc.subscription", name));
    }

    /// <summary>Keeps the gauge of the clocks; null when it is not known now.</summary>
    internal static void ClocksDiffer(TimeSpan? skew) =>
        Interlocked.Exchange(ref _clockSkew, skew?.Ticks ?? Unknown);

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

    private static IEnumerable<Measurement<double>> ObserveClockSkew() =>
        Interlocked.Read(ref _clockSkew) is var ticks && ticks == Unknown
            ? []
            : [new Measurement<double>(TimeSpan.FromTicks(ticks).TotalSeconds)];
}
