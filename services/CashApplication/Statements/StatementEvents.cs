using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>What a statement line is to us.</summary>
public enum LineClass
{
    /// <summary>A booked credit: cash that came in.</summary>
    Receipt,

    /// <summary>Booked before by a statement that overlaps this one.</summary>
    AlreadyBooked,

    /// <summary>Charges of the bank.</summary>
    Fee,

    /// <summary>An earlier payment goes back.</summary>
    Return,

    /// <summary>Any other debit.</summary>
    Other,

    /// <summary>Not booked by the bank, or without an amount: no cash.</summary>
    Information,
}

/// <summary>One line of a booked statement.</summary>
/// <param name="Entry">Position in the statement, from 1.</param>
/// <param name="Key">What makes it this line and no other within the account's history; twins have a counter.</param>
/// <param name="BookingDate">Day the bank booked it.</param>
/// <param name="ValueDate">Day the money counts.</param>
/// <param name="Amount">Signed as it moves the balance.</param>
/// <param name="Class">What it is to us.</param>
/// <param name="Text">What the bank says of it.</param>
/// <param name="ReceiptIds">Its receipts; empty unless it is one.</param>
public sealed record StatementLine(
    int Entry, string Key, DateOnly BookingDate, DateOnly ValueDate, Money Amount, LineClass Class, string? Text,
    IReadOnlyList<Guid> ReceiptIds);

/// <summary>One statement of an imported file.</summary>
/// <param name="BankAccount">Code of the account.</param>
/// <param name="AccountIdentification">As the file names it.</param>
/// <param name="StatementId">The bank's identification.</param>
/// <param name="Number">The bank's running number, or null.</param>
/// <param name="ContentHash">What it says, as a hash.</param>
/// <param name="Currency">The account's currency.</param>
/// <param name="Opening">Balance before, where the bank gives it.</param>
/// <param name="Closing">Balance after, where the bank gives it.</param>
/// <param name="From">First day, where the bank gives it.</param>
/// <param name="To">Last day it speaks of, where it tells.</param>
/// <param name="Credits">Sum of the booked credits.</param>
/// <param name="Debits">Sum of the booked debits, without sign.</param>
/// <param name="IsRepeated">True when it was imported before in another file; then nothing of it is booked
/// again.</param>
/// <param name="Lines">Its lines; empty when it is repeated.</param>
public sealed record BookedStatement(
    string BankAccount, string AccountIdentification, string StatementId, string? Number, string ContentHash,
    string Currency, Money? Opening, Money? Closing, DateOnly? From, DateOnly? To, Money Credits, Money Debits,
    bool IsRepeated, IReadOnlyList<StatementLine> Lines);

/// <summary>A file from a bank was imported: all of it is booked.</summary>
/// <param name="Format">The exact message, e.g. <c>camt.053.001.08</c>.</param>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Statements">In file order.</param>
public sealed record StatementFileImported(
    string Format, string Sha256, long Size, IReadOnlyList<BookedStatement> Statements);

/// <summary>A file was refused: nothing of it is booked, its bytes are kept.</summary>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Code">Stable reason.</param>
/// <param name="Line">Line of the file, from 1; 0 where it is about the file as a whole.</param>
/// <param name="Element">Where in it, or null.</param>
/// <param name="Detail">The reason in words.</param>
public sealed record StatementFileRefused(
    string Sha256, long Size, string Code, int Line, string? Element, string Detail);
