using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>invoices</c>: the whole Invoicing service under requests for single invoices, its relay running. The bare loop
/// writes the same rows, each invoice in a transaction of its own, without numbers that must have no holes.
/// </summary>
internal static class InvoicesBenchmark
{
    public static readonly Benchmark Define = new("invoices", "POST /v1/invoices, 32 at once", RunAsync);

    private const int AtOnce = 32;

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "invoicing");
        var database = bench.DatabaseOf(system, "invoicing");
        using var api = new Api(system, "invoicing");
        using var posts = new PreparedPosts(system, "invoicing");
        var customer = await Invoicing.CustomerAsync(api, cancellation);
        var request = posts.Prepare("/v1/invoices", Invoicing.Request(customer));
        var rows = await Invoicing.RowsAsync(api, database, customer, cancellation);
        var other = (await Invoicing.StoreAsync(bench, cancellation)).GetRequiredService<NpgsqlDataSource>();

        var single = Contender.Of(
            AtOnce, (_, stop) => posts.SendAsync(request, stop),
            stop => database.UntilAsync(Invoicing.IsPublished, stop));
        var bare = Contender.Of(AtOnce, async (_, stop) =>
        {
            await using var connection = await other.OpenConnectionAsync(stop);
            await rows.InsertAsync(connection, stop);
        });
        var costs = await Contest.RunAsync(
            bench, bench.Cpu(system.Instance("invoicing")), Contest.OfService, cancellation, single, bare);
        bench.Report.Add(Figure.Rate("requests", "/s", costs[0], costs[1], new Goal(Ratio: 0.5m)));
    }
}
