using System.Diagnostics;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Benchmarks;

/// <summary>
/// <c>matching</c>: 10,000 payments of a made-up corpus, a thousand to a write as a statement's lines are, against open
/// items of a twentieth as many customers: how many a second, what of the time goes into the search for candidates,
/// into scoring and into writing, and how many were applied without a person, rightly and wrongly. Invoicing's answers
/// are not waited for. Then one payment over 800 and one over 10,000 invoices.
/// </summary>
internal static class MatchingBenchmark
{
    public static readonly Benchmark Define = new(
        "matching", "10,000 payments against open items (--items), with the corpus' own truth", RunAsync);

    private const int Seed = 20261129;
    private const int Lines = 10_000;
    private const int AtOnce = 1_000;
    private const string Entity = "US01";

    private static readonly Currency Usd = Currency.Of("USD");
    private static readonly DateOnly Today = new(2026, 11, 3);
    private static readonly LedgerAccounts Accounts = new("1000", "2400", "2410", "4920", "1090");

    private static async Task RunAsync(Bench bench, CancellationToken cancellation)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;

        // The first thousand go before and do not count.
        var corpus = MatchingCorpus.Make(Seed, bench.Items, Lines + AtOnce);
        var services = await bench.StoreAsync(CashApplicationService.AddEvents, cancellation);
        var store = services.GetRequiredService<EventStore>();
        await MatchingBook.FillAsync(store.Database, corpus, cancellation);
        var matching = new Stages(store);
        var counted = new List<(MadePayment Made, MatchResult Result)>(Lines);
        var cpu = bench.Cpu();
        IReadOnlyDictionary<string, TimeSpan> before = cpu.Now();
        foreach (var (index, made) in corpus.Payments.Chunk(AtOnce).Index())
        {
            if (index == 1)
                (before, matching.Search, matching.Scoring, matching.Writing) = (cpu.Now(), default, default, default);
            var results = await matching.RunAsync([.. made.Select(one => one.Payment)], cancellation);
            if (index > 0)
                counted.AddRange(made.Zip(results));
        }

        var used = cpu.Now().ToDictionary(
            pair => pair.Key, pair => (decimal)(pair.Value - before[pair.Key]).TotalMicroseconds / Lines);
        Report(bench, matching, counted, used);
        foreach (var invoices in new[] { 800, 10_000 })
            await OneOverManyAsync(bench, store, matching, corpus, invoices, cancellation);
    }

    private static void Report(
        Bench bench, Stages stages, List<(MadePayment Made, MatchResult Result)> counted,
        IReadOnlyDictionary<string, decimal> cpu)
    {
        var total = stages.Search + stages.Scoring + stages.Writing;
        bench.Report.Add(new Figure(
            $"payments against {bench.Items:#,0} items", "/s", Lines / (decimal)total.TotalSeconds,
            Goal: new Goal(AtLeast: 1_000), Cpu: cpu));
        foreach (var (name, part) in new[]
            { ("search", stages.Search), ("scoring", stages.Scoring), ("writing", stages.Writing) })
            bench.Report.Add(new Figure($"of the time: {name}", "%", 100 * (decimal)(part / total)));
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
        Bench bench, EventStore store, Stages stages, MatchingCorpus corpus, int invoices,
        CancellationToken cancellation)
    {
        var made = Enumerable.Range(0, invoices).Select(n => corpus.Items[0] with
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
            Money.Of(made.Sum(item => item.Balance.Amount), Usd), null, null, [], ValueDate: Today,
            Documents:
            [
                .. made.Select(item => new RemittanceLine(
                    item.InvoiceNumber, "IV", Money.Of(item.Balance.Amount, Usd), null, null, [])),
            ]);
        (stages.Search, stages.Scoring, stages.Writing) = (default, default, default);
        var result = (await stages.RunAsync([payment], cancellation))[0];
        if (result.Chosen?.Lines.Count != invoices)
            throw new InvalidOperationException($"{result.Chosen?.Lines.Count} of {invoices} invoices are paid.");
        bench.Report.Add(new Figure(
            $"one payment over {invoices:#,0} invoices", "s",
            (decimal)(stages.Search + stages.Scoring + stages.Writing).TotalSeconds,
            Goal: new Goal(AtMost: invoices == 800 ? 0.3m : 3m)));
    }

    /// <summary>The steps of recording receipts, each with its time.</summary>
    private sealed class Stages(EventStore store)
    {
        private readonly ReceiptMatching _matching = new(store, new CashPolicy(), TimeProvider.System);
        private readonly ReceiptNumbers _numbers = new(store.Database);

        public TimeSpan Search { get; set; }

        public TimeSpan Scoring { get; set; }

        public TimeSpan Writing { get; set; }

        public async Task<IReadOnlyList<MatchResult>> RunAsync(Payment[] payments, CancellationToken cancellation)
        {
            var watch = Stopwatch.StartNew();
            var settings = await _matching.SettingsAsync(Entity, cancellation);
            var facts = await _matching.FactsAsync(Entity, payments, settings, cancellation);
            Search += watch.Elapsed;
            watch.Restart();
            var session = new MatchSession(facts[Usd], settings);
            MatchResult[] results = [.. payments.Select(session.Match)];
            Scoring += watch.Elapsed;
            watch.Restart();
            var result = await store.CommitAsync(
                await BatchAsync(payments, results, settings, cancellation), cancellation);
            if (!result.IsCommitted)
                throw new InvalidOperationException($"Receipts were not written: {result.Status}.");
            Writing += watch.Elapsed;
            return results;
        }

        private async Task<WriteBatch> BatchAsync(
            Payment[] payments, MatchResult[] results, MatchSettings settings, CancellationToken cancellation)
        {
            var batch = new WriteBatch(new EventMetadata("benchmark"));
            var promises = new List<(Guid, int, decimal)>();
            var drawn = await _numbers.DrawAsync(Entity, Today.Year, payments.Length, cancellation);
            foreach (var (index, payment) in payments.Index())
            {
                var (id, match) = (Ids.Next(TimeProvider.System), results[index]);
                var apply = _matching.DecisionOf(match);
                var decided = ReceiptDecider.Record(
                    Receipt.Initial,
                    new RecordReceipt(
                        id, drawn.Numbers[index], Entity, "wire", "US01-MAIN", Accounts, payment.Amount,
                        payment.ValueDate, Today, new Payer(payment.PayerName, payment.PayerAccount),
                        payment.Remittance, null, null, match.CustomerId, match.IdentifiedBy),
                    apply, ReceiptMatching.AsideOf(match, settings, Today));
                batch.Append(ReceiptStream.Type, id, 0, decided.Events);
                promises.AddRange(ReceiptMatching.Promises(apply));
            }

            return batch.GuardPromises(promises).Guard(drawn.Guard);
        }
    }
}
