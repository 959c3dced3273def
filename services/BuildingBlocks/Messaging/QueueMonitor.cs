using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace OrderToCash.Messaging;

/// <summary>
/// Counts what waits in the service's queues, and what was set aside from them, for the gauge
/// <c>otc.queue.messages</c>. The queues for what is set aside are made here, as MassTransit would make them for the
/// first such message: asking for a queue that is not there fills the broker's log with errors.
/// </summary>
internal sealed partial class QueueMonitor(
    Uri broker, string service, IReadOnlyList<string> queues, TimeProvider clock, ILogger<QueueMonitor> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var queue in queues)
            MessagingMetrics.Announce(queue);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
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
                LogUnknown(log, error.Message);
                await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task CountAsync(CancellationToken stop)
    {
        var factory = new ConnectionFactory
        {
            Uri = broker,
            ClientProvidedName = $"{service} monitor",
            AutomaticRecoveryEnabled = false,
        };
        await using var connection = await factory.CreateConnectionAsync(stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        while (true)
        {
            foreach (var queue in queues)
            {
                await CountAsync(channel, queue, stop);
                foreach (var suffix in DeadLetters.Suffixes)
                    await CountAsync(channel, queue + suffix, stop);
            }

            await Task.Delay(Interval, clock, stop);
        }
    }

    private static async Task CountAsync(IChannel channel, string queue, CancellationToken stop)
    {
        var declared = await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: stop);
        MessagingMetrics.Waiting(queue, declared.MessageCount);
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.queues.unknown",
        Message = "The queues cannot be counted: {Reason}")]
    private static partial void LogUnknown(ILogger log, string reason);
}
