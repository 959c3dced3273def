using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Traces, metrics and logs over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; JSON logs on the console outside
/// development.
/// </summary>
internal static class Telemetry
{
    /// <summary>
    /// Requests are traced and counted; the framework's own lines, four for each, cost more than many a request does.
    /// The configuration may ask for them.
    /// </summary>
    private static readonly Dictionary<string, string?> Levels = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Yarp"] = "Warning",
    };

    private static readonly string[] Sources =
        ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit", "Yarp.ReverseProxy", "OrderToCash.*"];

    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing",
        "System.Net.Http", "System.Runtime", "Npgsql", "MassTransit", "OrderToCash.*",
    ];

    public static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        // Server spans carry no attributes otherwise; read when the server starts.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Levels });
        builder.Logging.Configure(logging =>
            logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (!builder.Environment.IsDevelopment())
        {
            builder.Logging.ClearProviders().AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }

        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not { Length: > 0 } endpoint)
            return;
        var resource = ResourceBuilder.CreateDefault().AddService(
            service,
            serviceNamespace: "ordertocash",
            serviceVersion: Assembly.GetEntryAssembly()?
                .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            serviceInstanceId: Ids.Next(TimeProvider.System).ToString());
        var collector = new Collector(
            endpoint, OverHttp: builder.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] == "http/protobuf");
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeScopes = true;
            logs.SetResourceBuilder(resource).AddOtlpExporter(otlp => collector.Configure(otlp, "logs"));
        });
        builder.Services.AddHostedService(_ => new Providers(resource, collector));
    }

    /// <summary>Where telemetry goes: by gRPC to the address, by HTTP to one path below it per signal.</summary>
    private sealed record Collector(string Endpoint, bool OverHttp)
    {
        public void Configure(OtlpExporterOptions otlp, string signal)
        {
            otlp.Protocol = OverHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
            otlp.Endpoint = new Uri(OverHttp ? $"{Endpoint.TrimEnd('/')}/v1/{signal}" : Endpoint);
        }
    }

    /// <summary>
    /// The whole address of a call may hold what opens it, as a link that the gateway passes on does; host and span of
    /// the other side are told all the same.
    /// </summary>
    private sealed class AddressesTakenOut : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.Source.Name == "System.Net.Http")
                data.SetTag("url.full", null);
        }
    }

    /// <summary>
    /// Holds the providers for as long as the process runs; the last spans and points leave when it stops.
    /// </summary>
    private sealed class Providers(ResourceBuilder resource, Collector collector) : IHostedService, IDisposable
    {
        private TracerProvider? _traces;
        private MeterProvider? _metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Sources)
                .AddProcessor(new AddressesTakenOut())
                .AddOtlpExporter(otlp => collector.Configure(otlp, "traces")).Build();
            _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters)
                .AddOtlpExporter(otlp => collector.Configure(otlp, "metrics")).Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            _traces?.Dispose();
            _metrics?.Dispose();
        }
    }
}
