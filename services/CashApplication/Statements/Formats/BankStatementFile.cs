using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>One file from a bank, whatever its format: what it says of itself and the statements in it.</summary>
public sealed record BankStatementFile
{
    /// <summary>
    /// The exact format: <c>mt940</c>, or <c>camt.053.001.08</c>. A camt file that names no version (no namespace) is
    /// <c>camt.053</c>.
    /// </summary>
    public required string Format { get; init; }

    /// <summary>The bank's identification of the message.</summary>
    public string? MessageId { get; init; }

    /// <summary>In file order, never empty.</summary>
    public required IReadOnlyList<BankStatement> Statements { get; init; }
}

/// <summary>What a message from a bank is for.</summary>
public enum StatementKind
{
    /// <summary>End of day: booked entries between an opening and a closing balance (camt.053).</summary>
    Statement,

    /// <summary>During the day: balances and entries so far, which may still change (camt.052).</summary>
    InterimReport,

    /// <summary>Advice of single debits and credits, without balances (camt.054).</summary>
    Notification,

    /// <summary>
    /// Payments that were collected for the account, one by one, without balances: checks of a lockbox, entries of a
    /// clearing house.
    /// </summary>
    Collection,
}

/// <summary>One account over one period.</summary>
public sealed record BankStatement
{
    /// <summary>Position in the file, from 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Line of the file on which the statement starts, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>What the message is for.</summary>
    public required StatementKind Kind { get; init; }

    /// <summary>The bank's identification of the statement; some banks repeat it under another number.</summary>
    public required string StatementId { get; init; }

    /// <summary>
    /// True where identification and number name this statement and no other of the account (ISO 20022). Elsewhere many
    /// statements share them.
    /// </summary>
    public bool IsIdUnique { get; init; } = true;

    /// <summary>The bank's running number of the account's statements: the electronic one, else the legal.</summary>
    public string? SequenceNumber { get; init; }

    /// <summary>The day on which the bank made it, in the bank's calendar.</summary>
    public DateOnly? CreatedOn { get; init; }

    /// <summary>First day covered, in the bank's calendar.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day covered, in the bank's calendar.</summary>
    public DateOnly? To { get; init; }

    /// <summary>
    /// IBAN or the bank's own account number, without blanks, as the file has it; some put the bank's code before a
    /// slash.
    /// </summary>
    public required string AccountIdentification { get; init; }

    /// <summary>Currency of the account: as stated, else of its balances; null when the file has neither.</summary>
    public Currency? AccountCurrency { get; init; }

    /// <summary>BIC of the bank that keeps the account.</summary>
    public string? BankBic { get; init; }

    /// <summary>Booked balance before the first entry; null where the bank gives none.</summary>
    public StatementBalance? Opening { get; init; }

    /// <summary>Booked balance after the last entry; null where the bank gives none.</summary>
    public StatementBalance? Closing { get; init; }

    /// <summary>Totals that the bank states beside the entries; null where it states none.</summary>
    public StatementSummary? Summary { get; init; }

    /// <summary>In file order. Empty on a statement that a reader is still streaming.</summary>
    public IReadOnlyList<StatementEntry> Entries { get; init; } = [];

    /// <summary>The last day it speaks of: that of its closing balance, else of its period or creation.</summary>
    public DateOnly? LastDay => Closing?.Date ?? To ?? CreatedOn;

    /// <summary>When the bank booked the entry; one without a date of its own has the statement's last day.</summary>
    public DateOnly? BookingDateOf(StatementEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.BookingDate ?? LastDay ?? entry.ValueDate;
    }

    /// <summary>When the money counts: the value date, else the booking date.</summary>
    public DateOnly? ValueDateOf(StatementEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.ValueDate ?? BookingDateOf(entry);
    }
}

/// <summary>A balance of the account, negative when overdrawn.</summary>
/// <param name="Amount">In the account's currency.</param>
/// <param name="Date">The day it is of, in the bank's calendar.</param>
/// <param name="Line">Line of the file, from 1.</param>
public sealed record StatementBalance(Money Amount, DateOnly Date, int Line);

/// <summary>
/// Control totals stated by the bank. Counts are of entries; sums are in major units of the account's currency and
/// without sign, for some banks write the debit total as a negative number. Null is not stated.
/// </summary>
public sealed record StatementSummary
{
    /// <summary>Line of the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Number of all entries.</summary>
    public int? Entries { get; init; }

    /// <summary>Number of credit entries.</summary>
    public int? Credits { get; init; }

    /// <summary>Sum of the credit entries.</summary>
    public decimal? CreditSum { get; init; }

    /// <summary>Number of debit entries.</summary>
    public int? Debits { get; init; }

    /// <summary>Sum of the debit entries.</summary>
    public decimal? DebitSum { get; init; }
}
