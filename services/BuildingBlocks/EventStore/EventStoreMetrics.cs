using System.Diagnostics.Metrics;

namespace OrderToCash.EventSourcing;

/// <summary>The store's meter; names are part of the dashboards in deploy/grafana.</summary>
public static class EventStoreMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "OrderToCash.EventStore";

    private static readonly Meter Meter = new(MeterName);

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

    internal static void ObserveLag(string name, Func<long> lag) =>
        Meter.CreateObservableGauge(
            "otc.subscription.lag",
            () => new Measurement<long>(lag(), new KeyValuePair<string, object?>("otc.subscription", name)),
            "{event}",
            "Events between a subscription and the end of the log");
}
