using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>rescoring</c>: a run over 100,000 customers, each with a bureau's report and a year of payments: once where each
/// comes to another score, so that each gets an event, and once where none does.
/// </summary>
internal static class RescoringBenchmark
{
    public static readonly Benchmark Define = new(
        "rescoring", "POST /v1/credit/rescoring-runs over 100,000 customers", RunAsync);

    private const int Customers = 100_000;
    private const int PaymentsEach = 12;
    private const int AtOnce = 1_000;

    private const string Payments =
        """
        insert into credit_payments (allocation_id, customer_id, currency, amount, value_date, due_date, is_reversed)
        select gen_random_uuid(), customer_id, 'USD', 100 + n, current_date - 30 * n,
            current_date - 30 * n - (hashtext(customer_id::text) & 31), false
        from credit_accounts, generate_series(1, $1) n
        """;

    private const string Invoices =
        """
        insert into credit_receivables (invoice_id, installment, customer_id, invoice_number, currency, amount, balance,
            disputed, due_date, invoice_date)
        select gen_random_uuid(), 1, customer_id, n::text, 'USD', 100, 100, 0, current_date, current_date - 30 * n
        from credit_accounts, generate_series(1, 3) n
        """;

    private const string Reports =
        """
        insert into bureau_reports (customer_id, report_id, received_on, is_known, subject, name, failure_percentile,
            delinquency_score, paydex, max_credit, max_currency, start_year, findings)
        select customer_id, gen_random_uuid(), current_date, true, number, name, 90, 560, 80, 50000, 'USD', 1998, '{}'
        from credit_accounts
        """;

    /// <summary>Goes from good to doubtful and back, so that every score changes with every round.</summary>
    private const string OtherNews =
        "update bureau_reports set failure_percentile = 130 - failure_percentile, paydex = 130 - paydex";

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "credit");
        var instance = system.Instance("credit");
        using var api = new Api(system, "credit");
        var services = await OrdersBenchmark.StoreAsync(
            bench, system.DatabaseOf(instance.Program), cancellation);
        var store = services.GetRequiredService<EventStore>();
        await OpenAsync(store, cancellation);

        var (all, none) = (new List<decimal>(), new List<decimal>());
        for (var round = 0; round <= bench.Rounds; round++)
        {
            await store.Database.ExecuteAsync(OtherNews, cancellation);
            await store.Database.ExecuteAsync("vacuum analyze", cancellation);
            await store.Database.UntilAsync(Invoicing.IsPublished, cancellation);
            var (changing, same) = (await RunAsync(api, Customers, cancellation), await RunAsync(api, 0, cancellation));

            // One goes before and does not count.
            if (round > 0)
            {
                all.Add(changing);
                none.Add(same);
            }
        }

        var goal = new Goal(AtLeast: 5_000);
        bench.Report.Add(new Figure("customers, each with another score", "/s", Cost.Middle(all), Goal: goal));
        bench.Report.Add(new Figure("customers, all as before", "/s", Cost.Middle(none), Goal: goal));
    }

    private static async Task<decimal> RunAsync(Api api, int changed, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var run = await api.AskAsync(
            HttpMethod.Post, "/v1/credit/rescoring-runs", """{"legalEntity":"US01"}""", cancellation);
        var rate = Customers / (decimal)watch.Elapsed.TotalSeconds;
        return (run["scored"]!.GetValue<int>(), run["changed"]!.GetValue<int>()) == (Customers, changed)
            ? rate
            : throw new InvalidOperationException(run.ToJsonString());
    }

    private static async Task OpenAsync(EventStore store, CancellationToken cancellation)
    {
        foreach (var numbers in Enumerable.Range(1, Customers).Chunk(AtOnce))
        {
            var batch = new WriteBatch(new EventMetadata("benchmark"));
            foreach (var number in numbers)
            {
                batch.Append(
                    CreditAccountStream.Type, Ids.Next(TimeProvider.System), 0,
                    [new AccountOpened("US01", $"CUST-{number:D6}", $"Customer {number}", "USD")]);
            }

            await store.CommitAsync(batch, cancellation);
        }

        await store.Database.ExecuteAsync(
            "insert into legal_entities (code, time_zone, version, base_currency) values ('US01', 'UTC', 1, 'USD')",
            cancellation);
        await store.Database.ExecuteAsync(Payments, cancellation, PaymentsEach);
        await store.Database.ExecuteAsync(Invoices, cancellation);
        await store.Database.ExecuteAsync(Reports, cancellation);
    }
}
