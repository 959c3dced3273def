using System.Collections.Concurrent;
using System.Text.Json;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace OrderToCash.Invoicing.Tests;

/// <summary>The other services: sends what they would send and hears all that is published.</summary>
public sealed class MessageBus : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly ConcurrentQueue<(string RoutingKey, string Body)> _heard = new();

    private MessageBus(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    public static async Task<MessageBus> ConnectAsync(Uri address)
    {
        var connection = await new ConnectionFactory { Uri = address }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var bus = new MessageBus(connection, channel);
        await channel.ExchangeDeclareAsync(Wire.Exchange, ExchangeType.Topic, durable: true);
        var queue = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(queue.QueueName, Wire.Exchange, "invoicing.#");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            bus._heard.Enqueue((message.RoutingKey, System.Text.Encoding.UTF8.GetString(message.Body.Span)));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
        return bus;
    }

    /// <summary>What was published under a contract and mentions a text.</summary>
    public IReadOnlyList<T> Heard<T>(object mentions) =>
    [
        .. from message in _heard
           where message.RoutingKey == ContractName.Of(typeof(T)).RoutingKey
               && message.Body.Contains(mentions.ToString()!, StringComparison.Ordinal)
           select JsonSerializer.Deserialize<T>(message.Body, Json.Wire),
    ];

    /// <summary>
    /// Publishes a contract as another service's relay does, of an event that happened then. Where its place in that
    /// service's log is not said, the streams of the test are as old as they are long.
    /// </summary>
    public async Task PublishAsync(
        object contract, Guid? messageId = null, long version = 1, DateTimeOffset? happenedAt = null,
        long? sequence = null)
    {
        var name = ContractName.Of(contract.GetType());
        var properties = new BasicProperties
        {
            MessageId = (messageId ?? Ids.Next(TimeProvider.System)).ToString(),
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            Timestamp = new AmqpTimestamp((happenedAt ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds()),
            Headers = new Dictionary<string, object?>
            {
                [Wire.MessageType] = name.Urn,
                [Wire.StreamVersion] = version,
                [Wire.Sequence] = sequence ?? version,
            },
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(contract, contract.GetType(), Json.Wire);
        await _channel.BasicPublishAsync(Wire.Exchange, name.RoutingKey, mandatory: true, properties, body);
    }

    /// <summary>Messages in a queue that nobody reads.</summary>
    public async Task<uint> CountAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
