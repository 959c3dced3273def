using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>
/// Adds up a statement entry by entry and holds it against what the bank says of it: opening + credits − debits =
/// closing over the booked entries, the stated counts and sums, and for every entry the payments in it. A total that
/// the bank does not state is not held against anything; <see cref="AreBalancesStated"/> tells.
/// </summary>
public sealed class ControlTotals
{
    private BankStatement _statement;
    private readonly Side _credits = new();
    private readonly Side _debits = new();
    private Currency? _currency;
    private StatementRefusal? _otherCurrency;
    private StatementRefusal? _details;

    /// <summary>Starts with what the statement says before its entries.</summary>
    public ControlTotals(BankStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        _statement = statement;
        _currency = statement.AccountCurrency;
    }

    /// <summary>True when the file gives both balances, so that its entries are proved complete.</summary>
    public bool AreBalancesStated => _statement is { Opening: not null, Closing: not null };

    /// <summary>Booked credits so far, in major units of the account's currency.</summary>
    public decimal Credits => _credits.BookedSum;

    /// <summary>Booked debits so far, in major units, without sign.</summary>
    public decimal Debits => _debits.BookedSum;

    /// <summary>Takes in the next entry.</summary>
    public void Add(StatementEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _currency ??= entry.Amount.Currency;
        if (entry.Amount.Currency != _currency)
        {
            _otherCurrency ??= RefuseEntry(entry, StatementRefusals.CurrencyDiffers,
                $"the entry is in {entry.Amount.Currency}, the account in {_currency}.");
        }

        // A reversal's indicator already says which way it moves the balance (ISO 20022, RvslInd).
        var side = entry.Movement == Movement.Credit ? _credits : _debits;
        side.Add(entry.Amount.Amount, entry.Status == EntryStatus.Booked);
        _details ??= CheckDetails(entry);
    }

    /// <summary>
    /// What does not hold, after the last entry; null when everything does. <paramref name="complete"/> is the
    /// statement with what stands behind its entries, for formats that close with the balance.
    /// </summary>
    public StatementRefusal? Check(BankStatement? complete = null)
    {
        _statement = complete ?? _statement;
        return CheckCurrency(_statement.Opening)
            ?? CheckCurrency(_statement.Closing)
            ?? _otherCurrency
            ?? CheckBalances()
            ?? CheckSummary()
            ?? _details;
    }

    private StatementRefusal? CheckCurrency(StatementBalance? balance) =>
        balance is null || _currency is null || balance.Amount.Currency == _currency
            ? null
            : Refuse(StatementRefusals.DoesNotBalance, balance.Line,
                $"a balance is in {balance.Amount.Currency}, the account in {_currency}.");

    /// <summary>The balance of an interim report may be that of another moment than its entries.</summary>
    private StatementRefusal? CheckBalances()
    {
        if (_statement is not { Kind: StatementKind.Statement, Opening: { } opening, Closing: { } closing })
            return null;
        var computed = opening.Amount.Amount + Credits - Debits;
        return computed == closing.Amount.Amount
            ? null
            : Refuse(StatementRefusals.DoesNotBalance, closing.Line, string.Create(CultureInfo.InvariantCulture,
                $"opening {opening.Amount} + credits {Credits} - debits {Debits} is {computed}, " +
                $"but closing is {closing.Amount}."));
    }

    private StatementRefusal? CheckSummary()
    {
        if (_statement.Summary is not { } summary)
            return null;
        var all = new Side(_credits, _debits);
        return CheckTotal(summary, "entries", summary.Entries, null, all)
            ?? CheckTotal(summary, "credits", summary.Credits, summary.CreditSum, _credits)
            ?? CheckTotal(summary, "debits", summary.Debits, summary.DebitSum, _debits);
    }

    /// <summary>Banks count what is pending in or out: a total may be that of all entries or of the booked.</summary>
    private StatementRefusal? CheckTotal(StatementSummary summary, string what, int? count, decimal? sum, Side side) =>
        (count is null || count == side.Count || count == side.BookedCount)
        && (sum is null || sum == side.Sum || sum == side.BookedSum)
            ? null
            : Refuse(StatementRefusals.SummaryDiffers, summary.Line, string.Create(CultureInfo.InvariantCulture,
                $"the bank states {count} {what} of {sum?.ToString(CultureInfo.InvariantCulture) ?? "any amount"}, " +
                $"the file has {side.Count} of {side.Sum}."));

    /// <summary>
    /// Payments that are told in full, in the entry's currency, add up to the entry; charges told beside them may be
    /// the difference, for some banks book payments net and others gross.
    /// </summary>
    private StatementRefusal? CheckDetails(StatementEntry entry)
    {
        if (entry.Details.Count == 0)
            return null;
        var currency = entry.Amount.Currency;
        decimal sum = 0, charges = ChargesIn(entry.Charges, currency);
        foreach (var details in entry.Details)
        {
            if (details.Amount is not { } amount || amount.Currency != currency)
                return null;
            sum += (details.Movement ?? entry.Movement) == entry.Movement ? amount.Amount : -amount.Amount;
            charges += ChargesIn(details.Charges, currency);
        }

        var difference = Math.Abs(entry.Amount.Amount - sum);
        return difference == 0 || difference == Math.Abs(charges)
            ? null
            : RefuseEntry(entry, StatementRefusals.DetailsDoNotAddUp, string.Create(CultureInfo.InvariantCulture,
                $"the entry is {entry.Amount}, its {entry.Details.Count} payments add up to {sum}."));
    }

    private static decimal ChargesIn(IReadOnlyList<Money> charges, Currency currency) =>
        charges.Where(charge => charge.Currency == currency).Sum(charge => charge.Amount);

    private StatementRefusal RefuseEntry(StatementEntry entry, string code, string detail) =>
        new(code, entry.Line, $"statement {_statement.StatementId}, entry {entry.Ordinal}", detail);

    private StatementRefusal Refuse(string code, int line, string detail) =>
        new(code, line, $"statement {_statement.StatementId}", detail);

    /// <summary>Counts and sums of entries of one movement: all of them, and the booked ones.</summary>
    private sealed class Side
    {
        public Side()
        {
        }

        public Side(Side first, Side second)
        {
            (Count, BookedCount) = (first.Count + second.Count, first.BookedCount + second.BookedCount);
            (Sum, BookedSum) = (first.Sum + second.Sum, first.BookedSum + second.BookedSum);
        }

        public int Count { get; private set; }

        public int BookedCount { get; private set; }

        public decimal Sum { get; private set; }

        public decimal BookedSum { get; private set; }

        public void Add(decimal amount, bool isBooked)
        {
            Count++;
            Sum += amount;
            if (!isBooked)
                return;
            BookedCount++;
            BookedSum += amount;
        }
    }
}
