namespace OrderToCash.EndToEnd.Tests.Support.Otlp;

/// <summary>What a metric's points are.</summary>
public enum MetricKind
{
    /// <summary>A value that is read.</summary>
    Gauge,

    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A sum that may shrink.</summary>
    UpDownCounter,

    /// <summary>Counts per bucket.</summary>
    Histogram,
}

/// <summary>A point of a metric; the value of a histogram is its count.</summary>
public sealed record MetricPoint(IReadOnlyDictionary<string, string> Attributes, double Value);

/// <summary>A metric as one process sent it last.</summary>
/// <param name="Service">Its <c>service.name</c>.</param>
/// <param name="Name">As it was sent, e.g. <c>otc.store.events</c>.</param>
/// <param name="Unit">In UCUM, e.g. <c>s</c> or <c>{event}</c>.</param>
/// <param name="Kind">What its points are.</param>
/// <param name="Points">One per set of attributes.</param>
public sealed record ReceivedMetric(
    string Service, string Name, string Unit, MetricKind Kind, IReadOnlyList<MetricPoint> Points);

/// <summary>A span as it came.</summary>
/// <param name="Service">The <c>service.name</c> of its process.</param>
/// <param name="Scope">Name of the source, e.g. <c>Npgsql</c>.</param>
public sealed record ReceivedSpan(
    string Service, string Scope, string TraceId, string Id, string ParentId, string Name);
