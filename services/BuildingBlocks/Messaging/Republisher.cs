using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.Messaging;

/// <summary>Asks a service to publish once more, into one queue only.</summary>
/// <param name="Queue">The queue that wants them.</param>
/// <param name="RoutingKeys">Contracts it wants, e.g. <c>invoicing.v1.invoice-issued</c>.</param>
/// <param name="After">Place in the asked service's log after which to begin; 0 for all.</param>
public sealed record RepublishRequested(string Queue, IReadOnlyList<string> RoutingKeys, long After);

/// <summary>
/// Asked for a contract that this build does not have, as an older instance is by a newer service: the request waits
/// for an instance that has it, since nothing of that contract would look like all of it.
/// </summary>
public sealed class LaterContractException(string routingKey)
    : Exception($"Contract '{routingKey}' is not known here: it came with a later version, which is waited for.");

/// <summary>
/// Publishes a page of the log into the queue that asked, then asks itself for the next page: what is done is not done
/// again after a crash, and the messages have the ids of the first time, so that the inbox knows those it had already.
/// </summary>
public sealed partial class Republisher(
    IEventStoreEngine engine, EventStore store, Publications publications,
    [FromKeyedServices(MessagingRegistration.Asides)] BrokerConnection broker, TimeProvider clock,
    ILogger<Republisher> log) : IConsumer<RepublishRequested>
{
    private const int PageSize = 1000;
    private static readonly TimeSpan HoleInterval = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<RepublishRequested> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Message;
        if (request.RoutingKeys.FirstOrDefault(key => !ContractName.IsKnown(key)) is { } later)
            throw new LaterContractException(later);
        var (events, position) = await ReadAsync(request.After, context.CancellationToken);
        if (events.Count == 0 || !await PublishAsync(request, events, context.CancellationToken))
            return;
        LogRepublished(log, request.Queue, request.After, position);
        await context.Send(context.ReceiveContext.InputAddress, request with { After = position });
    }

    /// <summary>What comes after the end of this read is published to every queue as always.</summary>
    private async Task<(IReadOnlyList<StoredEvent> Events, long Position)> ReadAsync(
        long after, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var reader = new LogReader(engine, after);
        var events = await reader.NextAsync(connection, PageSize, cancellation);
        while (events.Count == 0 && reader.IsWaiting)
        {
            await Task.Delay(HoleInterval, clock, cancellation);
            events = await reader.NextAsync(connection, PageSize, cancellation);
        }

        return (events, reader.Position);
    }

    /// <summary>False when nobody reads that queue any more: it is gone.</summary>
    private async Task<bool> PublishAsync(
        RepublishRequested request, IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        try
        {
            await broker.PublishAsync(
                (channel, stop) => Task.WhenAll(
                    from stored in events
                    from message in publications.Of(stored)
                    where request.RoutingKeys.Contains(message.RoutingKey)
                    select message.PublishAsync(channel, request.Queue, stop)),
                cancellation);
            return true;
        }
        catch (RabbitMQ.Client.Exceptions.PublishException gone) when (gone.IsReturn)
        {
            LogGone(log, request.Queue);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, EventName = "messaging.republished",
        Message = "Published into {Queue} once more what was asked for between {After} and {Position}")]
    private static partial void LogRepublished(ILogger log, string queue, long after, long position);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.republish-queue-gone",
        Message = "Queue {Queue} asked for messages and is gone")]
    private static partial void LogGone(ILogger log, string queue);
}
