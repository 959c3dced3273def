using System.Diagnostics;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

public sealed partial class ReceiptMatching
{
    /// <summary>Payments of a part: what could explain them is read at once.</summary>
    private const int PartSize = 250;

    /// <summary>So many parts are read while the one before them is scored.</summary>
    private const int PartsAhead = 2;

    /// <summary>
    /// Matches payments to one legal entity one after the other: what one has taken is not there for the next. They are
    /// cut into parts: what could explain the next ones is read, on connections of their own, while one is scored. No
    /// payment has less to go by than it would have alone, and what its write promises is checked there again
    /// (<see cref="OpenItems.GuardPromises"/>).
    /// </summary>
    /// <param name="legalEntity">Whom they were paid to.</param>
    /// <param name="payments">The payments, in the order in which they take what is open.</param>
    /// <param name="settings">Policy and rule sets.</param>
    /// <param name="cancellation">Stops reading and scoring.</param>
    /// <param name="partSize">Payments of a part.</param>
    public async Task<MatchedPayments> MatchInOrderAsync(
        string legalEntity, IReadOnlyList<Payment> payments, MatchSettings settings, CancellationToken cancellation,
        int partSize = PartSize)
    {
        ArgumentNullException.ThrowIfNull(payments);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sessions = new Dictionary<Currency, MatchSession>();
        var matches = new List<MatchResult>(payments.Count);
        var (search, scoring) = (TimeSpan.Zero, TimeSpan.Zero);
        var parts = new Queue<Payment[]>(payments.Chunk(partSize));
        var read = new Queue<Task<PartRead>>();
        try
        {
            for (ReadAhead(); read.TryPeek(out var first);)
            {
                var part = await first;
                _ = read.Dequeue();
                ReadAhead();
                search += part.Took;
                var started = Stopwatch.GetTimestamp();
                foreach (var (currency, facts) in part.Facts)
                {
                    if (sessions.TryGetValue(currency, out var session))
                        session.GoOnWith(facts);
                    else
                        sessions[currency] = new MatchSession(facts, settings);
                }

                foreach (var reading in part.Readings)
                {
                    stop.Token.ThrowIfCancellationRequested();
                    matches.Add(sessions[reading.Payment.Amount.Currency].Match(reading));
                }

                scoring += Stopwatch.GetElapsedTime(started);
            }
        }
        finally
        {
            // What is still being read is of no use to anybody, be it read or not.
            await stop.CancelAsync();
            await Task.WhenAll(read.Cast<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return new MatchedPayments(matches, search, scoring);

        void ReadAhead()
        {
            while (read.Count < PartsAhead && parts.TryDequeue(out var part))
                read.Enqueue(Task.Run(() => ReadAsync(legalEntity, part, settings, stop.Token), stop.Token));
        }
    }

    private async Task<PartRead> ReadAsync(
        string legalEntity, Payment[] payments, MatchSettings settings, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        PaymentReading[] readings = [.. payments.Select(payment => settings.Read(payment))];
        var facts = await FactsAsync(legalEntity, readings, settings, cancellation);
        return new PartRead(readings, facts, Stopwatch.GetElapsedTime(started));
    }

    private sealed record PartRead(
        PaymentReading[] Readings, IReadOnlyDictionary<Currency, MatchFacts> Facts, TimeSpan Took);
}

/// <summary>What became of payments that were matched one after the other.</summary>
/// <param name="Matches">Their results, in their order.</param>
/// <param name="Search">How long reading their candidates took, one part after the other; parts are read beside each
/// other and beside scoring, so that less time passed.</param>
/// <param name="Scoring">How long scoring took.</param>
public sealed record MatchedPayments(IReadOnlyList<MatchResult> Matches, TimeSpan Search, TimeSpan Scoring);
