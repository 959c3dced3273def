using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>rebuild</c>: Invoicing's read model of invoices and open items anew from the log. The bare client reads the same
/// log and writes the same rows with COPY into tables with the same indexes.
/// </summary>
internal static class RebuildBenchmark
{
    public static readonly Benchmark Define = new("rebuild", "a read model anew from the log", RunAsync);

    private const int Events = 30_000;

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var services = await Invoicing.StoreAsync(bench, cancellation);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        await Invoicing.IssueAsync(services.GetRequiredService<EventStore>(), Events, cancellation);
        await database.ExecuteAsync("vacuum analyze", cancellation);
        object[] identities =
        [
            await database.ScalarAsync<Guid>("select invoice_id from invoices limit 1", cancellation),
            await database.ScalarAsync<string>("select number from invoices limit 1", cancellation),
        ];
        var rows = await LikeRows.ReadAsync(
            database, identities, cancellation,
            ("invoices", "invoice_id::text = any($1)"), ("open_items", "invoice_id::text = any($1)"));
        var other = (await Invoicing.StoreAsync(bench, cancellation)).GetRequiredService<NpgsqlDataSource>();

        var rebuild = services.GetRequiredService<ProjectionRebuild>();
        var ours = new Contender((_, stop) => rebuild.RunAsync("invoices", stop));
        var bare = new Contender(
            async (_, stop) =>
            {
                await ReadAsync(database, stop);
                await rows.CopyAsync(other, Events, stop);
                return Events;
            },
            stop => other.ExecuteAsync("truncate invoices, open_items", stop));
        var costs = await Contest.RunAsync(bench, bench.Cpu(), cancellation, ours, bare);
        bench.Report.Add(Figure.Rate(
            "events; bare: read + COPY", "/s", costs[0], costs[1], new Goal(Ratio: 0.5m, AtLeast: 50_000)));
    }

    private static async Task ReadAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select * from mt_events order by seq_id");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var values = new object[reader.FieldCount];
        while (await reader.ReadAsync(cancellation))
            reader.GetValues(values);
    }
}
