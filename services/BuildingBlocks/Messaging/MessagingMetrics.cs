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

    private static readonly Histogram<double> DelaySeconds =
        Meter.CreateHistogram<double>("otc.relay.delay", "s", "Age of the oldest event of a page when it was confirmed");

    private static readonly Counter<long> Consumed =
        Meter.CreateCounter<long>("otc.inbox.messages", "{message}", "Messages whose change is committed");

    private static readonly Counter<long> Duplicates =
        Meter.CreateCounter<long>("otc.inbox.duplicates", "{message}", "Messages that had been handled before");

    internal static void Published(int messages, TimeSpan delay)
    {
        Messages.Add(messages);
        DelaySeconds.Record(Math.Max(0, delay.TotalSeconds));
    }

    internal static void Handled(string consumer, bool duplicate) =>
        (duplicate ? Duplicates : Consumed).Add(1, new KeyValuePair<string, object?>("otc.consumer", consumer));

    /// <summary>Continues the trace of the request that caused the event, however much later the relay runs.</summary>
    internal static Activity? StartPublish(string routingKey, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? Source.StartActivity($"{routingKey} publish", ActivityKind.Producer, parent)
            : null;
}
