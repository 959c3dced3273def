using System.Diagnostics;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.CashApplication;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>waiting</c>: a few large customers, each with a thousand open items and a heap of money that nothing explains;
/// all their items are new. How many of the news are looked at in a second, until all had their first look: the worst
/// that can happen to waiting money, as each new invoice points to all money of its customer.
/// </summary>
internal static class WaitingBenchmark
{
    public static readonly Benchmark Define = new(
        "waiting", "news of invoices whose customers' money waits already", RunAsync);

    private const string Entity = "US01";
    private const int Seed = 20261130;
    private const int Customers = 12;
    private const int ItemsEach = 1_000;
    private const int ReceiptsEach = 150;

    private const string Tell =
        "insert into match_news (kind, subject) " +
        "select 'invoice', invoice_id from open_items where customer_id = any($1)";

    private static readonly Currency Usd = Currency.Of("USD");
    private static readonly DateOnly Today = new(2026, 11, 3);

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        var corpus = MatchingCorpus.Make(Seed, 20_000, 0);
        var services = await bench.StoreAsync(CashApplicationService.AddEvents, cancellation, more => more
            .AddSingleton(new CashPolicy())
            .AddSingleton<ReceiptNumbers>()
            .AddSingleton<ReceiptMatching>()
            .AddSingleton<ReceiptMatcher>()
            .AddSingleton<ReceiptRecorder>()
            .AddSingleton<WaitingMatcher>());
        var store = services.GetRequiredService<EventStore>();
        await MatchingBook.FillAsync(store.Database, corpus, cancellation);
        MadeCustomer[] customers = [.. corpus.Customers.Where(one => one.IsKnown).Take(Customers)];
        await ReceiveAsync(services, customers, cancellation);
        await BillAsync(store, customers, corpus.Items[0], cancellation);
        var matcher = services.GetRequiredService<WaitingMatcher>();
        var cpu = bench.Cpu();
        IReadOnlyDictionary<string, TimeSpan> before = cpu.Now();
        var watch = Stopwatch.StartNew();
        while (await LeftAsync(store, cancellation) > 0)
            await matcher.LookAsync(AloneAsync, cancellation);
        var took = watch.Elapsed;
        const int news = Customers * ItemsEach;
        bench.Report.Add(new Figure(
            string.Create(CultureInfo.InvariantCulture,
                $"news that point to {Customers * ReceiptsEach:#,0} receipts and {news:#,0} items"),
            "/s", news / (decimal)took.TotalSeconds,
            Cpu: cpu.Now().ToDictionary(
                pair => pair.Key, pair => (decimal)(pair.Value - before[pair.Key]).TotalMicroseconds / news)));
    }

    /// <summary>Money of which is known whose it is, and which nothing explains.</summary>
    private static async Task ReceiveAsync(
        ServiceProvider services, MadeCustomer[] customers, CancellationToken cancellation)
    {
        var random = new Random(Seed);
        var numbers = services.GetRequiredService<ReceiptNumbers>();
        var account = new BankAccountRow(
            "US01-MAIN", Entity, "USD", null, "1", null, "1000", false, false, false, null, null, null, 1);
        (IncomingReceipt, BankAccountRow)[] receipts =
        [
            .. customers.SelectMany(customer => Enumerable.Range(0, ReceiptsEach).Select(n => (
                new IncomingReceipt(
                    Ids.From("waiting-receipt", $"{customer.Number}/{n}"), "wire",
                    Money.Of(random.Next(100_000, 10_000_000) / 100m, Usd), Today,
                    new Payer(customer.Name, customer.Account), ["on account"], [], null,
                    new ReceiptSource(Guid.Empty, "BENCHMARK", n + 1, 0, Today)),
                account))),
        ];
        foreach (var some in receipts.Chunk(1_000))
        {
            using var turn = await numbers.LongTurnAsync(Entity, cancellation);
            var batch = new WriteBatch(new EventMetadata("benchmark"));
            await services.GetRequiredService<ReceiptRecorder>().RecordAsync(Entity, some, batch, cancellation);
            var result = await services.GetRequiredService<EventStore>().CommitAsync(batch, cancellation);
            if (!result.IsCommitted)
                throw new InvalidOperationException($"Receipts were not written: {result.Status}.");
        }
    }

    private static async Task BillAsync(
        EventStore store, MadeCustomer[] customers, OpenItem like, CancellationToken cancellation)
    {
        var random = new Random(Seed + 1);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        foreach (var customer in customers)
        {
            var items = Enumerable.Range(0, ItemsEach).Select(n =>
            {
                var amount = new MoneyAmount(random.Next(1_000, 100_000) / 100m, "USD");
                return like with
                {
                    InvoiceId = Ids.From("waiting-invoice", $"{customer.Number}/{n}"),
                    InvoiceNumber = $"{customer.Number}-{n:00000}",
                    CustomerId = customer.Id,
                    Amount = amount,
                    Balance = amount,
                    PurchaseOrder = null,
                    DiscountUntil = null,
                    DiscountRate = null,
                };
            }).ToArray();
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(OpenItems.Write(1, items));
            await batch.ExecuteNonQueryAsync(cancellation);
        }

        await using var tell = new NpgsqlCommand(Tell, connection);
        tell.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. customers.Select(one => one.Id)] });
        await tell.ExecuteNonQueryAsync(cancellation);
        await store.Database.ExecuteAsync("analyze", cancellation);
    }

    private static async Task<long> LeftAsync(EventStore store, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(
            "select count(*) from match_news where looked_at is null");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Nothing may fail here.</summary>
    private static async Task<bool> AloneAsync(string part, Func<Task> run, CancellationToken cancellation)
    {
        await run();
        return true;
    }
}
