using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderToCash.Messaging;

/// <summary>
/// Starts the consumers once the queues of the service are there, and ends them with the process: messages in hand are
/// finished first. A broker or database that is away is waited for.
/// </summary>
internal sealed partial class ConsumerStart(
    ServiceQueues queues, IBusControl bus, TimeProvider clock, ILogger<ConsumerStart> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await bus.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!queues.Made.IsCompleted)
                    await queues.MakeAsync(stoppingToken);
                await bus.StartAsync(stoppingToken);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogNotStarted(log, error.Message);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.consumers.not-started",
        Message = "The consumers cannot start yet; trying again: {Reason}")]
    private static partial void LogNotStarted(ILogger log, string reason);
}
