using System.Globalization;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>What booking a statement comes to.</summary>
/// <param name="Statement">The statement with its lines.</param>
/// <param name="Booked">What the account's stream hears; null when the statement is a repeat.</param>
/// <param name="Receipts">The receipts to record.</param>
public sealed record StatementPlan(BookedStatement Statement, StatementBooked? Booked,
    IReadOnlyList<IncomingReceipt> Receipts);

/// <summary>
/// Books a checked statement onto its account: pure. The account's balances decide what is new. Where a statement opens
/// with the balance that the last one closed with, every line of it is new money, twins of earlier lines too. Where it
/// does not, or a balance is missing, lines may overlap with what is booked: each one that the history has already is
/// left out, as often as the history has it, and what remains must continue the balance.
/// </summary>
public sealed class StatementBooking(Guid importId, DateOnly today)
{
    /// <summary>
    /// Books the statement, or says why not. <paramref name="history"/> counts the booked lines of the account by entry
    /// fingerprint; it must hold those of this statement's entries.
    /// </summary>
    public (StatementPlan? Plan, StatementRefusal? Refusal) Book(
        BankAccount account, BankStatement statement, IReadOnlyDictionary<string, int> history)
    {
        var (keys, hash) = Fingerprints(statement);
        var sameId = account.Statements.GetValueOrDefault((statement.StatementId, statement.SequenceNumber));
        var judgement = StatementContinuity.Judge(statement, hash, Remembered(sameId), Remembered(account.Last));
        if (judgement.IsDuplicate)
            return (new StatementPlan(Describe(account, statement, hash, isRepeated: true, []), null, []), null);

        // Where booked lines at hand sum to nothing (money that came and went again), the balance cannot tell a
        // statement that repeats them from one that follows: then the lines decide, so that none is booked twice.
        var overlaps = IsOverlapThatContinues(account, statement, keys, history);
        var continues = !overlaps && IsContinued(account, statement);
        if (judgement.Refusal is { } refusal && (refusal.Code == StatementRefusals.IdReused || !overlaps))
        {
            return (null, refusal);
        }

        var receipts = new List<IncomingReceipt>();
        var lines = new List<StatementLine>(statement.Entries.Count);
        for (var index = 0; index < statement.Entries.Count; index++)
            lines.Add(Line(account, statement, statement.Entries[index], keys[index], history, continues, receipts));
        return (new StatementPlan(
            Describe(account, statement, hash, isRepeated: false, lines),
            new StatementBooked(account.Definition!.Code, importId, statement.StatementId, statement.SequenceNumber,
                hash, statement.Closing?.Amount, statement.LastDay),
            receipts), null);
    }

    /// <summary>The fingerprints of a statement's entries, without counters, to ask the history for.</summary>
    public static IEnumerable<string> FingerprintsOf(BankStatement statement) =>
        Fingerprints(statement).Keys.Select(key => key.Fingerprint);

    private StatementLine Line(
        BankAccount account, BankStatement statement, StatementEntry entry, EntryKey key,
        IReadOnlyDictionary<string, int> history, bool continues, List<IncomingReceipt> receipts)
    {
        var booked = history.GetValueOrDefault(key.Fingerprint);
        var isKnown = !continues && key.Occurrence <= booked;
        var occurrence = continues ? booked + key.Occurrence : key.Occurrence;
        var lineKey = string.Create(CultureInfo.InvariantCulture, $"{key.Fingerprint}#{occurrence}");
        var bookingDate = statement.BookingDateOf(entry) ?? today;
        var valueDate = statement.ValueDateOf(entry) ?? bookingDate;
        var kind = EntryClassification.Of(entry);
        if (isKnown && kind != LineClass.Information)
            kind = LineClass.AlreadyBooked;
        IncomingReceipt[] own = kind == LineClass.Receipt
            ? [.. EntryReceipts.Of(entry, account.Definition!.Code, lineKey, valueDate,
                new ReceiptSource(importId, statement.StatementId, entry.Ordinal, 0, bookingDate))]
            : [];
        receipts.AddRange(own);
        return new StatementLine(entry.Ordinal, lineKey, bookingDate, valueDate, entry.SignedAmount, kind,
            TextOf(entry),
            Array.ConvertAll(own, receipt => receipt.ReceiptId));
    }

    private static bool IsContinued(BankAccount account, BankStatement statement) =>
        statement.Opening is { Amount: var opening } && account.Last?.Closing is { } closing && opening == closing;

    /// <summary>
    /// True when the known lines at hand lead from the opening balance to the balance that is booked.
    /// </summary>
    private static bool IsOverlapThatContinues(
        BankAccount account, BankStatement statement, EntryKey[] keys, IReadOnlyDictionary<string, int> history)
    {
        if (statement.Opening is not { Amount: var opening } || account.Last?.Closing is not { } closing)
            return false;
        var known = Enumerable.Range(0, keys.Length)
            .Where(index => statement.Entries[index].Status == EntryStatus.Booked &&
                keys[index].Occurrence <= history.GetValueOrDefault(keys[index].Fingerprint))
            .Select(index => statement.Entries[index].SignedAmount)
            .ToArray();
        return known.Length > 0 && opening + Money.Sum(known, opening.Currency) == closing;
    }

    private static (EntryKey[] Keys, string Hash) Fingerprints(BankStatement statement)
    {
        using var fingerprint = new StatementFingerprint(statement);
        var occurrences = new Dictionary<string, int>(StringComparer.Ordinal);
        var keys = new EntryKey[statement.Entries.Count];
        for (var index = 0; index < keys.Length; index++)
        {
            var entry = statement.Entries[index];
            var hash = fingerprint.Add(entry).Split('#')[0];

            // Only booked lines are counted, here and in the history: one that is pending first is booked later, and is
            // then new.
            var occurrence = occurrences.GetValueOrDefault(hash) + (entry.Status == EntryStatus.Booked ? 1 : 0);
            occurrences[hash] = occurrence;
            keys[index] = new EntryKey(hash, Math.Max(1, occurrence));
        }

        return (keys, fingerprint.ContentHash());
    }

    private static BookedStatement Describe(
        BankAccount account, BankStatement statement, string hash, bool isRepeated, IReadOnlyList<StatementLine> lines)
    {
        var definition = account.Definition!;
        var currency = Currency.Of(definition.Currency);
        return new BookedStatement(definition.Code, statement.AccountIdentification, statement.StatementId,
            statement.SequenceNumber, hash, definition.Currency, statement.Opening?.Amount, statement.Closing?.Amount,
            statement.From, statement.LastDay, Sum(Movement.Credit), Sum(Movement.Debit), isRepeated, lines);

        Money Sum(Movement movement) => Money.Sum(
            statement.Entries.Where(entry => entry.Status == EntryStatus.Booked && entry.Movement == movement)
                .Select(entry => entry.Amount),
            currency);
    }

    private static ImportedStatement? Remembered(StatementBooked? booked) => booked is null
        ? null
        : new ImportedStatement(
            booked.StatementId, booked.SequenceNumber, booked.ContentHash, booked.Closing, booked.LastDay);

    private static string? TextOf(StatementEntry entry)
    {
        const int max = 500;
        var lines = entry.Details.SelectMany(details => details.UnstructuredRemittance)
            .Prepend(entry.AdditionalInformation)
            .OfType<string>();
        var text = string.Join(' ', lines);
        return text.Length == 0 ? null : text.Length > max ? text[..max] : text;
    }

    private readonly record struct EntryKey(string Fingerprint, int Occurrence);
}
