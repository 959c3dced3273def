using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OrderToCash.EventSourcing.Migrations;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing;

/// <summary>What a service says about its store: names, read models, schema.</summary>
public sealed class EventStoreOptions
{
    internal List<SchemaModule> Modules { get; } = [new("event-store", typeof(EventStore).Assembly)];

    internal List<Projection> InlineProjections { get; } = [];

    internal List<AppendCheck> Checks { get; } = [];

    /// <summary>Stored names of the service's events.</summary>
    public EventTypes Types { get; } = new();

    /// <summary>Applies the <c>Schema/*.sql</c> files embedded in the assembly of <typeparamref name="T"/>.</summary>
    public EventStoreOptions Schema<T>(string module)
    {
        Modules.Add(new SchemaModule(module, typeof(T).Assembly));
        return this;
    }

    /// <summary>Keeps this read model in the transaction of every append.</summary>
    public EventStoreOptions Inline(Projection projection)
    {
        InlineProjections.Add(projection);
        return this;
    }

    /// <summary>Runs this check before every append, in its transaction, whichever path the append comes by.</summary>
    public EventStoreOptions Check(AppendCheck check)
    {
        Checks.Add(check);
        return this;
    }
}

/// <summary>Adds the event store to a service.</summary>
public static class EventStoreRegistration
{
    /// <summary>Adds the store on the database that <c>ConnectionStrings:Postgres</c> names.</summary>
    public static IServiceCollection AddEventStore(
        this IHostApplicationBuilder builder, Action<EventStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddEventStore(
            builder.Configuration.RequiredConnectionString(ConnectionStrings.Postgres), configure);
    }

    /// <summary>
    /// Adds the store on this PostgreSQL database; the schema is applied before any other hosted service starts.
    /// </summary>
    public static IServiceCollection AddEventStore(
        this IServiceCollection services, string connectionString, Action<EventStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new EventStoreOptions();
        configure(options);
        services.AddSingleton(_ => DataSource(connectionString));
        services.AddKeyedSingleton(Sessions, (_, _) => SessionSource(connectionString));
        services.AddSingleton(options.Types);
        services.AddSingleton<IReadOnlyList<SchemaModule>>(options.Modules);
        services.AddSingleton<IReadOnlyList<Projection>>(options.InlineProjections);
        services.AddSingleton<IReadOnlyList<AppendCheck>>(options.Checks);
        services.AddHostedService<SchemaMigrator>();
        services.AddSingleton<IEventStoreEngine, NpgsqlEngine>();
        services.AddSingleton(_ => new StateCache());
        services.AddSingleton<AppendSignal>();
        services.AddHostedService(provider => provider.GetRequiredService<AppendSignal>());
        services.AddSingleton<EventStore>();
        services.AddSingleton<ProjectionRebuild>();
        services.AddSingleton<SubscriptionMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<SubscriptionMonitor>());
        return services;
    }

    /// <summary>Adds a subscription, made of what the container has, and its runner.</summary>
    public static IServiceCollection AddSubscription<TSubscription>(this IServiceCollection services)
        where TSubscription : class, ISubscription =>
        services.AddSubscription(provider => ActivatorUtilities.CreateInstance<TSubscription>(provider));

    /// <summary>Adds a subscription and its runner.</summary>
    public static IServiceCollection AddSubscription<TSubscription>(
        this IServiceCollection services, Func<IServiceProvider, TSubscription> create)
        where TSubscription : class, ISubscription
    {
        // By key, as all runners are of one type.
        var key = new object();
        services.AddKeyedSingleton<ISubscription>(key, (provider, _) => create(provider));
        services.AddKeyedSingleton(key, (provider, _) => ActivatorUtilities.CreateInstance<SubscriptionRunner>(
            provider, provider.GetRequiredKeyedService<ISubscription>(key)));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<ISubscription>(key));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<SubscriptionRunner>(key));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<SubscriptionRunner>(key));
        return services;
    }

    /// <summary>
    /// Key of the data source for those who keep state in their session: locks, LISTEN, a search path.
    /// </summary>
    public const string Sessions = "sessions";

    /// <summary>
    /// The data source every service uses: prepared statements, and both ends notice soon when the other is dead. A
    /// connection goes back to the pool as it is, which saves a third of a small write's CPU; whoever changes its
    /// session uses another.
    /// </summary>
    public static NpgsqlDataSource DataSource(string connectionString)
    {
        var settings = Settings(connectionString);
        settings.NoResetOnClose = true;
        return Create(settings);
    }

    /// <summary>Connections that are not pooled: what a session holds ends with it, however it ends.</summary>
    public static NpgsqlDataSource SessionSource(string connectionString)
    {
        var settings = Settings(connectionString);
        settings.Pooling = false;
        return Create(settings);
    }

    /// <summary>Metrics name the database, not the whole connection string.</summary>
    private static NpgsqlDataSource Create(NpgsqlConnectionStringBuilder settings) =>
        new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = settings.Database }.Build();

    private static NpgsqlConnectionStringBuilder Settings(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 5,
            TcpKeepAliveInterval = 2,

            // A command that takes longer than it may takes its connection along: the server is told to end it, and
            // its answer is not waited for. Of a connection that goes on after one the driver may have lost count of
            // what it has prepared, and the next who uses it gets an error or another's rows.
            CancellationTimeout = -1,
        };
        // No statement here runs long enough to earn back what compiling it costs the server.
        const string server =
            "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2 -c jit=off";
        settings.Options = $"{settings.Options} {server}";
        return settings;
    }
}
