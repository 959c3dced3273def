using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrderToCash.EndToEnd.Tests.Support.Otlp;

/// <summary>
/// Takes telemetry as a collector does: OTLP over HTTP in protobuf (opentelemetry.io/docs/specs/otlp), on loopback.
/// Field numbers are those of opentelemetry-proto 1.x.
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Instance, string Name), ReceivedMetric> _metrics = new();
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>For <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, with the protocol <c>http/protobuf</c>.</summary>
    public string Address => _app.Urls.First();

    /// <summary>The last state of every metric of every process.</summary>
    public IReadOnlyList<ReceivedMetric> Metrics => [.. _metrics.Values];

    /// <summary>Every span so far.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var message = ProtobufMessage.Read(body.ToArray());
        switch (http.Request.Path.Value)
        {
            case "/v1/metrics":
                Take(message, TakeMetrics);
                break;
            case "/v1/traces":
                Take(message, TakeSpans);
                break;
            case "/v1/logs":
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
        }

        // An empty Export…ServiceResponse: everything was taken.
        http.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>Both signals have the same frame: resources (1) with attributes (1, 1) and scopes (2).</summary>
    private static void Take(ProtobufMessage request, Action<Source, ProtobufMessage> take)
    {
        foreach (var resource in request.Messages(1))
        {
            var attributes = Attributes(resource.Message(1), 1);
            foreach (var scope in resource.Messages(2))
                take(new Source(attributes["service.name"], attributes["service.instance.id"]), scope);
        }
    }

    private void TakeMetrics(Source source, ProtobufMessage scope)
    {
        foreach (var metric in scope.Messages(2))
        {
            var (kind, points) = Read(metric);
            var received = new ReceivedMetric(source.Service, metric.Text(1), metric.Text(3), kind, [.. points]);
            _metrics[(source.Instance, received.Name)] = received;
        }
    }

    private void TakeSpans(Source source, ProtobufMessage scope)
    {
        foreach (var span in scope.Messages(2))
        {
            _spans.Enqueue(new ReceivedSpan(
                source.Service, scope.Message(1).Text(1), span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5)));
        }
    }

    /// <summary>Metric: gauge (5), sum (7) or histogram (9), each with its points (1).</summary>
    private static (MetricKind Kind, IEnumerable<MetricPoint> Points) Read(ProtobufMessage metric)
    {
        if (metric.Has(9))
        {
            return (MetricKind.Histogram, metric.Message(9).Messages(1)
                .Select(point => new MetricPoint(Attributes(point, 9), point.Number(4))));
        }

        var (kind, data) = metric.Has(7)
            ? (metric.Message(7).Number(3) == 1 ? MetricKind.Counter : MetricKind.UpDownCounter, metric.Message(7))
            : (MetricKind.Gauge, metric.Message(5));
        return (kind, data.Messages(1).Select(point => new MetricPoint(
            Attributes(point, 7), point.Has(4) ? point.Double(4) : (long)point.Number(6))));
    }

    /// <summary>KeyValue: key (1), value (2); AnyValue: text (1), truth (2), whole (3) or real number (4).</summary>
    private static Dictionary<string, string> Attributes(ProtobufMessage owner, int field) =>
        owner.Messages(field).ToDictionary(pair => pair.Text(1), pair => Text(pair.Message(2)));

    private static string Text(ProtobufMessage value) =>
        value.Has(3) ? ((long)value.Number(3)).ToString(CultureInfo.InvariantCulture)
        : value.Has(2) ? value.Number(2) == 1 ? "true" : "false"
        : value.Has(4) ? value.Double(4).ToString(CultureInfo.InvariantCulture)
        : value.Text(1);

    private sealed record Source(string Service, string Instance);
}
