using System.Threading.RateLimiting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderToCash.Messaging;

/// <summary>
/// A publisher's connection to RabbitMQ: one channel with confirms, made anew after any fault. The channel may be
/// shared.
/// </summary>
/// <param name="address"><c>amqp://user:password@host:port/vhost</c>.</param>
/// <param name="service">The service that publishes.</param>
/// <param name="purpose">What for; operators see it beside the service's name.</param>
public sealed class BrokerConnection(Uri address, string service, string purpose) : IAsyncDisposable
{
    /// <summary>Messages in flight; from here on more of them do not make publishing faster.</summary>
    internal const int InFlight = 256;

    /// <summary>A publish in flight while the broker dies never ends by itself.</summary>
    private static readonly TimeSpan ConfirmLimit = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _opening = new(1);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>
    /// Publishes and waits until the broker has confirmed everything: 20 seconds at most, then a
    /// <see cref="TimeoutException"/>. After any fault it is not known what was confirmed, and the next publish opens
    /// another channel; only where the broker returns a message (<see cref="PublishException.IsReturn"/>) it stays.
    /// </summary>
    public async Task PublishAsync(
        Func<IChannel, CancellationToken, Task> publish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(publish);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConfirmLimit);
        IChannel? channel = null;
        try
        {
            channel = await PublishChannelAsync(limit.Token);

            // A call that waits for its turn on a channel that is disposed by another caller is never told.
            await publish(channel, limit.Token).WaitAsync(limit.Token);
        }
        catch (PublishException returned) when (returned.IsReturn)
        {
            throw;
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            await ResetAsync(channel);
            throw new TimeoutException(
                $"The broker has not confirmed within {ConfirmLimit.TotalSeconds} seconds.", late);
        }
        catch
        {
            await ResetAsync(channel);
            throw;
        }
    }

    /// <summary>
    /// An open channel whose publishes complete when the broker has confirmed. The exchange is there.
    /// </summary>
    public async Task<IChannel> PublishChannelAsync(CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);
        try
        {
            if (_channel is not { IsOpen: true })
                _channel = await OpenAsync(cancellation);
            return _channel;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<IChannel> OpenAsync(CancellationToken cancellation)
    {
        await DropAsync();
        var factory = new ConnectionFactory
        {
            Uri = address,
            ClientProvidedName = $"{service} {purpose}",
            // A half-recovered channel would hide lost confirms; we open a new one instead.
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = TimeSpan.FromSeconds(10),
        };
        _connection = await factory.CreateConnectionAsync(cancellation);
        var channel = await _connection.CreateChannelAsync(
            new CreateChannelOptions(
                publisherConfirmationsEnabled: true,
                publisherConfirmationTrackingEnabled: true,
                outstandingPublisherConfirmationsRateLimiter: new ConcurrencyLimiter(new ConcurrencyLimiterOptions
                {
                    PermitLimit = InFlight,
                    QueueLimit = int.MaxValue,
                    QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
                })),
            cancellation);
        await channel.ExchangeDeclareAsync(
            Wire.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellation);
        return channel;
    }

    /// <summary>Drops the connection of this channel, unless somebody has opened another since.</summary>
    private async Task ResetAsync(IChannel? faulty)
    {
        await _opening.WaitAsync();
        try
        {
            if (faulty is not null && faulty == _channel)
                await DropAsync();
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task DropAsync()
    {
        var (channel, connection) = (_channel, _connection);
        (_channel, _connection) = (null, null);
        try
        {
            if (channel is not null)
                await channel.DisposeAsync();
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DropAsync();
        _opening.Dispose();
    }
}
