using System.Threading.RateLimiting;
using RabbitMQ.Client;

namespace OrderToCash.Messaging;

/// <summary>The relay's connection to RabbitMQ: one channel with publisher confirms, made anew after any fault.</summary>
public sealed class BrokerConnection(Uri address, string clientName) : IAsyncDisposable
{
    /// <summary>Messages in flight; from here on more of them do not make publishing faster.</summary>
    private const int InFlight = 256;

    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>An open channel whose publishes complete when the broker has confirmed; declares the exchange first.</summary>
    public async Task<IChannel> PublishChannelAsync(CancellationToken cancellation)
    {
        if (_channel is { IsOpen: true })
            return _channel;
        await ResetAsync();
        var factory = new ConnectionFactory
        {
            Uri = address,
            ClientProvidedName = clientName,
            // A half-recovered channel would hide lost confirms; we open a new one instead.
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = TimeSpan.FromSeconds(10),
        };
        _connection = await factory.CreateConnectionAsync(cancellation);
        _channel = await _connection.CreateChannelAsync(
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
        await _channel.ExchangeDeclareAsync(
            Wire.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellation);
        return _channel;
    }

    /// <summary>Drops the connection; the next publish opens another.</summary>
    public async Task ResetAsync()
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
    public async ValueTask DisposeAsync() => await ResetAsync();
}
