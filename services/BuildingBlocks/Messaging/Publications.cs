using System.Globalization;
using System.Text.Json;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using RabbitMQ.Client;

namespace OrderToCash.Messaging;

/// <summary>A message ready to leave: its id, its contract and the stored event behind it.</summary>
public readonly record struct OutgoingMessage(Guid MessageId, object Contract, StoredEvent Event)
{
    /// <summary>Routing key of the contract.</summary>
    public string RoutingKey => ContractName.Of(Contract.GetType()).RoutingKey;

    /// <summary>Completes when the broker has the message in every queue that is bound to its contract.</summary>
    public Task PublishAsync(IChannel channel, CancellationToken cancellation) =>
        PublishAsync(channel, Wire.Exchange, RoutingKey, mandatory: false, cancellation);

    /// <summary>
    /// Completes when the broker has the message in this one queue; a <c>PublishException</c> where there is no such
    /// queue.
    /// </summary>
    public Task PublishAsync(IChannel channel, string queue, CancellationToken cancellation) =>
        PublishAsync(channel, "", queue, mandatory: true, cancellation);

    private async Task PublishAsync(
        IChannel channel, string exchange, string address, bool mandatory, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var name = ContractName.Of(Contract.GetType());
        using var activity = MessagingMetrics.StartPublish(name.RoutingKey, Event.Metadata.TraceParent);
        var trace = activity?.Id ?? Event.Metadata.TraceParent;
        var properties = new BasicProperties
        {
            MessageId = MessageId.ToString(),
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            Type = name.RoutingKey,
            Timestamp = new AmqpTimestamp(Event.At.ToUnixTimeSeconds()),
            Headers = new Dictionary<string, object?>(8)
            {
                [Wire.MessageType] = name.Urn,
                [Wire.StreamId] = Event.StreamId.ToString(),
                [Wire.StreamVersion] = Event.Version,
                [Wire.Sequence] = Event.Sequence,
                [Wire.CorrelationId] = Event.Metadata.CorrelationId,
                [Wire.TraceParent] = trace,
                ["MT-Activity-Id"] = trace,
            },
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(Contract, Contract.GetType(), Json.Wire);
        await channel.BasicPublishAsync(exchange, address, mandatory, properties, body, cancellation);
    }
}

/// <summary>
/// What a service says to the outside: pure functions from stored events to contracts. Stored events themselves never
/// leave. A message is made from its event alone, never from today's state, so a relay that is late still tells what
/// was true then.
/// </summary>
public sealed class Publications
{
    private readonly Dictionary<Type, List<Func<StoredEvent, IEnumerable<object?>>>> _maps = [];

    /// <summary>
    /// Publishes what the function makes of each such event; null publishes nothing. Several may be given for one
    /// event, each of another contract.
    /// </summary>
    public Publications On<TEvent>(Func<Recorded<TEvent>, object?> map) => OnEach<TEvent>(e => [map(e)]);

    /// <summary>
    /// Publishes each of what the function makes of such an event, for events that say many things at once. What it
    /// makes, and in which order, follows from the event alone.
    /// </summary>
    public Publications OnEach<TEvent>(Func<Recorded<TEvent>, IEnumerable<object?>> map)
    {
        if (!_maps.TryGetValue(typeof(TEvent), out var maps))
            _maps[typeof(TEvent)] = maps = [];
        maps.Add(stored => map(new Recorded<TEvent>((TEvent)stored.Data, stored)));
        return this;
    }

    /// <summary>
    /// The messages of an event. The first has the event's id as its own; further ones have ids derived from it, so
    /// that every repeat of the relay gives the same ids.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Two of them would have one id: a consumer would take the second for a repeat of the first and drop it. Contracts
    /// of one type belong in one <see cref="OnEach"/>.
    /// </exception>
    public IReadOnlyList<OutgoingMessage> Of(StoredEvent stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (!_maps.TryGetValue(stored.Data.GetType(), out var maps))
            return [];
        var messages = new List<OutgoingMessage>();
        var ids = new HashSet<Guid>();
        for (var index = 0; index < maps.Count; index++)
        {
            var place = 0;
            foreach (var contract in maps[index](stored))
            {
                if (contract is not null)
                {
                    var message = new OutgoingMessage(IdOf(stored, contract, index, place), contract, stored);
                    if (!ids.Add(message.MessageId))
                        throw new InvalidOperationException(
                            $"Two messages {message.RoutingKey} of event {stored.Id} ({stored.Type}) have one id.");
                    messages.Add(message);
                }

                place++;
            }
        }

        return messages;
    }

    private static Guid IdOf(StoredEvent stored, object contract, int index, int place)
    {
        if (index == 0 && place == 0)
            return stored.Id;
        var (id, key) = (stored.Id.ToString("N"), ContractName.Of(contract.GetType()).RoutingKey);
        return place == 0 ? Ids.From(id, key) : Ids.From(id, key, place.ToString(CultureInfo.InvariantCulture));
    }
}
