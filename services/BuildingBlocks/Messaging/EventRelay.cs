using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.Messaging;

/// <summary>
/// Publishes the service's events in log order: the event store is the outbox. Many messages are in flight; the position
/// moves only when the broker has confirmed every message of the page, so a crash repeats messages and never loses one.
/// What is published before a queue is bound is not kept for it by the broker: <see cref="CatchUp"/> asks for it.
/// </summary>
public sealed class EventRelay(Publications publications, BrokerConnection broker, TimeProvider clock) : ISubscription
{
    /// <summary>A publish in flight while the broker dies never ends by itself.</summary>
    private static readonly TimeSpan ConfirmLimit = TimeSpan.FromSeconds(20);

    private static readonly IReadOnlyList<NpgsqlBatchCommand> NoRows = [];

    /// <inheritdoc/>
    public string Name => "Relay:All";

    /// <inheritdoc/>
    public int PageSize => 1000;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConfirmLimit);
        var channel = await broker.PublishChannelAsync(limit.Token);
        try
        {
            var confirms = new List<Task>(events.Count);
            foreach (var stored in events)
            {
                foreach (var message in publications.Of(stored))
                    confirms.Add(message.PublishAsync(channel, limit.Token));
            }

            await Task.WhenAll(confirms);
            MessagingMetrics.Published(confirms.Count, clock.GetUtcNow() - events[0].At);
        }
        catch
        {
            // What is confirmed is not known any more; a new channel starts clean and the page is published again.
            await broker.ResetAsync();
            throw;
        }

        return NoRows;
    }
}
