using System.Diagnostics;
using Npgsql;
using OrderToCash.Local.Servers;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>latency</c>: from the commit of an invoice in Invoicing until the commit of its row in Collections, at a steady
/// rate. Both times are PostgreSQL's own (<c>track_commit_timestamp</c>), so nothing is asked while it runs.
/// </summary>
internal static class LatencyBenchmark
{
    public static readonly Benchmark Define = new(
        "latency", "commit in Invoicing until the commit of the row in Collections", RunAsync);

    private const int PerSecond = 200;

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        await TrackCommitsAsync(await bench.PostgresAsync(cancellation), cancellation);
        var system = await bench.SystemAsync(cancellation, "invoicing", "collections");
        var invoicing = bench.DatabaseOf(system, "invoicing");
        var collections = bench.DatabaseOf(system, "collections");
        using var api = new Api(system, "invoicing");
        var request = Invoicing.Request(await Invoicing.CustomerAsync(api, cancellation));

        await SendAsync(bench.Turn);
        var warm = await collections.ScalarAsync<long>("select count(*) from open_items", cancellation);
        var took = await SendAsync(bench.Turn * bench.Rounds);
        var sent = await TimesAsync(invoicing, "mt_events", "stream_id", cancellation);
        var seen = await TimesAsync(collections, "open_items", "invoice_id", cancellation);
        var delays = new Distribution(
            seen.OrderBy(one => one.Value).Skip((int)warm).Select(one => one.Value - sent[one.Key]));
        bench.Report.Add(new Figure("rate", "/s", (seen.Count - warm) / (decimal)took.TotalSeconds, PerSecond));
        bench.Report.Add(new Figure(
            "p50", "ms", (decimal)delays.At(0.5m).TotalMilliseconds, Goal: new Goal(AtMost: 10)));
        bench.Report.Add(new Figure(
            "p99", "ms", (decimal)delays.At(0.99m).TotalMilliseconds, Goal: new Goal(AtMost: 60)));

        async Task<TimeSpan> SendAsync(TimeSpan time)
        {
            var clock = Stopwatch.StartNew();
            var sending = new List<Task>();
            for (var number = 0; clock.Elapsed < time; number++)
            {
                sending.Add(api.SendAsync(HttpMethod.Post, "/v1/invoices", request, cancellation));
                var next = TimeSpan.FromSeconds(1) * (number + 1) / PerSecond - clock.Elapsed;
                if (next > TimeSpan.Zero)
                    await Task.Delay(next, TimeProvider.System, cancellation);
            }

            var elapsed = clock.Elapsed;
            await Task.WhenAll(sending);
            var issued = await invoicing.ScalarAsync<long>("select count(*) from open_items", cancellation);
            await collections.UntilAsync("select count(*) = $1 from open_items", cancellation, issued);
            return elapsed;
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
