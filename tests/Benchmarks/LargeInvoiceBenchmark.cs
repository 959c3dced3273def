using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>large-invoice</c>: one invoice of 2,000 lines after the other. The bare client writes the same rows.
/// </summary>
internal static class LargeInvoiceBenchmark
{
    public static readonly Benchmark Define = new(
        "large-invoice", "POST /v1/invoices with 2,000 lines; bare: its rows alone", RunAsync);

    private const int Lines = 2_000;

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "invoicing");
        var database = bench.DatabaseOf(system, "invoicing");
        using var api = new Api(system, "invoicing");
        var customer = await Invoicing.CustomerAsync(api, cancellation);
        var request = Request(customer);
        var rows = await Invoicing.RowsAsync(api, database, request, cancellation);
        var other = (await Invoicing.StoreAsync(bench, cancellation)).GetRequiredService<NpgsqlDataSource>();

        var issued = Contender.Of(
            1, (_, stop) => api.SendAsync(HttpMethod.Post, "/v1/invoices", request, stop),
            stop => database.UntilAsync(Invoicing.IsPublished, stop));
        var bare = Contender.Of(1, async (_, stop) =>
        {
            await using var connection = await other.OpenConnectionAsync(stop);
            await rows.InsertAsync(connection, stop);
        });
        var costs = await Contest.RunAsync(
            bench, bench.Cpu(system.Instance("invoicing")), cancellation, issued, bare);
        bench.Report.Add(new Figure(
            "2,000 lines", "ms", 1_000 / costs[0].PerSecond, 1_000 / costs[1].PerSecond, new Goal(AtMost: 300),
            costs[0].Cpu, costs[1].Cpu));
    }

    private static string Request(Guid customer)
    {
        var lines = Enumerable.Range(1, Lines).Select(n =>
            $$"""{"description":"Line {{n}}","quantity":"{{n}}","unitPrice":"12.50","taxRate":"0.08","taxCode":"TX"}""");
        return $$"""{"customerId":"{{customer}}","currency":"USD","lines":[{{string.Join(',', lines)}}]}""";
    }
}
