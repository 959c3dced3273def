using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace OrderToCash.Benchmarks;

/// <summary>
/// The way of an invoice without the product: its rows are committed, its id is published to a quorum queue, and a
/// consumer commits a row with the id and acknowledges. What is lost between commit and publish stays lost.
/// </summary>
internal sealed class BarePath(LikeRows rows, NpgsqlDataSource source, NpgsqlDataSource target, IConnection broker)
    : IAsyncDisposable
{
    private const string Queue = "bench-bare-path";
    private const ushort Prefetch = 64;
    private const int BodyBytes = 600;

    private readonly ConcurrentDictionary<Guid, long> _committed = new();
    private readonly ConcurrentQueue<TimeSpan> _delays = new();
    private IChannel _channel = null!;

    /// <summary>From commit to commit, in the order of arrival.</summary>
    public IReadOnlyCollection<TimeSpan> Delays => _delays;

    public static async Task<BarePath> OpenAsync(Bench bench, LikeRows rows, CancellationToken cancellation)
    {
        var source = (await Invoicing.StoreAsync(bench, cancellation)).GetRequiredService<NpgsqlDataSource>();
        var target = bench.Own(EventStoreRegistration.DataSource(await bench.DatabaseAsync(cancellation)));
        await target.ExecuteAsync("create table arrived (id uuid primary key)", cancellation);
        var factory = new ConnectionFactory { Uri = (await bench.RabbitAsync(cancellation)).Amqp };
        var path = new BarePath(rows, source, target, await factory.CreateConnectionAsync(cancellation));
        await path.ConsumeAsync(cancellation);
        return path;
    }

    public async Task SendAsync(CancellationToken cancellation)
    {
        await using (var connection = await source.OpenConnectionAsync(cancellation))
            await rows.InsertAsync(connection, cancellation);
        var id = Ids.Next(TimeProvider.System);
        _committed[id] = Stopwatch.GetTimestamp();
        var properties = new BasicProperties { MessageId = id.ToString(), DeliveryMode = DeliveryModes.Persistent };
        await _channel.BasicPublishAsync("", Queue, mandatory: false, properties, new byte[BodyBytes], cancellation);
    }

    /// <summary>Waits until everything that was sent has arrived.</summary>
    public async Task ArrivedAsync(CancellationToken cancellation)
    {
        while (!_committed.IsEmpty)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await broker.DisposeAsync();
    }

    private async Task ConsumeAsync(CancellationToken cancellation)
    {
        _channel = await broker.CreateChannelAsync(
            new CreateChannelOptions(
                publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true,
                consumerDispatchConcurrency: 16),
            cancellation);
        await _channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellation);
        await _channel.BasicQosAsync(0, Prefetch, global: false, cancellation);
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            var id = Guid.Parse(message.BasicProperties.MessageId!);
            await target.ExecuteAsync("insert into arrived values ($1)", cancellation, id);
            _delays.Enqueue(Stopwatch.GetElapsedTime(_committed[id]));
            _committed.TryRemove(id, out var _);
            await _channel.BasicAckAsync(message.DeliveryTag, multiple: false, cancellation);
        };
        await _channel.BasicConsumeAsync(Queue, autoAck: false, consumer, cancellation);
    }
}
