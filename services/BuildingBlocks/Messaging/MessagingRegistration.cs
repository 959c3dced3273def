using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Messaging;

/// <summary>What a service says about its messages: what it publishes and which queues it reads.</summary>
public sealed class MessagingOptions
{
    /// <summary>
    /// Messages at once for a consumer that only writes rows (<see cref="Inbox.WriteAsync(ConsumeContext,
    /// NpgsqlBatchCommand[])"/>) and has many of them: they share transactions, so more need no more connections.
    /// </summary>
    public const int RowsTogether = 64;

    internal Publications Publications { get; private set; } = new();

    internal List<EndpointOptions> Endpoints { get; } = [];

    /// <summary>
    /// How long consumers may stand still while the broker answers before the process ends (see
    /// <see cref="BusWatch"/>): far longer than MassTransit takes to connect again.
    /// </summary>
    internal TimeSpan StandstillLimit { get; private set; } = TimeSpan.FromMinutes(3);

    /// <summary>Stored events to contracts.</summary>
    public MessagingOptions Publish(Publications publications)
    {
        Publications = publications;
        return this;
    }

    /// <summary>Consumers that stand still for this long, although the broker answers, end the process.</summary>
    public MessagingOptions EndAfterStandstill(TimeSpan limit)
    {
        StandstillLimit = limit;
        return this;
    }

    /// <summary>
    /// One durable queue and the consumer that reads it; it is bound to every contract the consumer implements
    /// <see cref="IConsumer{T}"/> for. One queue per service and concern, e.g. <c>credit-receivables</c>.
    /// </summary>
    public MessagingOptions Endpoint<TConsumer>(string queue, int concurrency = 16)
        where TConsumer : class, IConsumer
    {
        Endpoints.Add(new EndpointOptions(queue, typeof(TConsumer), concurrency));
        return this;
    }
}

internal sealed record EndpointOptions(string Queue, Type Consumer, int Concurrency)
{
    public IEnumerable<string> RoutingKeys =>
        from contract in Consumer.GetInterfaces()
        where contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IConsumer<>)
        select ContractName.Of(contract.GetGenericArguments()[0]).RoutingKey;
}

/// <summary>Adds the event path to a service: relay out, consumers in.</summary>
public static class MessagingRegistration
{
    /// <summary>Key of the connection for what is published beside the relay.</summary>
    internal const string Asides = "asides";

    /// <summary>
    /// Tries of a message while PostgreSQL is away: ten minutes where it refuses at once, and less than the thirty in
    /// which the broker wants an answer where each try takes the longest that a command may.
    /// </summary>
    private const int Tries = 34;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long the broker may take to declare a queue. A consumer whose queue was not declared in time does not try
    /// again, and quorum queues take their time while many services start at once.
    /// </summary>
    private static readonly TimeSpan BrokerPatience = TimeSpan.FromMinutes(2);

    /// <summary>Adds relay, inbox and consumers on the broker that <c>ConnectionStrings:RabbitMq</c> names.</summary>
    public static IServiceCollection AddMessaging(
        this IHostApplicationBuilder builder, string service, Action<MessagingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddMessaging(
            service, builder.Configuration.RequiredConnectionString(ConnectionStrings.RabbitMq), configure);
    }

    /// <summary>Adds relay, inbox and consumers on this broker (<c>amqp://user:password@host:port/vhost</c>).</summary>
    public static IServiceCollection AddMessaging(
        this IServiceCollection services, string service, string brokerAddress, Action<MessagingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new MessagingOptions();
        configure(options);
        var address = new Uri(brokerAddress);
        services.AddSingleton(options);
        services.AddSingleton(options.Publications);
        services.AddSingleton(_ => new BrokerConnection(address, service, "relay"));
        services.AddKeyedSingleton(Asides, (_, _) => new BrokerConnection(address, service, "asides"));
        services.AddSubscription<EventRelay>();
        services.AddSingleton<CatchUp>();
        services.AddHostedService(provider => provider.GetRequiredService<CatchUp>());
        services.AddSingleton(provider => new Inbox(provider.GetRequiredService<EventStore>(), service));
        ServiceQueue[] queues =
        [
            .. from endpoint in options.Endpoints
               select new ServiceQueue(endpoint.Queue, [.. endpoint.RoutingKeys]),
            new(Wire.RepublishQueue(service), []),
        ];
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<ServiceQueues>(provider, address, service, queues));
        services.AddHostedService<QueueMonitor>();
        services.AddHostedService<BusWatch>();
        services.AddSingleton<BrokerCheck>();
        services.AddHealthChecks().AddCheck<BrokerCheck>("broker", tags: ["ready"]);
        services.AddMassTransit(bus =>
        {
            // Nothing about this system is told to anybody outside of it.
            bus.DisableUsageTelemetry();
            // Its own check would take every instance out of service with the broker; ours is the one that counts.
            bus.ConfigureHealthCheckOptions(health => health.Tags.Add("masstransit"));
            bus.AddConsumer<Republisher>();
            foreach (var endpoint in options.Endpoints)
                bus.AddConsumer(endpoint.Consumer);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(address, host =>
                {
                    host.ConnectionName($"{service} consumers");
                    host.ContinuationTimeout(BrokerPatience);
                });

                // Without AnyMessageType: a message is what its MT-MessageType says, else every consumer of a queue
                // would get every message of that queue.
                rabbit.UseRawJsonSerializer(
                    RawSerializerOptions.AddTransportHeaders | RawSerializerOptions.CopyHeaders, isDefault: true);
                rabbit.ConfigureJsonSerializerOptions(json =>
                {
                    Json.Configure(json);
                    return json;
                });
                rabbit.ReceiveEndpoint(Wire.RepublishQueue(service), queue =>
                    Configure(queue, typeof(Republisher), concurrency: 1, context));
                foreach (var endpoint in options.Endpoints)
                {
                    rabbit.ReceiveEndpoint(endpoint.Queue, queue =>
                        Configure(queue, endpoint.Consumer, endpoint.Concurrency, context));
                }
            });
        });

        // Its own start would be too early, and none would notice that it failed.
        services.RemoveMassTransitHostedService();
        services.AddHostedService<ConsumerStart>();
        return services;
    }

    private static void Configure(
        IRabbitMqReceiveEndpointConfigurator queue, Type consumer, int concurrency, IBusRegistrationContext context)
    {
        // ServiceQueues binds it.
        queue.SetQuorumQueue();
        queue.ConfigureConsumeTopology = false;
        queue.PublishFaults = false;
        queue.PrefetchCount = concurrency * 4;
        queue.ConcurrentMessageLimit = concurrency;

        // A database that is away, or a stream that a newer version beside us has moved on, is nobody's fault: keep the
        // message and wait. Anything else gets a few tries, then the error queue.
        queue.UseMessageRetry(retry =>
        {
            retry.Handle<NpgsqlException>(error => error.IsTransient);
            retry.Handle<UnknownEventTypeException>();
            retry.Handle<LaterContractException>();
            retry.Exponential(Tries, TimeSpan.FromSeconds(1), LongestPause, TimeSpan.FromMilliseconds(500));
        });
        queue.UseMessageRetry(retry =>
        {
            retry.Ignore<NpgsqlException>(error => error.IsTransient);
            retry.Ignore<UnknownEventTypeException>();
            retry.Ignore<LaterContractException>();
            retry.Ignore<MessageRefusedException>();
            retry.Exponential(
                5, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200));
        });
        queue.ConfigureConsumer(context, consumer);
    }
}
