using System.Diagnostics;
using System.Globalization;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>statements</c>: a run over 1,000 customers with three open invoices each, until all statements are kept, and
/// until the last of them is mailed; without PDF files.
/// </summary>
internal static class StatementsBenchmark
{
    public static readonly Benchmark Define = new(
        "statements", "POST /v1/statement-runs over 1,000 customers, without PDF", RunAsync);

    private const int Customers = 1_000;
    private const int InvoicesEach = 3;

    private const string IsMade = "select finished_at is not null from statement_runs where run_id = $1";

    private const string IsSent =
        "select count(*) = $2 from statements where run_id = $1 and status = 'Sent'";

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "invoicing");
        var database = bench.DatabaseOf(system, "invoicing");
        using var api = new Api(system, "invoicing");
        await Invoicing.CustomerAsync(api, cancellation);
        var months = Enumerable.Range(1, bench.Rounds + 1)
            .Select(back => LastOfMonth(TimeProvider.System.GetUtcNow(), back)).Reverse().ToList();
        var customers = await RegisterAsync(api, cancellation);
        for (var n = 0; n < InvoicesEach; n++)
            await IssueAsync(api, customers, months[0], cancellation);
        await database.ExecuteAsync("analyze", cancellation);

        var (made, sent) = (new List<decimal>(), new List<decimal>());
        foreach (var (round, to) in months.Index())
        {
            var watch = Stopwatch.StartNew();
            var run = await api.AskAsync(HttpMethod.Post, "/v1/statement-runs", string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"legalEntity":"US01","cycle":"monthly","to":"{{to:yyyy-MM-dd}}","pdf":false}"""), cancellation);
            var id = run["id"]!.GetValue<Guid>();
            await database.UntilAsync(IsMade, cancellation, id);
            var (first, whole) = (Rate(watch), 0m);
            await database.UntilAsync(IsSent, cancellation, id, (long)Customers);
            whole = Rate(watch);

            // One goes before and does not count.
            if (round > 0)
            {
                made.Add(first);
                sent.Add(whole);
            }
        }

        bench.Report.Add(new Figure("statements made and kept", "/s", Cost.Middle(made), Goal: new Goal(AtLeast: 50)));
        bench.Report.Add(new Figure("statements mailed", "/s", Cost.Middle(sent), Goal: new Goal(AtLeast: 50)));
    }

    private static decimal Rate(Stopwatch watch) => Customers / (decimal)watch.Elapsed.TotalSeconds;

    private static DateOnly LastOfMonth(DateTimeOffset now, int back) =>
        new DateOnly(now.Year, now.Month, 1).AddMonths(1 - back).AddDays(-1);

    private static async Task<Guid[]> RegisterAsync(Api api, CancellationToken cancellation)
    {
        var ids = new Guid[Customers];
        await Parallel.ForAsync(0, Customers, cancellation, async (n, stop) =>
        {
            var customer = await api.AskAsync(HttpMethod.Post, "/v1/customers",
                $$"""
                {"legalEntity":"US01","name":"Customer {{n}}","currency":"USD","country":"US","language":"en",
                "terms":"NET 30","contacts":[{"name":"Ana Ruiz","role":"accounts-payable",
                "email":"ap{{n}}@globex.example"}]}
                """, stop);
            ids[n] = customer["id"]!.GetValue<Guid>();
        });
        return ids;
    }

    private static Task IssueAsync(Api api, Guid[] customers, DateOnly date, CancellationToken cancellation)
    {
        var day = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var requests = customers.Select(customer =>
            $$"""
            {"customerId":"{{customer}}","currency":"USD","invoiceDate":"{{day}}","lines":[
            {"description":"Widget","quantity":"10","unitPrice":"25.00","taxRate":"0.08"}]}
            """);
        return api.SendAsync(
            HttpMethod.Post, "/v1/invoices/batch", $$"""{"invoices":[{{string.Join(',', requests)}}]}""", cancellation);
    }
}
