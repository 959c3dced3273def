using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>ach</c>: the NACHA file of 100,199 entries (<c>ach-load</c> below the folder that the environment variable
/// OTC_DATA names) taken in, checked and booked to its last entry by the importer of the service: entries a second and
/// the most memory that the process took.
/// </summary>
internal static class AchFileBenchmark
{
    public static readonly Benchmark Define = new(
        "ach", "the NACHA file of 100,199 entries of OTC_DATA, imported and booked", RunAsync);

    private const string Name = "ach-load/moov-io+ach/large-files/PPD-200-batches-100000-entries.ach.gz";

    private const string LegalEntity =
        "insert into legal_entities (code, name, base_currency, time_zone, unapplied_cash_account, " +
        "unidentified_cash_account, cash_clearing_account, version, small_differences_account) " +
        "values ('US01', 'Acme Inc.', 'USD', 'America/Chicago', '2400', '2410', '1090', 1, '4920')";

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        if (Path.Combine(Environment.GetEnvironmentVariable("OTC_DATA") ?? "", Name) is var path && !File.Exists(path))
        {
            Console.WriteLine($"Nothing was measured: set OTC_DATA to the folder that has {Name}.");
            return;
        }

        DefaultTypeMap.MatchNamesWithUnderscores = true;
        var services = await bench.StoreAsync(CashApplicationService.AddEvents, cancellation, more => more
            .AddSingleton(new CashPolicy())
            .AddSingleton<ReceiptNumbers>()
            .AddSingleton<ReceiptMatching>()
            .AddSingleton<ReceiptRecorder>()
            .AddSingleton<PendingPaymentRecorder>()
            .AddSingleton<StatementBooker>()
            .AddSingleton<StatementImporter>());
        var store = services.GetRequiredService<EventStore>();
        await store.Database.ExecuteAsync(LegalEntity, cancellation);
        var metadata = new EventMetadata("benchmark");
        await store.CommitAsync(new WriteBatch(metadata).Append(
            BankAccountStream.Type, BankAccountStream.IdOf("US01-LOAD"), 0,
            [
                new BankAccountDefined(
                    "US01-LOAD", "US01", "USD", null, "123456789", null, "1000", new DetailByFile(Ach: true)),
            ]), cancellation);
        await using var body = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);

        var watch = Stopwatch.StartNew();
        var file = await StatementFiles.ReceiveAsync(
            store.Database, Ids.Next(TimeProvider.System), body, TimeProvider.System.GetUtcNow(), cancellation);
        using (var plan = await services.GetRequiredService<StatementImporter>().PlanAsync(
            new ImportOrder(file, new FileReading(StatementFormat.Nacha)), metadata, cancellation))
        {
            await store.CommitAsync(plan.Batch!, cancellation);
        }

        await services.GetRequiredService<StatementBooker>().BookAsync(file.ImportId, cancellation);
        var seconds = (decimal)watch.Elapsed.TotalSeconds;
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var receipts = await connection.ExecuteScalarAsync<long>(
            new CommandDefinition("select count(*) from receipts", cancellationToken: cancellation));
        bench.Report.Add(new Figure($"ACH file, {receipts:#,0} receipts booked", "/s", receipts / seconds));
        bench.Report.Add(new Figure("its peak memory, resident", "MB", Resident(), Goal: new Goal(AtMost: 300)));
    }

    private static decimal Resident() => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024m;
}
