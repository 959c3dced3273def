using System.Collections.Concurrent;
using OrderToCash.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace OrderToCash.Faults.Stage;

/// <summary>A message as it passed the exchange.</summary>
internal sealed record TappedMessage(
    Guid Id, string RoutingKey, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body);

/// <summary>
/// Sees every message of <c>otc.events</c> on a durable queue of its own: remembers the ids of all, and some whole ones
/// to send again.
/// </summary>
internal sealed class MessageTap(Uri broker) : IAsyncDisposable
{
    private const string Queue = "faults-tap";
    private const int Kept = 2_000;
    private const ushort Prefetch = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Guid, string> _ids = [];
    private readonly ConcurrentQueue<TappedMessage> _kept = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _following = Task.CompletedTask;

    /// <summary>Ids and routing keys of all messages seen.</summary>
    public IReadOnlyList<(Guid Id, string RoutingKey)> Messages() =>
        [.. _ids.Select(message => (message.Key, message.Value))];

    /// <summary>How many different messages each routing key had.</summary>
    public IReadOnlyDictionary<string, int> Counts() => _ids.Values.CountBy(key => key).ToDictionary();

    /// <summary>The latest messages, whole.</summary>
    public IReadOnlyList<TappedMessage> Latest() => [.. _kept];

    /// <summary>Binds the queue, before anybody publishes, and follows it from then on.</summary>
    public async Task StartAsync()
    {
        await using var connection = await ConnectAsync(_stop.Token);
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(Wire.Exchange, ExchangeType.Topic, durable: true, autoDelete: false);
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, quorum);
        await channel.QueueBindAsync(Queue, Wire.Exchange, "#");
        _following = FollowAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync();
            }
            catch (Exception away) when (away is BrokerUnreachableException or OperationInterruptedException
                or AlreadyClosedException or IOException or OperationCanceledException or TimeoutException)
            {
                // The broker is killed now and then; the queue is durable, so nothing is missed.
            }

            await Task.Delay(Pause, TimeProvider.System, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConsumeAsync()
    {
        await using var connection = await ConnectAsync(_stop.Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: _stop.Token);
        await channel.BasicQosAsync(0, Prefetch, global: false, _stop.Token);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            Remember(message);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, _stop.Token);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, _stop.Token);
        await closed.Task.WaitAsync(_stop.Token);
    }

    private void Remember(BasicDeliverEventArgs message)
    {
        var id = Guid.Parse(message.BasicProperties.MessageId!);
        _ids.TryAdd(id, message.RoutingKey);
        _kept.Enqueue(new TappedMessage(
            id, message.RoutingKey, new BasicProperties(message.BasicProperties), message.Body.ToArray()));
        while (_kept.Count > Kept)
            _kept.TryDequeue(out _);
    }

    private Task<IConnection> ConnectAsync(CancellationToken cancellation) =>
        new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false, ClientProvidedName = "tap" }
            .CreateConnectionAsync(cancellation);
}
