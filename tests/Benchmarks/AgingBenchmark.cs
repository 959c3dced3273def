using System.Globalization;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>aging</c>: a ledger with 1,000,000 open items today, and as many others that were open a year ago and are paid
/// since. The bare query sums the ledger by customer, currency and bucket, and its answer is not sent anywhere.
/// </summary>
internal static class AgingBenchmark
{
    public static readonly Benchmark Define = new(
        "aging", "GET /v1/reports/aging over 1,000,000 open items; bare: its sums alone", RunAsync);

    private const int Items = 1_000_000;
    private const int Customers = 10_000;

    private static readonly string[] Groups =
        ["parent", "collector", "currency", "legal-entity", "country", "segment"];

    /// <summary>Ten to a group, which one of them is at the head of.</summary>
    private const string AddCustomers =
        "insert into customers (customer_id, number, legal_entity, name, currency, country, language, terms, " +
        "contacts, registered_at, version, parent_id) select md5(n::text)::uuid, 'CUST-' || n, 'US01', " +
        "'Customer ' || n, 'USD', 'US', 'en', 'NET 30', '[]', now(), 1, " +
        "case when n % 10 <> 1 then md5((n - (n + 9) % 10)::text)::uuid end from generate_series(1, $1) n";

    private const string AddVersions =
        "insert into customer_versions (customer_id, version, recorded_at, name, country, parent_id) " +
        "select customer_id, version, registered_at, name, country, parent_id from customers " +
        "on conflict (customer_id, version) do nothing";

    /// <summary>Items issued in the year that ends $3 days ago, with $2 in their identifiers.</summary>
    private const string AddItems =
        "insert into open_items (invoice_id, installment, legal_entity, customer_id, currency, due_date, amount, " +
        "balance) select md5($2 || n)::uuid, 1, 'US01', md5((1 + n % $4)::text)::uuid, 'USD', " +
        "current_date - $3 - n % 365 + 30, 100 + n % 900, $5 * (100 + n % 900) from generate_series(1, $1) n";

    private const string AddMovements =
        "insert into subledger_entries (event_id, installment, invoice_id, invoice_number, legal_entity, " +
        "customer_id, due_date, posting_date, kind, currency, amount, base_amount, recorded_at) " +
        "select md5($2 || $6 || n)::uuid, 1, md5($2 || n)::uuid, $2 || n, 'US01', md5((1 + n % $4)::text)::uuid, " +
        "current_date - $3 - n % 365 + 30, " +
        "case when $5 > 0 then current_date - $3 - n % 365 else current_date - n % 364 end, $6, 'USD', " +
        "$5 * (100 + n % 900), $5 * (100 + n % 900), now() from generate_series(1, $1) n";

    private const string Bare =
        "select customer_id, currency, case when due_date >= $1 then 0 when due_date >= $1 - 30 then 1 " +
        "when due_date >= $1 - 60 then 2 when due_date >= $1 - 90 then 3 when due_date >= $1 - 120 then 4 " +
        "else 5 end, sum(amount) " +
        "from subledger_entries where legal_entity = 'US01' and posting_date <= $1 group by 1, 2, 3";

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "invoicing");
        var database = bench.DatabaseOf(system, "invoicing");
        using var api = new Api(system, "invoicing");
        await Invoicing.CustomerAsync(api, cancellation);
        await database.ExecuteAsync(AddCustomers, cancellation, Customers);
        await database.ExecuteAsync(AddVersions, cancellation);
        await database.ExecuteAsync(AddItems, cancellation, Items, "OLD-", 366, Customers, 0);
        await database.ExecuteAsync(AddItems, cancellation, Items, "NEW-", 0, Customers, 1);
        await database.ExecuteAsync(AddMovements, cancellation, Items, "OLD-", 366, Customers, 1, "invoice-issued");
        await database.ExecuteAsync(AddMovements, cancellation, Items, "OLD-", 366, Customers, -1, "payment-applied");
        await database.ExecuteAsync(AddMovements, cancellation, Items, "NEW-", 0, Customers, 1, "invoice-issued");
        await database.ExecuteAsync("vacuum analyze", cancellation);

        // The end of today everywhere.
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(1);
        var known = Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow():O}");
        (string What, DateOnly Day, int Limit, string By)[] asked =
        [
            ("today", today, 1, "customer"), ("a year ago", today.AddDays(-366), 5, "customer"),
            ("a month ago, as known", today.AddDays(-30), 5, $"customer&knownAt={known}"),
            .. Groups.Select(by => ($"today by {by}", today, 1, by)),
        ];
        foreach (var (what, day, limit, by) in asked)
        {
            var path = string.Create(
                CultureInfo.InvariantCulture, $"/v1/reports/aging?legalEntity=US01&asOf={day:yyyy-MM-dd}&by={by}");
            var report = Contender.Of(1, (_, stop) => api.GetAsync(path, stop));
            var bare = Contender.Of(1, (_, stop) => database.ExecuteAsync(Bare, stop, day));
            var costs = await Contest.RunAsync(
                bench, bench.Cpu(system.Instance("invoicing")), cancellation, report, bare);
            bench.Report.Add(new Figure(
                what, "s", 1 / costs[0].PerSecond, 1 / costs[1].PerSecond, new Goal(AtMost: limit), costs[0].Cpu,
                costs[1].Cpu));
        }
    }
}
