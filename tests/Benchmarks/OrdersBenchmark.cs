using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>orders</c>: order checks that reserve, all on one customer. The bare loop takes the room by an update of the
/// customer's row, which every transaction locks, and writes the order's rows with it. Then how long one check takes
/// while so many come in a second, and the same on two instances, which meet on the customer's stream.
/// </summary>
internal static class OrdersBenchmark
{
    public static readonly Benchmark Define = new(
        "orders", "POST /v1/credit/order-checks on one customer, 64 at once", RunAsync);

    private const int AtOnce = 64;
    private const int Fitting = 100;
    private const int PerSecond = 500;

    private const string Take =
        "update credit_exposures set open_orders = open_orders + 1 where customer_id = $1 and open_orders + 1 <= 1e12";

    private static readonly EventMetadata Metadata = new("benchmark");

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "credit");
        var instance = system.Instance("credit");
        using var api = new Api(system, "credit");
        var services = await StoreAsync(bench, system.DatabaseOf(instance.Program), cancellation);
        var store = services.GetRequiredService<EventStore>();
        var hot = await CustomerAsync(store, 1_000_000_000_000m, cancellation);
        var rows = await RowsAsync(api, store, hot, cancellation);
        var other = (await StoreAsync(bench, null, cancellation)).GetRequiredService<EventStore>();
        var bareHot = await CustomerAsync(other, 1_000_000_000_000m, cancellation);
        await other.Database.ExecuteAsync(
            "insert into credit_exposures values ($1, 'USD', 0, 0, 0)", cancellation, bareHot);

        var checks = Contender.Of(
            AtOnce, (_, stop) => api.SendAsync(HttpMethod.Post, Path, Order(hot), stop),
            stop => store.Database.UntilAsync(Invoicing.IsPublished, stop));
        var bare = Contender.Of(AtOnce, async (_, stop) =>
        {
            await using var connection = await other.Database.OpenConnectionAsync(stop);
            var take = new NpgsqlBatchCommand(Take);
            take.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = bareHot });
            await rows.InsertAsync(connection, stop, take);
        });
        var costs = await Contest.RunAsync(bench, bench.Cpu(instance), cancellation, checks, bare);
        bench.Report.Add(Figure.Rate("checks", "/s", costs[0], costs[1], new Goal(Ratio: 0.5m)));
        await LatencyAsync(bench, "one instance", hot, [api], cancellation);
        var second = await system.AddAsync(instance.Program);
        await second.ReadyAsync(cancellation);
        using var beside = new Api(system, second);
        Api[] both = [api, beside];
        var onBoth = Contender.Of(
            AtOnce, (worker, stop) => both[worker % 2].SendAsync(HttpMethod.Post, Path, Order(hot), stop),
            stop => store.Database.UntilAsync(Invoicing.IsPublished, stop));
        var cost = (await Contest.RunAsync(bench, bench.Cpu(instance, second), cancellation, onBoth))[0];
        bench.Report.Add(new Figure("checks, two instances", "/s", cost.PerSecond, Cpu: cost.Cpu));
        await LatencyAsync(bench, "two instances", hot, both, cancellation);
        bench.Report.Add(new Figure(
            $"reserved beyond a limit of {Fitting}", "USD", await BeyondAsync(both, store, cancellation),
            Goal: new Goal(AtMost: 0)));
    }

    /// <summary>From the request to its answer, at a steady rate.</summary>
    private static async Task LatencyAsync(
        Bench bench, string where, Guid hot, Api[] instances, CancellationToken cancellation)
    {
        var times = new ConcurrentBag<TimeSpan>();
        var turn = 0;
        await Steady.RunAsync(PerSecond, bench.Turn, SendAsync, cancellation);
        times.Clear();
        for (var round = 0; round < bench.Rounds; round++)
            await Steady.RunAsync(PerSecond, bench.Turn, SendAsync, cancellation);
        var taken = new Distribution(times);
        bench.Report.Add(new Figure(
            $"p50 at {PerSecond}/s, {where}", "ms", (decimal)taken.At(0.5m).TotalMilliseconds));
        bench.Report.Add(new Figure(
            $"p99 at {PerSecond}/s, {where}", "ms", (decimal)taken.At(0.99m).TotalMilliseconds,
            Goal: new Goal(AtMost: 15)));

        async Task SendAsync(CancellationToken stop)
        {
            var clock = Stopwatch.StartNew();
            await instances[turn++ % instances.Length].SendAsync(HttpMethod.Post, Path, Order(hot), stop);
            times.Add(clock.Elapsed);
        }
    }

    private const string Path = "/v1/credit/order-checks";

    private static string Order(Guid customer) => JsonSerializer.Serialize(new
    {
        customerId = customer,
        orderId = $"SO-{Ids.Next(TimeProvider.System):N}",
        amount = new { amount = "1.00", currency = "USD" },
    });

    internal static Task<ServiceProvider> StoreAsync(Bench bench, string? address, CancellationToken cancellation) =>
        bench.StoreAsync(
            store =>
            {
                store.Schema<CreditAccount>("credit");
                Credit.CreditService.StoredNames(store.Types);
                store.Inline(new CreditAccountsProjection());
            },
            cancellation, address: address);

    private static async Task<Guid> CustomerAsync(EventStore store, decimal limit, CancellationToken cancellation)
    {
        var customer = Ids.Next(TimeProvider.System);
        await store.DecideAsync(
            CreditAccountStream.Type, customer, Metadata,
            _ => Decision.Of(
                new AccountOpened("US01", $"CUST-{customer:N}", "Globex", "USD"),
                new LimitSet(Money.Of(limit, "USD"), null)),
            0, cancellation: cancellation);
        return customer;
    }

    /// <summary>The rows of an order, without its event: what a service without history would write.</summary>
    private static async Task<LikeRows> RowsAsync(
        Api api, EventStore store, Guid customer, CancellationToken cancellation)
    {
        var key = Ids.Next(TimeProvider.System).ToString();
        var check = await api.AskAsync(HttpMethod.Post, Path, Order(customer), cancellation, key);
        return await LikeRows.ReadAsync(
            store.Database, [key, check["orderId"]!.GetValue<string>(), check["id"]!.GetValue<Guid>()], cancellation,
            ("otc_idempotency_keys", "key = any($1)"),
            ("order_checks", "order_id = any($1)"),
            ("order_claims", "order_id = any($1)"));
    }

    /// <summary>Four times as many orders of 1.00 as fit, at once; gives what was reserved above the limit.</summary>
    private static async Task<decimal> BeyondAsync(Api[] apis, EventStore store, CancellationToken cancellation)
    {
        var customer = await CustomerAsync(store, Fitting, cancellation);
        await Parallel.ForAsync(
            0, 4 * Fitting, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (number, stop) =>
                await apis[number % apis.Length].SendAsync(HttpMethod.Post, Path, Order(customer), stop));
        var reserved = await store.Database.ScalarAsync<decimal>(
            "select sum(reserved) from order_checks where customer_id = $1 and status = 'approved'", cancellation,
            customer);
        return reserved >= Fitting
            ? reserved - Fitting
            : throw new InvalidOperationException($"Only {reserved} of {Fitting} was reserved.");
    }
}
