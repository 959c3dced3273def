using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;
using RabbitMQ.Client;

namespace OrderToCash.Messaging.Tests;

/// <summary>An account whose limit is set, in the smallest service that publishes and consumes.</summary>
public sealed record Account(int Changes)
{
    public static readonly StreamType<Account> Type = new("account", new Account(0), (state, _) => new Account(state.Changes + 1));
}

public sealed record LimitSet(Money Limit);

/// <summary>A replica of limits: the newer version wins.</summary>
public sealed class LimitConsumer(Inbox inbox, Deliveries deliveries) : IConsumer<CreditLimitSet>
{
    private static readonly SqlRows<(Guid Customer, decimal Amount, long Version)> Columns =
        new SqlRows<(Guid Customer, decimal Amount, long Version)>()
            .Column(row => row.Customer).Column(row => row.Amount).Column(row => row.Version);

    public async Task Consume(ConsumeContext<CreditLimitSet> context)
    {
        deliveries.Note(context);
        var message = context.Message;
        await inbox.WriteAsync(context, Columns.Command(
            "insert into limits as l (customer_id, amount, version) select * from unnest($1, $2, $3) " +
            "on conflict (customer_id) do update set amount = excluded.amount, version = excluded.version, " +
            "changes = l.changes + 1 where excluded.version > l.version",
            [(message.CustomerId, message.Limit.Amount, context.StreamVersion())]));
        deliveries.Done(context);
    }
}

/// <summary>What arrived at the consumer, and what it is told to do about it.</summary>
public sealed class Deliveries
{
    public ConcurrentQueue<(Guid MessageId, string? Correlation, ActivityTraceId? Trace)> Seen { get; } = new();

    public ConcurrentQueue<Guid> Handled { get; } = new();

    /// <summary>Throws what the consumer is to throw for a message; null lets it pass.</summary>
    public Func<CreditLimitSet, Exception?> Fault { get; set; } = _ => null;

    public void Note(ConsumeContext<CreditLimitSet> context)
    {
        Seen.Enqueue((context.MessageId!.Value, context.Headers.Get<string>(Wire.CorrelationId), Activity.Current?.TraceId));
        if (Fault(context.Message) is { } fault)
            throw fault;
    }

    public void Done(ConsumeContext context) => Handled.Enqueue(context.MessageId!.Value);
}

/// <summary>The service, running on its own database and virtual host.</summary>
public sealed class SampleService : IAsyncDisposable
{
    public const string Queue = "sample-limits";

    private readonly IHost _host;

    private SampleService(IHost host, Uri broker) => (_host, Broker) = (host, broker);

    public Uri Broker { get; }

    public EventStore Store => _host.Services.GetRequiredService<EventStore>();

    /// <summary>True once it has decided to end.</summary>
    public bool IsEnding =>
        _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public CatchUp CatchUp => _host.Services.GetRequiredService<CatchUp>();

    /// <summary>What the consumer of many contracts heard.</summary>
    public ConsumerOfMany.Heard Heard => _host.Services.GetRequiredService<ConsumerOfMany.Heard>();

    public Deliveries Deliveries => _host.Services.GetRequiredService<Deliveries>();

    public static Task<SampleService> StartAsync(string database, Uri broker, bool consumes = true) =>
        StartAsync(database, broker, consumes, publications => publications);

    /// <param name="database">Its own.</param>
    /// <param name="broker">Its virtual host.</param>
    /// <param name="consumes">Whether it keeps the replica.</param>
    /// <param name="alsoPublishes">What it publishes besides limits.</param>
    /// <param name="name">Its name; "credit" is the one asked for contracts of Credit.</param>
    /// <param name="standstill">After which it ends; with it, nobody waits for its consumers here.</param>
    /// <param name="alsoConsumes">What it reads besides limits.</param>
    public static async Task<SampleService> StartAsync(
        string database, Uri broker, bool consumes, Func<Publications, Publications> alsoPublishes,
        string name = "sample", TimeSpan? standstill = null, Action<MessagingOptions>? alsoConsumes = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Deliveries>();
        builder.Services.AddSingleton<ConsumerOfMany.Heard>();
        builder.Services.AddEventStore(database, options =>
        {
            options.Types.Add<LimitSet>("limit_set");
            options.Schema<SampleService>("sample");
        });
        builder.Services.AddMessaging(name, broker.ToString(), messaging =>
        {
            messaging.Publish(alsoPublishes(new Publications().On<LimitSet>(e =>
                new CreditLimitSet(e.StreamId, e.Data.Limit.ToContract(), "because", null))));
            if (consumes)
                messaging.Endpoint<LimitConsumer>(Queue);
            alsoConsumes?.Invoke(messaging);
            if (standstill is { } limit)
                messaging.EndAfterStandstill(limit);
        });
        var host = builder.Build();
        await host.StartAsync();
        var service = new SampleService(host, broker);
        if (consumes && standstill is null)
            await service.BusIsReadyAsync();
        return service;
    }

    public Task SetLimitAsync(Guid customer, decimal amount, EventMetadata? metadata = null) =>
        Store.DecideAsync(
            Account.Type, customer, metadata ?? new EventMetadata("tester"), _ => Decision.Of(new LimitSet(Money.Of(amount, "USD"))));

    /// <summary>What the replica holds: amount, version and how often the row was changed.</summary>
    public async Task<(decimal Amount, long Version, int Changes)?> ReplicaAsync(Guid customer)
    {
        await using var command = Store.Database.CreateCommand("select amount, version, changes from limits where customer_id = $1");
        command.Parameters.AddWithValue(customer);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? (reader.GetDecimal(0), reader.GetInt64(1), reader.GetInt32(2)) : null;
    }

    public async Task<long> CountAsync(string table)
    {
        await using var command = Store.Database.CreateCommand($"select count(*) from {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task<long> RelayPositionAsync()
    {
        await using var command = Store.Database.CreateCommand(
            "select coalesce((select last_seq_id from mt_event_progression where name = 'Relay:All'), 0)");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task<string?> RelayErrorAsync() =>
        (await _host.Services.GetRequiredService<SubscriptionMonitor>().ReadAsync()).Single().LastError;

    /// <summary>What its readiness says.</summary>
    public async Task<HealthStatus> HealthAsync() =>
        (await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(
            check => check.Tags.Contains("ready"))).Status;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>The queue must be bound before anything is published that a test counts.</summary>
    private Task BusIsReadyAsync() => _host.Services.GetRequiredService<IBusControl>()
        .WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(60));
}

/// <summary>A bare client beside the service: what another language would be.</summary>
public sealed class BareClient : IAsyncDisposable
{
    private readonly IChannel _channel;

    private BareClient(IConnection connection, IChannel channel) => (Connection, _channel) = (connection, channel);

    public IConnection Connection { get; }

    public static async Task<BareClient> ConnectAsync(Uri broker)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.ExchangeDeclareAsync(Wire.Exchange, ExchangeType.Topic, durable: true);
        return new BareClient(connection, channel);
    }

    /// <summary>A queue that gets everything published from now on.</summary>
    public async Task<string> ListenAsync(string routingKey = "#")
    {
        var queue = await _channel.QueueDeclareAsync("", durable: false, exclusive: false, autoDelete: false);
        await _channel.QueueBindAsync(queue.QueueName, Wire.Exchange, routingKey);
        return queue.QueueName;
    }

    public async Task<BasicGetResult?> TakeAsync(string queue) => await _channel.BasicGetAsync(queue, autoAck: true);

    public async Task PublishAsync(
        string body, Guid? messageId = null, long? version = 1, string routingKey = "credit.v1.credit-limit-set",
        string? urn = "urn:message:OrderToCash.Contracts.Credit.V1:CreditLimitSet")
    {
        var headers = new Dictionary<string, object?>();
        if (urn is not null)
            headers[Wire.MessageType] = urn;
        if (version is not null)
            headers[Wire.StreamVersion] = version.Value;
        var properties = new BasicProperties
        {
            MessageId = (messageId ?? Ids.Next(TimeProvider.System)).ToString(),
            ContentType = "application/json",
            Headers = headers,
        };
        await _channel.BasicPublishAsync(
            Wire.Exchange, routingKey, mandatory: false, properties, System.Text.Encoding.UTF8.GetBytes(body));
    }

    public static string Limit(Guid customer, decimal amount) => System.Text.Json.JsonSerializer.Serialize(
        new CreditLimitSet(customer, new Contracts.MoneyAmount(amount, "USD"), "because", null), Json.Wire);

    public async Task<uint> CountAsync(string queue)
    {
        try
        {
            await using var channel = await Connection.CreateChannelAsync();
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == 404)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
