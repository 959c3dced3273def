using Npgsql;
using OrderToCash.Local.Servers;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>latency</c>: from the commit of an invoice in Invoicing until the commit of its row in Collections, at a steady
/// rate. Both times are PostgreSQL's own (<c>track_commit_timestamp</c>), so nothing is asked while it runs. The bare
/// path is <see cref="BarePath"/>.
/// </summary>
internal static class LatencyBenchmark
{
    public static readonly Benchmark Define = new(
        "latency", "commit in Invoicing until the commit of the row in Collections, 200/s", RunAsync);

    private const int PerSecond = 200;

    /// <summary>They take turns. One customer alone would have thousands of open items within seconds.</summary>
    private const int Customers = 100;

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        await TrackCommitsAsync(await bench.PostgresAsync(cancellation), cancellation);
        var system = await bench.SystemAsync(cancellation, "invoicing", "collections");
        var invoicing = bench.DatabaseOf(system, "invoicing");
        var collections = bench.DatabaseOf(system, "collections");
        using var api = new Api(system, "invoicing");
        using var posts = new PreparedPosts(system, "invoicing");
        var customers = new Guid[Customers];
        for (var at = 0; at < Customers; at++)
            customers[at] = await Invoicing.CustomerAsync(api, cancellation);
        var requests = Array.ConvertAll(
            customers, customer => posts.Prepare("/v1/invoices", Invoicing.Request(customer)));
        var rows = await Invoicing.RowsAsync(api, invoicing, customers[0], cancellation);
        await using var bare = await BarePath.OpenAsync(bench, rows, cancellation);

        var turn = 0;
        Task Ours(CancellationToken stop) =>
            posts.SendAsync(requests[turn++ % Customers], stop);
        await Steady.RunAsync(PerSecond, bench.Turn, Ours, cancellation);
        await Steady.RunAsync(PerSecond, bench.Turn, bare.SendAsync, cancellation);
        await ArrivedAsync();
        await bare.ArrivedAsync(cancellation);
        var warm = await collections.ScalarAsync<long>("select count(*) from open_items", cancellation);
        var bareWarm = bare.Delays.Count;
        for (var round = 0; round < bench.Rounds; round++)
        {
            await Steady.RunAsync(PerSecond, bench.Turn, Ours, cancellation);
            await ArrivedAsync();
            await Steady.RunAsync(PerSecond, bench.Turn, bare.SendAsync, cancellation);
            await bare.ArrivedAsync(cancellation);
        }

        var sent = await TimesAsync(invoicing, "mt_events", "stream_id", cancellation);
        var seen = await TimesAsync(collections, "open_items", "invoice_id", cancellation);
        var delays = new Distribution(
            seen.OrderBy(one => one.Value).Skip((int)warm).Select(one => one.Value - sent[one.Key]));
        var bareDelays = new Distribution(bare.Delays.Skip(bareWarm));
        foreach (var (what, share, limit) in new[] { ("p50", 0.5m, 10), ("p99", 0.99m, 60) })
        {
            bench.Report.Add(new Figure(
                what, "ms", (decimal)delays.At(share).TotalMilliseconds,
                (decimal)bareDelays.At(share).TotalMilliseconds, new Goal(AtMost: limit)));
        }

        async Task ArrivedAsync()
        {
            var issued = await invoicing.ScalarAsync<long>("select count(*) from open_items", cancellation);
            await collections.UntilAsync("select count(*) = $1 from open_items", cancellation, issued);
        }
    }

    private static async Task TrackCommitsAsync(PostgresServer server, CancellationToken cancellation)
    {
        await using (var source = NpgsqlDataSource.Create(server.ConnectionString))
            await source.ExecuteAsync("alter system set track_commit_timestamp = on", cancellation);
        NpgsqlConnection.ClearAllPools();
        await server.KillAsync(cancellation);
        await server.StartAgainAsync(cancellation);
    }

    private static async Task<Dictionary<Guid, DateTime>> TimesAsync(
        NpgsqlDataSource database, string table, string id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select {id}, pg_xact_commit_timestamp(xmin) from {table}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var times = new Dictionary<Guid, DateTime>();
        while (await reader.ReadAsync(cancellation))
            times[reader.GetGuid(0)] = reader.GetDateTime(1);
        return times;
    }
}
