using System.Globalization;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>invoice-list</c>: the first page of a customer with 50,000 open invoices, among as many of others. The bare query
/// reads the same rows, and its answer is not sent anywhere.
/// </summary>
internal static class InvoiceListBenchmark
{
    public static readonly Benchmark Define = new(
        "invoice-list", "GET /v1/invoices of a customer with 50,000 open ones; bare: its rows alone", RunAsync);

    private const int Items = 50_000;

    private const string AddInvoices =
        "insert into invoices (invoice_id, number, legal_entity, customer_id, invoice_date, due_date, currency, " +
        "terms, terms_mismatch, net, tax, total, balance, is_void, issued_at, version) " +
        "select md5($2 || n)::uuid, $2 || n, 'US01', $3, current_date - n % 365, current_date - n % 365 + 30, 'USD', " +
        "'NET 30', false, 100 + n % 900, 0, 100 + n % 900, 100 + n % 900, false, now(), 1 " +
        "from generate_series(1, $1) n";

    private const string AddItems =
        "insert into open_items (invoice_id, installment, legal_entity, customer_id, currency, due_date, amount, " +
        "balance) select invoice_id, 1, legal_entity, customer_id, currency, due_date, total, balance from invoices";

    private const string Bare =
        "select * from invoices where customer_id = $1 and balance > 0 order by invoice_date desc, invoice_id limit 51";

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        var system = await bench.SystemAsync(cancellation, "invoicing");
        var database = bench.DatabaseOf(system, "invoicing");
        using var api = new Api(system, "invoicing");
        var customer = await Invoicing.CustomerAsync(api, cancellation);
        await database.ExecuteAsync(AddInvoices, cancellation, Items, "MINE-", customer);
        await database.ExecuteAsync(AddInvoices, cancellation, Items, "OTHER-", Guid.Empty);
        await database.ExecuteAsync(AddItems, cancellation);
        await database.ExecuteAsync("vacuum analyze", cancellation);

        var path = string.Create(CultureInfo.InvariantCulture, $"/v1/invoices?customerId={customer}&status=open");
        var list = Contender.Of(1, (_, stop) => api.GetAsync(path, stop));
        var bare = Contender.Of(1, (_, stop) => database.ExecuteAsync(Bare, stop, customer));
        var costs = await Contest.RunAsync(bench, bench.Cpu(system.Instance("invoicing")), cancellation, list, bare);
        bench.Report.Add(new Figure(
            "first page", "ms", 1_000 / costs[0].PerSecond, 1_000 / costs[1].PerSecond, new Goal(AtMost: 50),
            costs[0].Cpu, costs[1].Cpu));
    }
}
