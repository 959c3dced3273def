using System.Text.RegularExpressions;

namespace OrderToCash.EndToEnd.Tests.Support.Otlp;

/// <summary>
/// Names as Prometheus gives them to what comes over OTLP (UnderscoreEscapingWithSuffixes): what is no letter or digit
/// becomes an underscore, the unit is appended in words, counters end in <c>_total</c>, histograms are three series.
/// </summary>
internal static partial class PrometheusName
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["By"] = "bytes",
        ["%"] = "percent",
    };

    /// <summary>The names of a metric's series.</summary>
    public static IReadOnlyList<string> Of(ReceivedMetric metric)
    {
        var name = Label(metric.Name);
        var unit = UnitOf(metric);
        if (unit.Length > 0 && !name.Split('_').Contains(unit))
            name = $"{name}_{unit}";
        return metric.Kind switch
        {
            MetricKind.Counter => [name.EndsWith("_total", StringComparison.Ordinal) ? name : $"{name}_total"],
            MetricKind.Histogram => [$"{name}_bucket", $"{name}_count", $"{name}_sum"],
            _ => [name],
        };
    }

    /// <summary>The label an attribute becomes.</summary>
    public static string Label(string attribute) => Other().Replace(attribute, "_");

    /// <summary>Annotations such as <c>{event}</c> are no units; <c>1</c> is one only for gauges.</summary>
    private static string UnitOf(ReceivedMetric metric) => metric.Unit switch
    {
        "1" => metric.Kind == MetricKind.Gauge ? "ratio" : "",
        ['{', ..] => "",
        var unit => Units.GetValueOrDefault(unit, Label(unit)),
    };

    [GeneratedRegex("[^A-Za-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Other();
}
