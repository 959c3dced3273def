using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>batch</c>: invoices by the thousand, against one request each, and against COPY of the rows they make.
/// </summary>
internal static class BatchBenchmark
{
    public static readonly Benchmark Define = new("batch", "POST /v1/invoices/batch of 1,000", RunAsync);

    private const int Size = 1_000;
    private const int AtOnce = 32;

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "invoicing");
        var database = bench.DatabaseOf(system, "invoicing");
        using var api = new Api(system, "invoicing");
        using var posts = new PreparedPosts(system, "invoicing");
        var customer = await Invoicing.CustomerAsync(api, cancellation);
        var request = Invoicing.Request(customer);
        var one = posts.Prepare("/v1/invoices", request);
        var thousand = posts.Prepare(
            "/v1/invoices/batch", $$"""{"invoices":[{{string.Join(',', Enumerable.Repeat(request, Size))}}]}""");
        var rows = await Invoicing.RowsAsync(api, database, customer, cancellation);
        var other = (await Invoicing.StoreAsync(bench, cancellation)).GetRequiredService<NpgsqlDataSource>();

        Task Published(CancellationToken stop) => database.UntilAsync(Invoicing.IsPublished, stop);
        var batch = Contender.Of(
            1, (_, stop) => posts.SendAsync(thousand, stop), Published, Size);
        var single = Contender.Of(
            AtOnce, (_, stop) => posts.SendAsync(one, stop), Published);
        var copy = Contender.Of(1, (_, stop) => rows.CopyAsync(other, Size, stop), pieces: Size);
        var costs = await Contest.RunAsync(
            bench, bench.Cpu(system.Instance("invoicing")), Contest.OfService, cancellation, batch, single, copy);
        bench.Report.Add(Figure.Rate("invoices; bare: COPY", "/s", costs[0], costs[2], new Goal(Ratio: 0.3m)));
        bench.Report.Add(Figure.Rate(
            $"invoices; bare: one each, {AtOnce} at once", "/s", costs[0], costs[1], new Goal(Ratio: 10)));
    }
}
