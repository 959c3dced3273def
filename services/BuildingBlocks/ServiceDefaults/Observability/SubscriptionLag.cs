using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// The gauge <c>otc.subscription.lag</c>. Positions are read every ten seconds, not when somebody collects: a collector must
/// never wait for the database. While they cannot be read the gauge is silent.
/// </summary>
internal sealed partial class SubscriptionLag(IServiceProvider services, TimeProvider clock, ILogger<SubscriptionLag> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Meter _meter = new(EventStoreMetrics.MeterName);
    private volatile IReadOnlyList<SubscriptionStatus> _last = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (services.GetService<SubscriptionMonitor>() is not { } monitor)
            return;
        _meter.CreateObservableGauge("otc.subscription.lag",
            () => _last.Select(one => new Measurement<long>(
                one.Lag, new KeyValuePair<string, object?>("otc.subscription", one.Name))),
            "{event}", "Events between a subscription and the end of the log");
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                try
                {
                    _last = await monitor.ReadAsync(stoppingToken);
                }
                catch (NpgsqlException error)
                {
                    _last = [];
                    LogUnreadable(log, error.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Debug, EventName = "store.lag.unreadable",
        Message = "Positions of the subscriptions cannot be read: {Reason}")]
    private static partial void LogUnreadable(ILogger log, string reason);
}
