using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>A statement of a file that is being imported, its account and its place there.</summary>
public sealed record SurveyedStatement(BankAccountRow Account, StatementFacts Facts, StatementPlace Place);

/// <summary>
/// The first reading of a file: it goes through all of it, holds it against its control totals and counts what the
/// accounts have already, and keeps of it what does not grow with its entries but for the counts. Only what has passed
/// here is booked, so a file that breaks off in its last line books nothing.
/// </summary>
/// <param name="history">What the accounts have already.</param>
/// <param name="accountOf">Finds the account of a statement, or refuses it.</param>
/// <param name="placeOf">Gives a statement its place behind those of the file before it, or refuses it.</param>
public sealed class StatementSurvey(
    LineHistory history, Func<BankStatement, CancellationToken, Task<BankAccountRow>> accountOf,
    Func<BankAccountRow, StatementFacts, StatementPlace> placeOf)
{
    private const int LookUp = 2_000;

    /// <summary>
    /// Reads the file to its end; throws <see cref="StatementRefused"/> for the first thing wrong in it. One that has
    /// to wait for a missing statement is read on: it is imported by itself later, so all its accounts are asked for
    /// while it is known who sends it.
    /// </summary>
    public async Task<IReadOnlyList<SurveyedStatement>> ReadAsync(
        IStatementReader reader, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var statements = new List<SurveyedStatement>();
        StatementRefused? waits = null;
        while (reader.NextStatement() is { } header)
        {
            var account = await accountOf(header, cancellation);
            if (waits is not null)
                continue;
            try
            {
                statements.Add(await ReadStatementAsync(reader, header, account, cancellation));
            }
            catch (StatementRefused refused) when (refused.WaitsFor is not null)
            {
                waits = refused;
            }
        }

        return waits is null ? statements : throw waits;
    }

    private async Task<SurveyedStatement> ReadStatementAsync(
        IStatementReader reader, BankStatement header, BankAccountRow account, CancellationToken cancellation)
    {
        using var fingerprint = new StatementFingerprint(header);
        var totals = new ControlTotals(header);
        var lines = history.Begin(account.Code);
        var sums = new Sums(Currency.Of(account.Currency), lines);
        var ahead = new List<(StatementEntry Entry, EntryFingerprint Line)>(LookUp);
        var isEnded = false;
        while (!isEnded)
        {
            while (ahead.Count < LookUp && !isEnded)
            {
                if (reader.NextEntry() is { } entry)
                {
                    totals.Add(entry);
                    RefuseForeign(entry, account, header);
                    ahead.Add((entry, fingerprint.Add(entry)));
                }
                else
                {
                    isEnded = true;
                }
            }

            await history.LoadAsync(account.Code, ahead.Select(pair => pair.Line), cancellation);
            foreach (var (entry, line) in ahead)
                sums.Add(header, entry, line);
            ahead.Clear();
        }

        var statement = reader.Statement;
        if (totals.Check(statement) is { } refusal)
            throw new StatementRefused(refusal);
        var facts = sums.Facts(statement, fingerprint.ContentHash(statement));
        var place = placeOf(account, facts);
        lines.End(place.LeavesOutKnown);
        return new SurveyedStatement(account, facts, place);
    }

    private static void RefuseForeign(StatementEntry entry, BankAccountRow account, BankStatement statement)
    {
        if (entry.Amount.Currency.Code != account.Currency)
        {
            throw new StatementRefused(new StatementRefusal(StatementRefusals.CurrencyDiffers, entry.Line,
                $"statement {statement.StatementId}, entry {entry.Ordinal}",
                $"The entry is in {entry.Amount.Currency}, the account {account.Code} is kept in {account.Currency}."));
        }
    }

    private sealed class Sums(Currency currency, LineHistory.StatementLines lines)
    {
        private decimal _credits;
        private decimal _debits;
        private decimal _known;
        private DateOnly? _firstDay;
        private int _entries;
        private int _lines;
        private int _knownLines;
        private int _receipts;

        public void Add(BankStatement header, StatementEntry entry, EntryFingerprint line)
        {
            _entries++;
            if (EntryClassification.Of(entry) is var kind && !EntryClassification.Books(kind))
            {
                // Of those that are pending each becomes a pending payment.
                if (entry is { Status: EntryStatus.Pending, Movement: Movement.Credit })
                    _receipts += EntryReceipts.CountOf(entry);
                return;
            }

            _lines++;
            if (kind == LineClass.Receipt)
                _receipts += EntryReceipts.CountOf(entry);
            if (entry.Movement == Movement.Credit)
                _credits += entry.Amount.Amount;
            else
                _debits += entry.Amount.Amount;
            if (header.BookingDateOf(entry) is { } day && !(day >= _firstDay))
                _firstDay = day;
            if (lines.Count(line) <= lines.Before(line))
            {
                _knownLines++;
                _known += entry.SignedAmount.Amount;
            }
        }

        public StatementFacts Facts(BankStatement statement, string hash)
        {
            var first = statement.From ?? _firstDay ?? statement.Opening?.Date ?? statement.LastDay;
            return new StatementFacts(statement, hash, first > statement.LastDay ? statement.LastDay : first,
                Of(_credits, statement), Of(_debits, statement), _entries, _lines, _knownLines, Of(_known, statement),
                _receipts);
        }

        private Money Of(decimal sum, BankStatement statement) => Money.TryOf(sum, currency, out var money)
            ? money
            : throw new StatementRefused(new StatementRefusal(StatementRefusals.AmountUnreadable, statement.Line,
                $"statement {statement.StatementId}", "its entries together come to too large an amount."));
    }
}
