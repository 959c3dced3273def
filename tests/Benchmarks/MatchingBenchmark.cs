using System.Diagnostics;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>matching</c>: 10,000 payments of a made-up corpus, a thousand to a write as a statement's lines are, against open
/// items of a twentieth as many customers, by the recorder of the service: how many a second, how long searching for
/// candidates, scoring and writing took (parts are searched for beside each other and beside scoring, so that their
/// shares add up to more than the time), and how many were applied without a person, rightly and wrongly. Invoicing's
/// answers are not waited for: what is measured ends with the committed requests to apply. Then one payment over 800
/// and one over 10,000 invoices.
/// </summary>
internal static class MatchingBenchmark
{
    public static readonly Benchmark Define = new(
        "matching", "10,000 payments against open items (--items), with the corpus' own truth", RunAsync);

    private const int Seed = 20261129;
    private const int Lines = 10_000;
    private const int AtOnce = 1_000;

    /// <summary>They go before and do not count: until then methods are compiled.</summary>
    private const int Before = 5 * AtOnce;

    private const string Entity = "US01";

    private static readonly Currency Usd = Currency.Of("USD");
    private static readonly DateOnly Today = new(2026, 11, 3);

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;

        var services = await bench.StoreAsync(CashApplicationService.AddEvents, cancellation, more => more
            .AddSingleton(new CashPolicy())
            .AddSingleton<ReceiptNumbers>()
            .AddSingleton<ReceiptMatching>()
            .AddSingleton<ReceiptRecorder>());
        var store = services.GetRequiredService<EventStore>();
        var (payments, item) = await FillAsync(bench, store, cancellation);
        GC.Collect();
        var recording = new Recording(store, services);
        var counted = new List<(MadePayment Made, MatchResult Result)>(Lines);
        var cpu = bench.Cpu();
        IReadOnlyDictionary<string, TimeSpan> before = cpu.Now();
        foreach (var (index, made) in payments.Chunk(AtOnce).Index())
        {
            if (index == Before / AtOnce)
            {
                before = cpu.Now();
                recording.StartOver();
            }

            var results = await recording.RunAsync(made.Select(one => one.Payment), cancellation);
            if (index >= Before / AtOnce)
                counted.AddRange(made.Zip(results));
        }

        var used = cpu.Now().ToDictionary(
            pair => pair.Key, pair => (decimal)(pair.Value - before[pair.Key]).TotalMicroseconds / Lines);
        Report(bench, recording, counted, used);
        foreach (var invoices in new[] { 800, 10_000 })
            await OneOverManyAsync(bench, store, recording, item, invoices, cancellation);
    }

    /// <summary>
    /// Puts the corpus into the tables, and keeps of it the payments and one item alone: the collector would mark a
    /// million items again and again, which no service has.
    /// </summary>
    private static async Task<(IReadOnlyList<MadePayment> Payments, OpenItem Item)> FillAsync(
        Bench bench, EventStore store, CancellationToken cancellation)
    {
        var corpus = MatchingCorpus.Make(Seed, bench.Items, Before + Lines);
        await MatchingBook.FillAsync(store.Database, corpus, cancellation);
        return (corpus.Payments, corpus.Items[0]);
    }

    private static void Report(
        Bench bench, Recording recording, List<(MadePayment Made, MatchResult Result)> counted,
        IReadOnlyDictionary<string, decimal> cpu)
    {
        var total = recording.Total;
        bench.Report.Add(new Figure(
            $"payments against {bench.Items:#,0} items", "/s", Lines / (decimal)total.TotalSeconds,
            Goal: new Goal(AtLeast: 1_000), Cpu: cpu));
        foreach (var (name, part) in new[]
        {
            ("searching, summed over parts", recording.Search), ("scoring", recording.Scoring),
            ("both, as time passed", recording.Matching), ("writing", recording.Writing),
        })
        {
            bench.Report.Add(new Figure($"of the time: {name}", "%", 100 * (decimal)(part / total)));
        }

        var applied = counted.Count(one => one.Result.Chosen is not null);
        var wrong = counted.Count(one => IsWrong(one.Made, one.Result));
        bench.Report.Add(new Figure(
            $"applied without a person (seed {Seed})", "%", 100m * applied / Lines, Goal: new Goal(AtLeast: 90)));
        bench.Report.Add(new Figure(
            $"wrongly (seed {Seed})", "%", 100m * wrong / Lines, Goal: new Goal(AtMost: 0.1m)));
        foreach (var kind in counted.GroupBy(one => one.Made.Kind).OrderByDescending(kind => kind.Count()))
            Console.WriteLine($"{"",4}{kind.Key,-40} {Line([.. kind])}");
    }

    private static string Line((MadePayment Made, MatchResult Result)[] payments)
    {
        var count = payments.Length;
        var applied = 100m * payments.Count(one => one.Result.Chosen is not null) / count;
        var offered = 100m * payments.Count(one => IsOffered(one.Made, one.Result)) / count;
        var wrong = payments.Count(one => IsWrong(one.Made, one.Result));
        return string.Create(CultureInfo.InvariantCulture,
            $"{count,6:#,0}: {applied,5:0.0} % applied, {wrong} wrongly; the truth first in {offered,5:0.0} %");
    }

    /// <summary>Applied to other items than it is for, or with other amounts.</summary>
    private static bool IsWrong(MadePayment made, MatchResult result) =>
        result.Chosen is { } chosen && !IsTrue(made, chosen);

    private static bool IsOffered(MadePayment made, MatchResult result) =>
        result.Suggestions is [var first, ..] && IsTrue(made, first);

    private static bool IsTrue(MadePayment made, Explanation explanation) =>
        explanation.Lines.Count == made.Truth.Count && explanation.Lines.All(line =>
            made.Truth.TryGetValue(line.InvoiceId, out var paid) && line.Amount.Amount == paid);

    /// <summary>Items that no other payment has used: those of the last customers.</summary>
    private static async Task OneOverManyAsync(
        Bench bench, EventStore store, Recording recording, OpenItem item, int invoices,
        CancellationToken cancellation)
    {
        var made = Enumerable.Range(0, invoices).Select(n => item with
        {
            InvoiceId = Ids.From("matching-many", $"{invoices}/{n}"),
            InvoiceNumber = $"BIG-{invoices}-{n:000000}",
            DiscountUntil = null,
            DiscountRate = null,
        }).ToArray();
        await using (var connection = await store.Database.OpenConnectionAsync(cancellation))
        await using (var batch = new Npgsql.NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(OpenItems.Write(1, made));
            await batch.ExecuteNonQueryAsync(cancellation);
        }

        var payment = new Payment(
            Money.Of(made.Sum(one => one.Balance.Amount), Usd), null, null, [], ValueDate: Today,
            Documents:
            [
                .. made.Select(one => new RemittanceLine(
                    one.InvoiceNumber, "IV", Money.Of(one.Balance.Amount, Usd), null, null, [])),
            ]);
        recording.StartOver();
        var result = (await recording.RunAsync([payment], cancellation))[0];
        if (result.Chosen?.Lines.Count != invoices)
            throw new InvalidOperationException($"{result.Chosen?.Lines.Count} of {invoices} invoices are paid.");
        bench.Report.Add(new Figure(
            $"one payment over {invoices:#,0} invoices", "s",
            (decimal)recording.Total.TotalSeconds,
            Goal: new Goal(AtMost: invoices == 800 ? 0.3m : 3m)));
    }

    /// <summary>
    /// Records payments as lines of a statement are: turn, numbers, receipts that were entered, candidates, scoring and
    /// decisions by the recorder of the service; then the write.
    /// </summary>
    private sealed class Recording(EventStore store, ServiceProvider services)
    {
        private static readonly BankAccountRow Account = new(
            "US01-MAIN", Entity, "USD", null, "1", null, "1000", false, false, false, null, null, null, 1);

        private readonly ReceiptNumbers _numbers = services.GetRequiredService<ReceiptNumbers>();
        private readonly ReceiptRecorder _recorder = services.GetRequiredService<ReceiptRecorder>();
        private int _lines;

        public TimeSpan Matching { get; private set; }

        public TimeSpan Search { get; private set; }

        public TimeSpan Scoring { get; private set; }

        public TimeSpan Writing { get; private set; }

        public TimeSpan Total => Matching + Writing;

        public void StartOver() => (Matching, Search, Scoring, Writing) = (default, default, default, default);

        public async Task<IReadOnlyList<MatchResult>> RunAsync(
            IEnumerable<Payment> payments, CancellationToken cancellation)
        {
            (IncomingReceipt, BankAccountRow)[] receipts =
                [.. payments.Select(payment => (Line(payment), Account))];
            var watch = Stopwatch.StartNew();
            using var turn = await _numbers.LongTurnAsync(Entity, cancellation);
            var batch = new WriteBatch(new EventMetadata("benchmark"));
            var recorded = await _recorder.RecordAsync(Entity, receipts, batch, cancellation);
            if (recorded.Entered.Count > 0)
                throw new InvalidOperationException("Nothing was entered before.");
            Matching += watch.Elapsed;
            Search += recorded.Matching.Search;
            Scoring += recorded.Matching.Scoring;
            watch.Restart();
            var result = await store.CommitAsync(batch, cancellation);
            if (!result.IsCommitted)
                throw new InvalidOperationException($"Receipts were not written: {result.Status}.");
            Writing += watch.Elapsed;
            return recorded.Matches;
        }

        private IncomingReceipt Line(Payment payment) => new(
            Ids.Next(TimeProvider.System), "wire", payment.Amount, payment.ValueDate,
            new Payer(payment.PayerName, payment.PayerAccount), payment.Remittance, payment.Documents ?? [],
            payment.CheckNumber, new ReceiptSource(Guid.Empty, "BENCHMARK", ++_lines, 0, Today));
    }
}
