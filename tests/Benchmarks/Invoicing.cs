using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>The invoices that benchmarks issue: two lines, one installment, 2 kB as an event.</summary>
internal static class Invoicing
{
    /// <summary>The end of the log has been published and confirmed.</summary>
    public const string IsPublished =
        "select coalesce((select max(seq_id) from mt_events), 0) = " +
        "coalesce((select last_seq_id from mt_event_progression where name = 'Relay:All'), 0)";

    private static readonly EventMetadata Metadata = new("benchmark", "5f0c1e4d-9b1f-4c55-9f0a-2f1b6f1f7a55");

    /// <summary>A new database with Invoicing's tables, and its event store without the service.</summary>
    public static Task<ServiceProvider> StoreAsync(
        Bench bench, CancellationToken cancellation, Action<IServiceCollection>? more = null) =>
        bench.StoreAsync(InvoicingService.Store, cancellation, more);

    /// <summary>Issues that many invoices past the service, 500 in a transaction.</summary>
    public static async Task IssueAsync(EventStore store, int count, CancellationToken cancellation)
    {
        var (draft, refusal) = InvoiceDraft.Of(
            new IssueInvoice(
                Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
                [
                    new("Widget", 10, 25.00m, 0.08m, TaxCode: "TX", RevenueAccount: "4000"),
                    new("Freight", 1, 12.50m, TaxCode: "EX", RevenueAccount: "4100"),
                ],
                OrderReference: "SO-77", PurchaseOrder: "PO-9"),
            new BillingAccount(
                default, "USD", "NET 30", TaxRounding.Line, new Books("US01", "USD", "UTC", LedgerAccounts.Standard)),
            TimeProvider.System.GetUtcNow());
        if (draft is null)
            throw new InvalidOperationException(refusal!.Detail);
        foreach (var numbers in Enumerable.Range(1, count).Chunk(500))
        {
            var batch = new WriteBatch(Metadata);
            foreach (var number in numbers)
            {
                var decision = InvoiceDecider.Issue(Invoice.Initial, draft, $"INV-US01-2026-{number:D6}");
                batch.Append(InvoiceStream.Type, Ids.Next(TimeProvider.System), 0, decision.Events);
            }

            await store.CommitAsync(batch, cancellation);
        }
    }

    /// <summary>The whole log of a store.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> LogAsync(
        ServiceProvider services, CancellationToken cancellation)
    {
        var database = services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var engine = services.GetRequiredService<IEventStoreEngine>();
        return (await engine.ReadLogAsync(connection, 0, int.MaxValue, null, cancellation)).Events;
    }

    /// <summary>Registers a legal entity and a customer; gives the customer.</summary>
    public static async Task<Guid> CustomerAsync(Api api, CancellationToken cancellation)
    {
        await api.SendAsync(HttpMethod.Put, "/v1/legal-entities/US01",
            """{"name":"Acme","baseCurrency":"USD","country":"US","timeZone":"America/New_York"}""", cancellation);
        var customer = await api.AskAsync(HttpMethod.Post, "/v1/customers",
            """
            {"legalEntity":"US01","name":"Globex","currency":"USD","country":"US","language":"en","terms":"NET 30",
            "contacts":[]}
            """, cancellation);
        return customer["id"]!.GetValue<Guid>();
    }

    /// <summary>A request to issue one.</summary>
    public static string Request(Guid customer) =>
        $$"""
        {"customerId":"{{customer}}","currency":"USD","orderReference":"SO-77","purchaseOrder":"PO-9","lines":[
        {"description":"Widget","quantity":"10","unitPrice":"25.00","taxRate":"0.08","taxCode":"TX",
        "revenueAccount":"4000"},
        {"description":"Freight","quantity":"1","unitPrice":"12.50","taxRate":"0","taxCode":"EX",
        "revenueAccount":"4100"}]}
        """;

    /// <summary>Issues one through the service and gives the rows it made.</summary>
    public static Task<LikeRows> RowsAsync(
        Api api, NpgsqlDataSource database, Guid customer, CancellationToken cancellation) =>
        RowsAsync(api, database, Request(customer), cancellation);

    /// <summary>Issues what a request asks for and gives the rows it made.</summary>
    public static async Task<LikeRows> RowsAsync(
        Api api, NpgsqlDataSource database, string request, CancellationToken cancellation)
    {
        var key = Ids.Next(TimeProvider.System).ToString();
        var invoice = await api.AskAsync(HttpMethod.Post, "/v1/invoices", request, cancellation, key);
        var id = invoice["id"]!.GetValue<Guid>();
        var issued = await database.ScalarAsync<Guid>(
            "select id from mt_events where stream_id = $1", cancellation, id);
        object[] identities = [id, issued, invoice["number"]!.GetValue<string>(), key];
        return await LikeRows.ReadAsync(
            database, identities, cancellation,
            ("otc_idempotency_keys", "key = any($1)"),
            ("mt_streams", "id::text = any($1)"),
            ("mt_events", "stream_id::text = any($1)"),
            ("invoices", "invoice_id::text = any($1)"),
            ("open_items", "invoice_id::text = any($1)"),
            ("subledger_entries", "invoice_id::text = any($1)"),
            ("journal_entries", "source_id::text = any($1)"),
            ("journal_lines", "entry_id::text = any($1)"));
    }
}
