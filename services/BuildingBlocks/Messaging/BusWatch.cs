using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderToCash.Messaging;

/// <summary>
/// Ends the process when its consumers stand still although the broker answers: a connection that was lost in a bad
/// moment, or a queue that cannot be declared. A new process begins clean, and other instances take the messages
/// meanwhile; an instance that stays as it is would hold its share of the queue for ever. A broker that is away is no
/// reason: every instance would end at once, and none could do better.
/// </summary>
internal sealed partial class BusWatch(
    IBusControl bus, [FromKeyedServices(MessagingRegistration.Asides)] BrokerConnection broker,
    MessagingOptions options, IHostApplicationLifetime process, TimeProvider clock, ILogger<BusWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wasWell = clock.GetTimestamp();
        using var timer = new PeriodicTimer(options.StandstillLimit / 10, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var health = bus.CheckHealth();
            if (health.Status == BusHealthStatus.Healthy || !await BrokerAnswersAsync(stoppingToken))
            {
                wasWell = clock.GetTimestamp();
            }
            else if (clock.GetElapsedTime(wasWell) >= options.StandstillLimit)
            {
                LogStandstill(log, string.Join("; ", Unwell(health)), health.Exception);
                Environment.ExitCode = 1;
                process.StopApplication();
                return;
            }
        }
    }

    /// <summary>What MassTransit says of each queue that is not read: stopped, faulted, and why.</summary>
    private static IEnumerable<string> Unwell(BusHealthResult health) =>
        from endpoint in health.Endpoints
        where endpoint.Value.Status != BusHealthStatus.Healthy
        select $"{endpoint.Key} {endpoint.Value.Description}";

    private async Task<bool> BrokerAnswersAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(ConnectLimit);
        try
        {
            return (await broker.PublishChannelAsync(limit.Token)).IsOpen;
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            LogAway(log, error.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, EventName = "messaging.consumers.standstill",
        Message = "The broker answers but the consumers stand still, so this process ends to begin again: {Reason}")]
    private static partial void LogStandstill(ILogger log, string reason, Exception? error);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.broker.away",
        Message = "The broker does not answer; the consumers wait for it: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);
}
