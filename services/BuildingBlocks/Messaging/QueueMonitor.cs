using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderToCash.Messaging;

/// <summary>
/// Counts what waits in the service's queues, and what was set aside from them, for the gauge
/// <c>otc.queue.messages</c>. Makes and binds them again after a fault, as the broker may have come back without what
/// it knew, and each minute, as somebody may have taken a binding away.
/// </summary>
internal sealed partial class QueueMonitor(ServiceQueues queues, TimeProvider clock, ILogger<QueueMonitor> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MadeAgain = TimeSpan.FromMinutes(1);

    private long? _made;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var queue in queues.Names)
            MessagingMetrics.Announce(queue);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!queues.Made.IsCompleted)
                {
                    await queues.Made.WaitAsync(stoppingToken);
                    _made = clock.GetTimestamp();
                }

                await CountAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // An old count would look like a good one: rather show none until the broker is back.
                MessagingMetrics.ForgetQueues();
                _made = null;
                LogUnknown(log, error.Message);
                await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task CountAsync(CancellationToken stop)
    {
        await using var connection = await queues.ConnectAsync("monitor", stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        while (true)
        {
            if (_made is not { } made || clock.GetElapsedTime(made) >= MadeAgain)
            {
                await queues.MakeAsync(channel, stop);
                _made = clock.GetTimestamp();
            }

            foreach (var queue in queues.Names)
            {
                MessagingMetrics.Waiting(queue, await ServiceQueues.DeclareAsync(channel, queue, stop));
                foreach (var suffix in DeadLetters.Suffixes)
                {
                    MessagingMetrics.Waiting(
                        queue + suffix, await ServiceQueues.DeclareAsync(channel, queue + suffix, stop));
                }
            }

            await Task.Delay(Interval, clock, stop);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.queues.unknown",
        Message = "The queues cannot be made, bound or counted: {Reason}")]
    private static partial void LogUnknown(ILogger log, string reason);
}
