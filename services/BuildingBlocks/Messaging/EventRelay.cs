using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.Messaging;

/// <summary>
/// Publishes the service's events in log order: the event store is the outbox. Many messages are in flight; the
/// position moves only when the broker has confirmed every message of the page, so a crash repeats messages and never
/// loses one.
/// What is published before a queue is bound is not kept for it by the broker: <see cref="CatchUp"/> asks for it, in a
/// queue that is there before the first publication.
/// </summary>
internal sealed class EventRelay(
    Publications publications, BrokerConnection broker, ServiceQueues queues, TimeProvider clock) : ISubscription
{
    private static readonly IReadOnlyList<NpgsqlBatchCommand> NoRows = [];
    private static readonly TimeSpan QueuesLimit = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public string Name => "Relay:All";

    /// <inheritdoc/>
    public int PageSize => 1000;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(events);
        await queues.Made.WaitAsync(QueuesLimit, clock, cancellation);
        await broker.PublishAsync(
            async (channel, stop) =>
            {
                var confirms = new List<Task>(events.Count);
                foreach (var stored in events)
                {
                    foreach (var message in publications.Of(stored))
                    {
                        // Bodies that only wait for their turn would outlive the young generation.
                        if (confirms.Count >= BrokerConnection.InFlight)
                            await confirms[^BrokerConnection.InFlight];
                        confirms.Add(message.PublishAsync(channel, stop));
                    }
                }

                await Task.WhenAll(confirms);
                MessagingMetrics.Published(confirms.Count, clock.GetUtcNow() - events[0].At);
            },
            cancellation);
        return NoRows;
    }
}
