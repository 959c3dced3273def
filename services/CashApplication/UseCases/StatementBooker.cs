using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Books the lines of imported files: a second reading, cut into writes of bounded size. Each write moves the import's
/// stream on, so that a file whose booking broke off (the process died) goes on where it stopped, in whatever instance,
/// and no line is booked twice. No lock is held from one write to the next but that on the file itself.
/// </summary>
public sealed class StatementBooker(
    EventStore store, ReceiptRecorder recorder, PendingPaymentRecorder pending, ReceiptNumbers numbers,
    TimeProvider clock,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions)
{
    /// <summary>Lines or receipts of one write.</summary>
    public const int MostAtOnce = 1_000;

    /// <summary>All lines of a file that has few.</summary>
    public async Task<LineChunk> WholeAsync(
        ReceivedFile file, StatementFileImported imported, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        await using var stream = await StatementFiles.OpenAsync(store.Database, file, cancellation);
        var chunks = new List<LineChunk>();
        await foreach (var chunk in ChunksAsync(file.ImportId, stream, imported, cancellation))
            chunks.Add(chunk);
        return chunks is [var only] ? only : new LineChunk(
            [.. chunks.SelectMany(chunk => chunk.Statements)], [.. chunks.SelectMany(chunk => chunk.Receipts)],
            [.. chunks.SelectMany(chunk => chunk.Pending)], true);
    }

    /// <summary>
    /// Adds the receipts and pending payments of these lines to a write, and gives the lines with the receipts that had
    /// been entered for their money. The caller calls again after a version conflict. Where the file's effects are
    /// held, its receipts are recorded and no more, and what the bank has not booked stays a line.
    /// </summary>
    public async Task<(LineChunk Chunk, IReadOnlyList<MatchResult> Matches)> RecordAsync(
        LineChunk chunk, WriteBatch batch, CancellationToken cancellation, bool holdsEffects = false)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        var accounts = new Dictionary<string, BankAccountRow>(StringComparer.Ordinal);
        foreach (var code in chunk.Receipts.Concat(chunk.Pending).Select(pair => pair.Item2).Distinct())
            accounts[code] = (await store.Database.BankAccountAsync(code, cancellation))!;
        var matches = new List<MatchResult>(chunk.Receipts.Count);
        var entered = new Dictionary<Guid, Guid>();
        foreach (var group in chunk.Receipts.GroupBy(pair => accounts[pair.BankAccount].LegalEntity)
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            IReadOnlyList<(IncomingReceipt, BankAccountRow)> receipts =
                [.. group.Select(pair => (pair.Receipt, accounts[pair.BankAccount]))];
            var recorded = holdsEffects
                ? await recorder.RecordHeldAsync(group.Key, receipts, batch, cancellation)
                : await recorder.RecordAsync(group.Key, receipts, batch, cancellation);
            matches.AddRange(recorded.Matches);
            foreach (var (credit, receiptId) in recorded.Entered)
                entered[credit] = receiptId;
        }

        if (holdsEffects)
            return (chunk.With(entered), matches);
        foreach (var group in chunk.Pending.GroupBy(pair => accounts[pair.BankAccount].LegalEntity))
        {
            await pending.AddAsync(
                batch, group.Key,
                [
                    .. group.Select(pair => (
                        pair.Payment.ReceiptId, PendingPaymentRecorder.Of(pair.Payment, group.Key, pair.BankAccount))),
                ],
                cancellation);
        }

        return (chunk.With(entered), matches);
    }

    /// <summary>
    /// What the import's stream hears of lines: that they are booked, and their fees where the account names where
    /// these go. An account without fees costs no query.
    /// </summary>
    public async Task<IReadOnlyList<object>> EventsAsync(
        Guid importId, StatementFileImported imported, LineChunk chunk, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(imported);
        ArgumentNullException.ThrowIfNull(chunk);
        var fees = new List<BankFee>();
        foreach (var (statement, lines) in chunk.Statements)
        {
            if (!lines.Any(BankFees.IsFee))
                continue;
            var booked = imported.Statements[statement - 1];
            var account = (await store.Database.BankAccountAsync(booked.BankAccount, cancellation))!;
            if (account.ChargesAccount is null)
                continue;
            var today = await TodayAsync(account, cancellation);
            fees.AddRange(lines
                .Select(line => BankFees.Of(importId, statement, booked.StatementId, line, account, today))
                .OfType<BankFee>());
        }

        return fees.Count == 0 ? [chunk.ToEvent()] : [chunk.ToEvent(), new BankFeesBooked(fees)];
    }

    /// <summary>
    /// A turn at every series of numbers that receipts of these accounts draw from, always in the same order.
    /// </summary>
    public async Task<IDisposable> TurnsAsync(IEnumerable<string> bankAccounts, CancellationToken cancellation)
    {
        var entities = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var code in bankAccounts.Distinct())
            entities.Add((await store.Database.BankAccountAsync(code, cancellation))!.LegalEntity);
        var turns = new Turns();
        try
        {
            foreach (var entity in entities)
                turns.Add(await numbers.LongTurnAsync(entity, cancellation));
            return turns;
        }
        catch
        {
            turns.Dispose();
            throw;
        }
    }

    /// <summary>Books what is left of the imports of an account, so that the next one finds all their lines.</summary>
    public async Task FinishAsync(string bankAccount, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var unfinished = await connection.QueryAsync<Guid>(new CommandDefinition(
            "select i.id from statement_imports i where i.status = 'booking' and exists (select 1 from statements s " +
            "where s.import_id = i.id and s.bank_account = @bankAccount) order by i.received_at, i.id",
            new { bankAccount }, cancellationToken: cancellation));
        foreach (var importId in unfinished)
            await BookAsync(importId, cancellation);
    }

    /// <summary>Books what is left of an import; waits where another instance is at it.</summary>
    public async Task BookAsync(Guid importId, CancellationToken cancellation)
    {
        await using var turn = await Turn.WaitAsync(
            sessions, Ids.LockKey($"statement-import:{importId}"), cancellation);
        var history = await store.HistoryAsync(importId, cancellation);
        var import = history.Aggregate(StatementImport.Initial, (state, e) => StatementImport.Evolve(state, e.Data));
        if (import is not { Imported: { } imported, IsBooked: false })
            return;
        var metadata = history.Last(e => e.Data is StatementFileImported).Metadata;
        var (lines, begun) = (import.Lines, import.Begun.Count);
        await using var stream = (await StatementFiles.OpenAsync(store.Database, importId, cancellation))!;
        await foreach (var chunk in ChunksAsync(importId, stream, imported, cancellation, lines, begun))
        {
            await CommitAsync(importId, imported, (lines, begun), chunk, metadata, cancellation);
            lines += chunk.Lines;
            begun = chunk.IsPart ? begun + chunk.Receipts.Count + chunk.Pending.Count : 0;
        }
    }

    /// <summary>
    /// Something else may be noted on the import meanwhile, such as the receipt of a returned payment; lines that
    /// somebody else has booked, the lock being lost with its session, are left to them.
    /// </summary>
    private async Task CommitAsync(
        Guid importId, StatementFileImported imported, (int Lines, int Begun) position, LineChunk chunk,
        EventMetadata metadata, CancellationToken cancellation)
    {
        IReadOnlyList<MatchResult> matches = [];
        using var turns = await TurnsAsync(chunk.Receipts.Select(pair => pair.BankAccount), cancellation);
        var result = await store.CommitAsync(
            async cancel =>
            {
                var (import, version) = await store.LoadAsync(StatementImport.Type, importId, cancel);
                if (import.IsBooked || (import.Lines, import.Begun.Count) != position)
                    throw new InvalidOperationException($"Lines of import {importId} are booked by somebody else.");
                var batch = new WriteBatch(metadata);
                (var booked, matches) = await RecordAsync(
                    chunk.After(import.Begun), batch, cancel, import.HoldsEffects);
                return batch.Append(
                    StatementImport.Type, importId, version, await EventsAsync(importId, imported, booked, cancel));
            },
            cancellation);
        if (!result.IsCommitted)
            throw new InvalidOperationException($"Lines could not be booked: {result.Status} {result.Constraint}.");
        MatchMetrics.Recorded(matches);
    }

    /// <summary>
    /// The lines of a file from a position on, cut into writes; so many payments of the first of them are recorded.
    /// </summary>
    internal async IAsyncEnumerable<LineChunk> ChunksAsync(
        Guid importId, Stream stream, StatementFileImported imported,
        [EnumeratorCancellation] CancellationToken cancellation, int skip = 0, int begun = 0)
    {
        var reading = imported.Reading!;
        using var reader = StatementFormats.Open(reading.Format, stream, reading.Mapping, reading.BankAccount);
        var history = LineHistory.Of(store.Database, importId);
        var draft = new Draft(skip, begun);
        for (var index = 0; reader.NextStatement() is { } header; index++)
        {
            var booked = imported.Statements[index];
            if (booked.IsRepeated)
                continue;
            var lines = history.Begin(booked.BankAccount);
            var maker = new LineMaker(importId, booked, header, lines, await TodayAsync(
                (await store.Database.BankAccountAsync(booked.BankAccount, cancellation))!, cancellation));
            using var fingerprint = new StatementFingerprint(header);
            var isEnded = false;
            while (!isEnded)
            {
                var entries = Read(reader, fingerprint, out isEnded);
                await history.LoadAsync(booked.BankAccount, entries.Select(pair => pair.Line), cancellation);
                foreach (var (entry, line) in entries)
                {
                    foreach (var full in draft.Add(index + 1, booked.BankAccount, maker.Make(entry, line)))
                        yield return full;
                }
            }

            lines.End(booked.LeavesOutKnown);
        }

        yield return draft.Take(isLast: true);
    }

    private static List<(StatementEntry Entry, EntryFingerprint Line)> Read(
        IStatementReader reader, StatementFingerprint fingerprint, out bool isEnded)
    {
        var entries = new List<(StatementEntry, EntryFingerprint)>();
        while (entries.Count < MostAtOnce && reader.NextEntry() is { } entry)
            entries.Add((entry, fingerprint.Add(entry)));
        isEnded = entries.Count < MostAtOnce;
        return entries;
    }

    private async Task<DateOnly> TodayAsync(BankAccountRow account, CancellationToken cancellation)
    {
        var entity = await store.Database.LegalEntityAsync(account.LegalEntity, cancellation);
        return clock.Today(entity!.TimeZone);
    }

    /// <summary>Lines and receipts of the next write.</summary>
    private sealed class Draft(int skip, int begun)
    {
        private readonly List<BookedLines> _statements = [];
        private readonly List<(IncomingReceipt, string)> _receipts = [];
        private readonly List<(IncomingReceipt, string)> _pending = [];
        private List<StatementLine> _lines = [];
        private int _statement;
        private int _count;
        private int _toSkip = skip;
        private int _begun = begun;

        private bool IsFull => _count >= MostAtOnce || _receipts.Count + _pending.Count >= MostAtOnce;

        /// <summary>Adds a line, and gives the writes that are full by it.</summary>
        public IEnumerable<LineChunk> Add(
            int statement, string bankAccount,
            (StatementLine Line, IReadOnlyList<IncomingReceipt> Receipts, IReadOnlyList<IncomingReceipt> Pending) made)
        {
            if (_toSkip > 0)
            {
                _toSkip--;
                yield break;
            }

            var done = _begun;
            _begun = 0;
            if (made.Receipts.Count + made.Pending.Count - done > MostAtOnce && _count > 0)
                yield return Take(isLast: false);
            for (; made.Receipts.Count + made.Pending.Count - done > MostAtOnce; done += MostAtOnce)
            {
                yield return new LineChunk(
                    [], [.. Part(made.Receipts).Take(MostAtOnce)], [.. Part(made.Pending).Take(MostAtOnce)],
                    IsLast: false, IsPart: true);
            }

            Add(statement, made.Line);
            _receipts.AddRange(Part(made.Receipts));
            _pending.AddRange(Part(made.Pending));
            if (IsFull)
                yield return Take(isLast: false);

            // A line has receipts or pending payments, never both.
            IEnumerable<(IncomingReceipt, string)> Part(IReadOnlyList<IncomingReceipt> payments) =>
                payments.Skip(done).Select(payment => (payment, bankAccount));
        }

        private void Add(int statement, StatementLine line)
        {
            if (_lines.Count == 0 || statement != _statement)
            {
                (_statement, _lines) = (statement, []);
                _statements.Add(new BookedLines(statement, _lines));
            }

            _lines.Add(line);
            _count++;
        }

        public LineChunk Take(bool isLast)
        {
            var chunk = new LineChunk([.. _statements], [.. _receipts], [.. _pending], isLast);
            _statements.Clear();
            _receipts.Clear();
            _pending.Clear();
            (_lines, _count) = ([], 0);
            return chunk;
        }
    }

    private sealed class Turns : IDisposable
    {
        private readonly Stack<IDisposable> _turns = new();

        public void Add(IDisposable turn) => _turns.Push(turn);

        public void Dispose()
        {
            while (_turns.TryPop(out var turn))
                turn.Dispose();
        }
    }
}
