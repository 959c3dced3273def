using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using OrderToCash.Kernel;
using OrderToCash.Local.Processes;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>takeover</c>: the instance that runs the relay is killed (kill -9); until another's session holds its lock, and
/// until the message of an invoice that was issued meanwhile is confirmed. The slowest round counts.
/// </summary>
internal static class TakeoverBenchmark
{
    public static readonly Benchmark Define = new(
        "takeover", "kill -9 of the relay's instance until another has its lock, and has published", RunAsync);

    private const string Relay = "Relay:All";

    /// <summary>The session that holds the relay's lock; 0 for none.</summary>
    private const string Holder =
        "select coalesce(max(pid), 0) from pg_locks where locktype = 'advisory' and granted and objsubid = 1 " +
        "and database = (select oid from pg_database where datname = current_database()) " +
        "and (classid::bigint << 32) | objid::bigint = $1";

    private static readonly long LockKey = Ids.LockKey($"ordertocash:subscription:{Relay}");

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "invoicing");
        var first = system.Instance("invoicing");
        var second = await system.AddAsync(first.Program);
        await second.ReadyAsync(cancellation);
        var database = bench.DatabaseOf(system, "invoicing");
        var customer = await CustomerAsync(system, first, cancellation);
        var (taken, published) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var round = 0; round < bench.Rounds; round++)
        {
            var leader = await LeaderAsync(system, first, second, cancellation);
            var holder = await database.ScalarAsync<int>(Holder, cancellation, LockKey);
            var since = Stopwatch.StartNew();
            await leader.KillAsync();
            await UntilTakenAsync(database, holder, cancellation);
            taken = Longest(taken, since.Elapsed);
            using (var api = new Api(system, leader == first ? second : first))
                await api.SendAsync(HttpMethod.Post, "/v1/invoices", Invoicing.Request(customer), cancellation);
            await database.UntilAsync(Invoicing.IsPublished, cancellation);
            published = Longest(published, since.Elapsed);
            await leader.StartAgainAsync(cancellation);
        }

        var goal = new Goal(AtMost: 10);
        bench.Report.Add(new Figure("another has the lock", "s", (decimal)taken.TotalSeconds, Goal: goal));
        bench.Report.Add(new Figure("an invoice is published", "s", (decimal)published.TotalSeconds, Goal: goal));
    }

    private static async Task<Guid> CustomerAsync(
        OrderToCashSystem system, ServiceInstance instance, CancellationToken cancellation)
    {
        using var api = new Api(system, instance);
        return await Invoicing.CustomerAsync(api, cancellation);
    }

    private static async Task UntilTakenAsync(NpgsqlDataSource database, int killed, CancellationToken cancellation)
    {
        while (await database.ScalarAsync<int>(Holder, cancellation, LockKey) is var holder
            && (holder == 0 || holder == killed))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellation);
    }

    /// <summary>The instance that runs the relay; waits until one does.</summary>
    private static async Task<ServiceInstance> LeaderAsync(
        OrderToCashSystem system, ServiceInstance first, ServiceInstance second, CancellationToken cancellation)
    {
        while (true)
        {
            foreach (var instance in new[] { first, second })
            {
                if (await LeadsAsync(system, instance, cancellation))
                    return instance;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }
    }

    private static async Task<bool> LeadsAsync(
        OrderToCashSystem system, ServiceInstance instance, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = instance.Address };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", system.Key.TokenOf("operator"));
        var view = await http.GetFromJsonAsync<JsonNode>(
            new Uri("/admin/projections", UriKind.Relative), cancellation);
        return view!["subscriptions"]!.AsArray().Any(one =>
            one!["name"]!.GetValue<string>() == Relay && one["isLeader"]!.GetValue<bool>());
    }

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
