using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Migrations;
using OrderToCash.Kernel;
using OrderToCash.Local.Servers;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>append</c>: what the event store adds to the cost of its rows. The bare loop writes the same rows with nothing
/// but Npgsql: one connection per writer, prepared statements, one round trip, nothing checked.
/// </summary>
internal static class AppendBenchmark
{
    private static readonly int[] Concurrencies = [1, 8, 32];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = "Seconds per round and figure.",
            DefaultValueFactory = _ => 3,
        };
        var rounds = new Option<int>("--rounds")
        {
            Description = "Rounds; the median counts.",
            DefaultValueFactory = _ => 3,
        };
        var json = new Option<FileInfo?>("--json") { Description = "Writes the figures to this file too." };
        var postgres = new Option<string?>("--postgres")
        {
            Description = "Connection string of a server to measure; without it a private, durable one is started.",
        };
        var command = new Command("append", "Transactions per second of appends, against a bare Npgsql loop.")
        {
            seconds, rounds, json, postgres,
        };
        command.SetAction((arguments, cancellation) => RunAsync(
            TimeSpan.FromSeconds(arguments.GetValue(seconds)), arguments.GetValue(rounds), arguments.GetValue(json),
            arguments.GetValue(postgres), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        TimeSpan time, int rounds, FileInfo? json, string? given, CancellationToken cancellation)
    {
        await using var server = given is null
            ? await PostgresServer.StartAsync(
                ServerOptions.Throwaway() with { Mode = ServerMode.Durable }, cancellation)
            : PostgresServer.At(given);
        var connectionString = await CreateDatabaseAsync(server.ConnectionString, cancellation);
        await using var services = Services(connectionString);
        await services.GetRequiredService<SchemaMigrator>().ApplyAsync(cancellation);

        var figures = new List<Figure>();
        var cpu = new CpuTime(server.ProcessIds);
        Console.WriteLine(Figure.Head);
        foreach (var (events, isNew) in new[] { (1, true), (3, true), (1, false), (3, false) })
        {
            foreach (var writers in Concurrencies)
            {
                var one = new AppendCase(events, isNew, writers);
                var figure = await MeasureAsync(services, cpu, one, time, rounds, cancellation);
                figures.Add(figure);
                Console.WriteLine(figure);
            }
        }

        if (json is not null)
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(figures, Indented), cancellation);
        return 0;
    }

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The contenders take turns, so that what else the machine does hits all of them.</summary>
    private static async Task<Figure> MeasureAsync(
        ServiceProvider services, CpuTime cpu, AppendCase one, TimeSpan time, int rounds,
        CancellationToken cancellation)
    {
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var store = services.GetRequiredService<EventStore>();
        Func<IAppendWriter>[] contenders =
        [
            () => new BareWriter(database, one),
            () => new StoreWriter(store, one),
            () => new DecidingWriter(store, one),
        ];
        var costs = contenders.Select(_ => new List<Cost>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (contender, cost) in contenders.Zip(costs))
                cost.Add(await CostAsync(contender, cpu, one.Writers, time, cancellation));
        }

        var medians = Array.ConvertAll(costs, Cost.Median);
        return new Figure(one.Events, one.IsNew ? "new" : "existing", one.Writers, medians[0], medians[1], medians[2]);
    }

    private static async Task<Cost> CostAsync(
        Func<IAppendWriter> create, CpuTime cpu, int writers, TimeSpan time, CancellationToken cancellation)
    {
        var all = Enumerable.Range(0, writers).Select(_ => create()).ToArray();
        foreach (var writer in all)
            await writer.PrepareAsync(cancellation);
        await CountAsync(all, WarmUp, cancellation);
        var before = cpu.Now();
        var clock = Stopwatch.StartNew();
        var count = await CountAsync(all, time, cancellation);
        var elapsed = clock.Elapsed;
        var after = cpu.Now();
        foreach (var writer in all)
            await writer.DisposeAsync();
        return new Cost(
            count / Seconds(elapsed), Seconds(after.Client - before.Client) * 1_000_000 / count,
            Seconds(after.Server - before.Server) * 1_000_000 / count);
    }

    private static decimal Seconds(TimeSpan time) => (decimal)time.TotalSeconds;

    private static async Task<long> CountAsync(IAppendWriter[] writers, TimeSpan time, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(writers.Select(async writer =>
        {
            long count = 0;
            for (; clock.Elapsed < time; count++)
                await writer.WriteAsync(cancellation);
            return count;
        }));
        return counts.Sum();
    }

    private static async Task<string> CreateDatabaseAsync(string server, CancellationToken cancellation)
    {
        var name = $"append_{Ids.Next(TimeProvider.System):N}";
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(cancellation);
        await using var create = new NpgsqlCommand($"create database {name}", connection);
        await create.ExecuteNonQueryAsync(cancellation);
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    private static ServiceProvider Services(string connectionString) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(TimeProvider.System)
        .AddEventStore(connectionString, options => options.Types.Add<PaymentNoted>("payment_noted"))
        .AddSingleton<SchemaMigrator>()
        .BuildServiceProvider();

    /// <summary>What one transaction takes.</summary>
    /// <param name="PerSecond">How many there were in a second.</param>
    /// <param name="Client">Microseconds of CPU in this process.</param>
    /// <param name="Server">Microseconds of CPU in PostgreSQL.</param>
    private sealed record Cost(decimal PerSecond, decimal Client, decimal Server)
    {
        public decimal Cpu => Client + Server;

        public static Cost Median(List<Cost> costs) => new(
            Middle(costs, cost => cost.PerSecond), Middle(costs, cost => cost.Client),
            Middle(costs, cost => cost.Server));

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{PerSecond,6:0}/s {Client,4:0} +{Server,4:0} us");

        private static decimal Middle(List<Cost> costs, Func<Cost, decimal> part) =>
            costs.Select(part).Order().ElementAt(costs.Count / 2);
    }

    /// <summary>One line of the table.</summary>
    private sealed record Figure(int Events, string Stream, int Writers, Cost Bare, Cost Store, Cost Decide)
    {
        public const string Head =
            "Transactions per second, microseconds of CPU here + in PostgreSQL; then the store's by the bare one's\n" +
            "events stream    writers                    bare                   store                  decide" +
            "   rate    CPU";

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{Events,6} {Stream,-8} {Writers,8} {Bare,23} {Store,23} {Decide,23} " +
            $"{Store.PerSecond / Bare.PerSecond,6:0.00} {Store.Cpu / Bare.Cpu,6:0.00}");
    }
}
