using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Migrations;
using OrderToCash.Kernel;
using OrderToCash.Local.Processes;
using OrderToCash.Local.Servers;

namespace OrderToCash.Benchmarks;

/// <summary>What a benchmark works with: durable servers of its own (fsync on), its turns, and the report.</summary>
internal sealed class Bench(Report report) : IAsyncDisposable
{
    private readonly ServerOptions _options =
        ServerOptions.Temporary() with { Say = Console.WriteLine };

    private readonly List<IAsyncDisposable> _owned = [];
    private PostgresServer? _postgres;
    private RabbitServer? _rabbit;

    public required TimeSpan Turn { get; init; }

    public required int Rounds { get; init; }

    /// <summary>Open items, where a benchmark makes as many as are asked for.</summary>
    public required int Items { get; init; }

    public Report Report => report;

    public async Task<PostgresServer> PostgresAsync(CancellationToken cancellation) =>
        _postgres ??= await PostgresServer.StartAsync(_options, cancellation);

    public async Task<RabbitServer> RabbitAsync(CancellationToken cancellation) =>
        _rabbit ??= await RabbitServer.StartAsync(_options, cancellation);

    /// <summary>The address of a new database.</summary>
    public async Task<string> DatabaseAsync(CancellationToken cancellation)
    {
        var server = await PostgresAsync(cancellation);
        var name = $"bench_{Ids.Next(TimeProvider.System):N}";
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await source.ExecuteAsync($"create database {name}", cancellation);
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Programs of the system as processes, published as they are deployed.</summary>
    public async Task<OrderToCashSystem> SystemAsync(CancellationToken cancellation, params string[] programs)
    {
        var published = new List<ServiceProgram>();
        foreach (var program in ServiceProgram.All.Where(program => programs.Contains(program.Name)))
            published.Add(await ServiceBuild.PublishAsync(program, Console.WriteLine, cancellation));
        var options = new SystemOptions
        {
            Folder = _options.Folder,
            Postgres = (await PostgresAsync(cancellation)).ConnectionString,
            Rabbit = (await RabbitAsync(cancellation)).Amqp,
            Programs = published,
            Say = Console.WriteLine,
        };
        return Own(await OrderToCashSystem.StartAsync(options, cancellation));
    }

    /// <summary>The database of a running program, seen as the program sees it.</summary>
    public NpgsqlDataSource DatabaseOf(OrderToCashSystem system, string program) =>
        Own(EventStoreRegistration.DataSource(system.DatabaseOf(system.Instance(program).Program)));

    /// <summary>An event store without a service, in a new database or in this one.</summary>
    public async Task<ServiceProvider> StoreAsync(
        Action<EventStoreOptions> configure, CancellationToken cancellation, Action<IServiceCollection>? more = null,
        string? address = null)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddEventStore(address ?? await DatabaseAsync(cancellation), configure)
            .AddSingleton<SchemaMigrator>();
        more?.Invoke(services);
        var provider = Own(services.BuildServiceProvider());
        await provider.GetRequiredService<SchemaMigrator>().ApplyAsync(cancellation);
        return provider;
    }

    /// <summary>CPU of this process, of PostgreSQL, and of programs of a system.</summary>
    public CpuTime Cpu(params ServiceInstance[] instances) => new([
        .. instances.Select(one => (one.Program.Name, (IReadOnlyList<int>)[one.ProcessId])),
        ("PostgreSQL", _postgres?.ProcessIds ?? []),
        .. _rabbit is null ? [] : new (string, IReadOnlyList<int>)[] { ("RabbitMQ", _rabbit.ProcessIds) }]);

    /// <summary>Ends with the benchmark, before the servers; the last first.</summary>
    public T Own<T>(T one)
        where T : IAsyncDisposable
    {
        _owned.Add(one);
        return one;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_owned))
            await one.DisposeAsync();
        if (_rabbit is not null)
            await _rabbit.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        Directory.Delete(_options.Folder, recursive: true);
    }
}

/// <summary>Small things asked of a database.</summary>
internal static class DatabaseExtensions
{
    public static async Task ExecuteAsync(
        this NpgsqlDataSource database, string sql, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(database, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<T> ScalarAsync<T>(
        this NpgsqlDataSource database, string sql, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(database, sql, parameters);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Waits until the query answers true.</summary>
    public static async Task UntilAsync(
        this NpgsqlDataSource database, string sql, CancellationToken cancellation, params object[] parameters)
    {
        var asked = Stopwatch.StartNew();
        while (!await database.ScalarAsync<bool>(sql, cancellation, parameters))
        {
            // Asking must not become a part of what is measured.
            await Task.Delay(TimeSpan.FromMilliseconds(5) + (10 * asked.Elapsed), TimeProvider.System, cancellation);
            asked.Restart();
        }
    }

    private static NpgsqlCommand Command(NpgsqlDataSource database, string sql, object[] parameters)
    {
        var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        return command;
    }
}
