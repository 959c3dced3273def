using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrderToCash.TestKit;

namespace OrderToCash.Messaging.Tests;

/// <summary>Gauges belong to the process, and all sample services have the same queue: not beside others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>What operators see of the event path.</summary>
[Collection(nameof(Alone))]
public sealed class OperatingSpec(Servers servers)
{
    [Fact]
    public async Task an_instance_that_has_met_its_broker_stays_ready_without_it()
    {
        await using var database = await servers.CreateDatabaseAsync();
        var host = await servers.CreateVirtualHostAsync();
        await using var service = await SampleService.StartAsync(database.ConnectionString, host.Uri);
        await Eventually.Becomes(
            () => service.HealthAsync(), now => now == HealthStatus.Healthy, "it is well with a broker");

        // As far as the service can tell the broker is gone: it is thrown out and not let in again.
        await host.DisposeAsync();

        await Eventually.Becomes(
            () => service.HealthAsync(), now => now == HealthStatus.Degraded, "it is worse, and still ready");
    }

    [Fact]
    public async Task an_instance_that_never_met_its_broker_is_not_ready()
    {
        await using var database = await servers.CreateDatabaseAsync();
        var host = await servers.CreateVirtualHostAsync();
        await host.DisposeAsync();

        await using var service = await SampleService.StartAsync(
            database.ConnectionString, host.Uri, consumes: false);

        (await service.HealthAsync()).ShouldBe(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task what_waits_in_queues_and_error_queues_is_counted()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        using var gauges = new Gauges("otc.queue.messages", "otc.queue");
        await using var service = await SampleService.StartAsync(database.ConnectionString, host.Uri);
        await Eventually.Passes(() =>
        {
            var seen = gauges.Read();
            seen[SampleService.Queue].ShouldBe(0);
            seen[$"{SampleService.Queue}_error"].ShouldBe(0);
            return Task.CompletedTask;
        });

        await using var client = await BareClient.ConnectAsync(host.Uri);
        await client.PublishAsync("{}");
        await client.PublishAsync("{}");

        await Eventually.BecomesTrue(
            () => gauges.Read()[$"{SampleService.Queue}_error"] == 2, "both are counted where they failed");
    }

    /// <summary>Reads a gauge of this process as an exporter would.</summary>
    private sealed class Gauges : IDisposable
    {
        private readonly ConcurrentDictionary<string, long> _values = new(StringComparer.Ordinal);
        private readonly MeterListener _listener = new();

        public Gauges(string instrument, string tag)
        {
            _listener.InstrumentPublished = (published, listener) =>
            {
                if (published.Name == instrument)
                    listener.EnableMeasurementEvents(published);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                foreach (var (key, name) in tags)
                {
                    if (key == tag)
                        _values[(string)name!] = value;
                }
            });
            _listener.Start();
        }

        public ConcurrentDictionary<string, long> Read()
        {
            _listener.RecordObservableInstruments();
            return _values;
        }

        public void Dispose() => _listener.Dispose();
    }
}
