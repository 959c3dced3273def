using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrderToCash.EventSourcing.Migrations;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing.Tests.Samples;

/// <summary>A database of its own for each test class, with the event store's tables and those of the sample.</summary>
public sealed class StoreDatabase(Servers servers) : IAsyncLifetime
{
    private readonly List<StoreInstance> _instances = [];
    private TestDatabase _database = null!;

    public string ConnectionString => _database.ConnectionString;

    /// <summary>For looking at the tables and for doing what no store does.</summary>
    public NpgsqlDataSource Source => _database.Source;

    public async ValueTask InitializeAsync() =>
        _database = await servers.CreateDatabaseAsync("event store", MigrateAsync);

    /// <summary>The event store's tables and those of the sample.</summary>
    public static async Task MigrateAsync(string connectionString)
    {
        await using var source = EventStoreRegistration.SessionSource(connectionString);
        var log = NullLogger<SchemaMigrator>.Instance;
        await new SchemaMigrator(source, Modules(), TimeProvider.System, log).ApplyAsync();
    }

    public static SchemaModule[] Modules() =>
        [new("event-store", typeof(EventStore).Assembly), new("accounts", typeof(StoreDatabase).Assembly)];

    /// <summary>An instance that keeps the read model of the sample inline.</summary>
    public StoreInstance Instance() => Instance(options => options.Inline(new AccountBalances()));

    /// <summary>A service instance: its own connections, cache and signal, as in a process of its own.</summary>
    public StoreInstance Instance(Action<EventStoreOptions> configure, Action<IServiceCollection>? services = null)
    {
        var instance = new StoreInstance(ConnectionString, configure, services);
        _instances.Add(instance);
        return instance;
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<long> BalanceAsync(Guid account) =>
        ScalarAsync<long>("select balance from account_balances where account_id = $1", account);

    public Task<long> CountAsync(string table) => ScalarAsync<long>($"select count(*) from {table}");

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Rows as text, one string per row.</summary>
    public async Task<List<string>> RowsAsync(string sql, params object[] parameters)
    {
        await using var command = Source.CreateCommand($"select t::text from ({sql}) t");
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
            await instance.DisposeAsync();
        await _database.DisposeAsync();
    }
}

/// <summary>One instance of a service, as far as its store goes.</summary>
public sealed class StoreInstance : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private int _disposed;

    public StoreInstance(
        string connectionString, Action<EventStoreOptions> configure, Action<IServiceCollection>? services = null)
    {
        var collection = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System);
        collection.AddEventStore(connectionString, options =>
        {
            Account.Register(options.Types);
            configure(options);
        });
        services?.Invoke(collection);
        _services = collection.BuildServiceProvider();
    }

    public EventStore Store => Get<EventStore>();

    public IEventStoreEngine Engine => Get<IEventStoreEngine>();

    public AppendSignal Signal => Get<AppendSignal>();

    public SubscriptionMonitor Monitor => Get<SubscriptionMonitor>();

    public ProjectionRebuild Rebuild => Get<ProjectionRebuild>();

    public IReadOnlyList<SubscriptionRunner> Runners => [.. _services.GetServices<SubscriptionRunner>()];

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Appends to one stream, as one who knows its version.</summary>
    public Task<CommitResult> AppendAsync(Guid streamId, long expectedVersion, params object[] events) =>
        Store.CommitAsync(new WriteBatch(Some.Metadata).Append(Account.Stream, streamId, expectedVersion, events));

    /// <summary>A new account with this balance.</summary>
    public async Task<Guid> OpenAsync(long balance = 0)
    {
        var id = Some.Id();
        var opened = new AccountOpened($"owner {id}");
        object[] events = balance > 0 ? [opened, new Deposited(balance)] : [opened];
        (await AppendAsync(id, 0, events)).IsCommitted.ShouldBeTrue();
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        foreach (var runner in Runners)
            await runner.StopAsync(CancellationToken.None);
        await Signal.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}

/// <summary>Values whose content does not matter.</summary>
public static class Some
{
    public static readonly EventMetadata Metadata = new("tester", "correlation-1", "causation-1");

    public static Guid Id() => Ids.Next(TimeProvider.System);
}

/// <summary>Lets others go on for a while; nothing is ever concluded from how long.</summary>
public static class Pause
{
    public static Task ForAsync(int milliseconds) =>
        Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System);
}
