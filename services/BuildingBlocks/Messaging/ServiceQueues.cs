using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using RabbitMQ.Client;

namespace OrderToCash.Messaging;

/// <summary>A queue that a service reads.</summary>
/// <param name="Name">Its name.</param>
/// <param name="RoutingKeys">What of <see cref="Wire.Exchange"/> comes into it.</param>
public sealed record ServiceQueue(string Name, IReadOnlyList<string> RoutingKeys);

/// <summary>
/// The durable queues of a service: those that it reads, with what is bound to them, and beside each the two for what
/// is set aside from it, as MassTransit would make them for the first such message. They are made before anybody reads
/// them, by one instance after the other: a broker that is asked to read a queue which another connection is just
/// making fails, and MassTransit does not try again.
/// They are bound here, one call after the other, and not by MassTransit, which binds all contracts of a consumer at
/// once on one channel, each time it connects: where the connection is lost meanwhile, calls that wait for their turn
/// on that channel are never told (RabbitMQ.Client up to 7.2.2), and the consumer stands still without an error.
/// </summary>
public sealed partial class ServiceQueues(
    Uri broker, string service, IReadOnlyList<ServiceQueue> queues,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions, ILogger<ServiceQueues> log)
{
    private static readonly long LockKey = Ids.LockKey("ordertocash:queues");

    private readonly TaskCompletionSource _made = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// How each of them is declared, for ever: a broker refuses other arguments for a queue that is there. What may
    /// change is a policy of the broker, such as how often a message may come back (see deploy/RUNBOOK.md).
    /// </summary>
    private static readonly Dictionary<string, object?> Arguments = new() { ["x-queue-type"] = "quorum" };

    /// <summary>Those that the service reads.</summary>
    public IReadOnlyList<string> Names { get; } = [.. queues.Select(queue => queue.Name)];

    /// <summary>Done once all of them are there.</summary>
    public Task Made => _made.Task;

    /// <summary>Makes and binds those that are not there; waits for another instance that is doing it.</summary>
    public async Task MakeAsync(CancellationToken stop)
    {
        await using var turn = await Turn.WaitAsync(sessions, LockKey, stop);
        await using var connection = await ConnectAsync("queues", stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        await MakeAsync(channel, stop);
        LogMade(log, queues.Count);
        _made.TrySetResult();
    }

    /// <summary>The same on this channel; first what is read, then where it may be set aside.</summary>
    public async Task MakeAsync(IChannel channel, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(channel);
        await channel.ExchangeDeclareAsync(
            Wire.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: stop);
        foreach (var queue in queues)
        {
            await DeclareAsync(channel, queue.Name, stop);
            await BindAsync(channel, queue, stop);
        }

        foreach (var queue in queues)
        {
            foreach (var suffix in DeadLetters.Suffixes)
                await DeclareAsync(channel, queue.Name + suffix, stop);
        }
    }

    /// <summary>A connection of its own, which ends with the one who asks.</summary>
    public Task<IConnection> ConnectAsync(string purpose, CancellationToken stop) => new ConnectionFactory
    {
        Uri = broker,
        ClientProvidedName = $"{service} {purpose}",
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync(stop);

    /// <summary>Declares a queue that is there already, or makes it; and says how many messages wait in it.</summary>
    public static async Task<uint> DeclareAsync(IChannel channel, string queue, CancellationToken stop) =>
        (await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, Arguments, cancellationToken: stop))
        .MessageCount;

    /// <summary>By way of the exchange of its name, which MassTransit reads a queue with.</summary>
    private static async Task BindAsync(IChannel channel, ServiceQueue queue, CancellationToken stop)
    {
        await channel.ExchangeDeclareAsync(
            queue.Name, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: stop);
        await channel.QueueBindAsync(queue.Name, queue.Name, routingKey: "", cancellationToken: stop);
        foreach (var routingKey in queue.RoutingKeys)
            await channel.ExchangeBindAsync(queue.Name, Wire.Exchange, routingKey, cancellationToken: stop);
    }

    [LoggerMessage(Level = LogLevel.Information, EventName = "messaging.queues.made",
        Message = "The {Count} queues of this service are there")]
    private static partial void LogMade(ILogger log, int count);
}
