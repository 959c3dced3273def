using System.Text.Json.Serialization;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Statements.Formats.Csv;
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

    /// <summary>
    /// Without an amount, or told by a message that books nothing: an interim report, a notification. No cash.
    /// </summary>
    Information,

    /// <summary>The sum of payments that come one by one in a file, and are booked with that.</summary>
    Lump,

    /// <summary>A payment of ours comes back: a refund that did not arrive, a debit that the bank undoes.</summary>
    PaymentReturned,

    /// <summary>Charges that the bank gives back.</summary>
    FeeReturned,

    /// <summary>Expected by the bank and not booked yet: no cash.</summary>
    Pending,
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
/// <param name="Returns">The payments that go back, or of ours come back, with it; null for none.</param>
/// <param name="Orders">Payments that it makes and that may be of our payment files; null for none.</param>
/// <param name="ChangedAccount">The account whose data it says are wrong; null unless it is a notice of change.</param>
public sealed record StatementLine(
    int Entry, string Key, DateOnly BookingDate, DateOnly ValueDate, Money Amount, LineClass Class, string? Text,
    IReadOnlyList<Guid> ReceiptIds, IReadOnlyList<ReturnedPayment>? Returns = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<OrderedPayment>? Orders = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ChangedAccount = null);

/// <summary>A payment by which the bank may have carried out what a payment file orders.</summary>
/// <param name="Detail">Payment within the entry, from 1; 0 for the entry as a whole.</param>
/// <param name="Amount">Of it, without sign.</param>
/// <param name="Names">What it names that may be a refund or payment file of ours.</param>
public sealed record OrderedPayment(int Detail, Money Amount, IReadOnlyList<Guid> Names);

/// <summary>A payment that a bank takes back, or one of ours that comes back.</summary>
/// <param name="Detail">Payment within the entry, from 1; 0 for the entry as a whole.</param>
/// <param name="Amount">What is taken back.</param>
/// <param name="Reason"><c>nsf</c>, <c>return</c> or <c>chargeback</c>.</param>
/// <param name="Code">The bank's code for it: <c>R01</c>, <c>AC04</c>, or null.</param>
/// <param name="References">What it calls the payment.</param>
/// <param name="Account">Account of the payer, or null.</param>
/// <param name="CheckNumber">Number of the check, or null.</param>
/// <param name="OwnReference">What names the payment and no other of its payer, or null.</param>
public sealed record ReturnedPayment(
    int Detail, Money Amount, string Reason, string? Code, IReadOnlyList<string> References, string? Account,
    string? CheckNumber,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OwnReference = null);

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
/// <param name="Lines">Its lines, where they came with this event; else they follow in their own.</param>
/// <param name="Entries">Number of its entries; null where its lines tell.</param>
/// <param name="LeavesOutKnown">True where lines that the account had already are left out.</param>
/// <param name="Kind">What the statement is for.</param>
/// <param name="DetailByFile">What the account's statements showed in lumps then; null where it is neither statement
/// nor notification, or tells everything.</param>
public sealed record BookedStatement(
    string BankAccount, string AccountIdentification, string StatementId, string? Number, string ContentHash,
    string Currency, Money? Opening, Money? Closing, DateOnly? From, DateOnly? To, Money Credits, Money Debits,
    bool IsRepeated, IReadOnlyList<StatementLine> Lines, int? Entries = null, bool LeavesOutKnown = false,
    StatementKind Kind = StatementKind.Statement, DetailByFile? DetailByFile = null);

/// <summary>How a file is to be read again.</summary>
/// <param name="Format">Its format.</param>
/// <param name="Mapping">The mapping as it was then, for CSV.</param>
/// <param name="BankAccount">The account that the import named for the whole file, or null.</param>
public sealed record FileReading(StatementFormat Format, CsvMapping? Mapping = null, string? BankAccount = null);

/// <summary>
/// A file from a bank was imported: it is checked whole and has its place, and all of it will be booked. Its lines and
/// receipts follow, in this transaction where they are few, else in bounded ones.
/// </summary>
/// <param name="Format">The exact message, e.g. <c>camt.053.001.08</c>.</param>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Statements">In file order.</param>
/// <param name="Reading">How it is read; null where the lines came with this event.</param>
public sealed record StatementFileImported(
    string Format, string Sha256, long Size, IReadOnlyList<BookedStatement> Statements, FileReading? Reading = null);

/// <summary>
/// The file is booked without its effects, whenever that is: what its lines bring is in the books, and nothing follows
/// from it until <see cref="StatementEffectsArmed"/>. Told with the file's first event.
/// </summary>
public sealed record StatementEffectsHeld;

/// <summary>What was held of the file follows from now on; there is no way back.</summary>
public sealed record StatementEffectsArmed;

/// <summary>Lines of one statement.</summary>
/// <param name="Statement">Position in the file, from 1.</param>
/// <param name="Lines">In file order.</param>
public sealed record BookedLines(int Statement, IReadOnlyList<StatementLine> Lines);

/// <summary>
/// Lines of an imported file are booked, and their receipts recorded, in one transaction. The payments of a line that
/// has too many for one are recorded before it, part by part.
/// </summary>
/// <param name="Statements">The lines, by statement.</param>
/// <param name="IsLast">True where no more follow.</param>
/// <param name="Begun">The receipts or pending payments of the line that follows which are recorded with this event, in
/// file order; null for none.</param>
public sealed record StatementLinesBooked(
    IReadOnlyList<BookedLines> Statements, bool IsLast,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Guid>? Begun = null);

/// <summary>What a bank has charged on a line of a statement, or given back, and its entry.</summary>
/// <param name="Statement">Position of the statement in the file, from 1.</param>
/// <param name="Entry">The line.</param>
/// <param name="BankAccount">Code of the account.</param>
/// <param name="Amount">As it moves the balance: below zero where it is charged.</param>
/// <param name="Journal">Bank charges to the bank, or back.</param>
public sealed record BankFee(int Statement, int Entry, string BankAccount, Money Amount, JournalEntry Journal);

/// <summary>
/// Fees of lines that are booked in this transaction, of accounts that name where they are booked; or one that was
/// taken back and is booked again.
/// </summary>
public sealed record BankFeesBooked(IReadOnlyList<BankFee> Fees);

/// <summary>A line is no fee after all, and its entry is taken back.</summary>
/// <param name="Statement">Position of the statement in the file, from 1.</param>
/// <param name="Entry">The line.</param>
/// <param name="BankAccount">Code of the account.</param>
/// <param name="Reason">Why, in a person's words.</param>
/// <param name="Journal">The fee's entry, the other way round.</param>
public sealed record BankFeeReversed(
    int Statement, int Entry, string BankAccount, string Reason, JournalEntry Journal);

/// <summary>
/// It was found which receipt a returned payment takes back, or which refund has come back.
/// </summary>
/// <param name="Statement">Position of the statement in the file, from 1.</param>
/// <param name="Entry">The line.</param>
/// <param name="Detail">The payment within it.</param>
/// <param name="ReceiptId">The receipt that is reversed; of a refund, the receipt that it was paid of; where a person
/// says that the money is a customer's, the receipt that it became.</param>
/// <param name="FoundBy">What told: <c>reference</c>, <c>check</c>, <c>payer</c> or <c>person</c>.</param>
/// <param name="RefundId">The refund that has come back, or null.</param>
/// <param name="IsPart">True where only a part of the receipt is reversed.</param>
/// <param name="ReversalId">The part of the receipt that is reversed for it, or was before; null for the whole.</param>
public sealed record ReturnedPaymentFound(
    int Statement, int Entry, int Detail, Guid? ReceiptId, string FoundBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? RefundId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsPart = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? ReversalId = null);

/// <summary>A payment of ours that came back is no refund, and no customer's money.</summary>
/// <param name="Statement">Position of the statement in the file, from 1.</param>
/// <param name="Entry">The line.</param>
/// <param name="Detail">The payment within it.</param>
/// <param name="Reason">What it is, in a person's words.</param>
public sealed record ReturnedPaymentClosed(int Statement, int Entry, int Detail, string Reason);

/// <summary>A person has looked at a returned payment that stops further debits, and they may go on.</summary>
/// <param name="Statement">Position of the statement in the file, from 1.</param>
/// <param name="Entry">The line.</param>
/// <param name="Detail">The payment within it.</param>
/// <param name="Note">What was done about it.</param>
public sealed record ReturnedPaymentReviewed(int Statement, int Entry, int Detail, string Note);

/// <summary>A person has corrected what a notice of change says is wrong, or has seen that nothing is.</summary>
/// <param name="Statement">Position of the statement in the file, from 1.</param>
/// <param name="Entry">The line.</param>
/// <param name="Note">What was done about it.</param>
public sealed record NoticeOfChangeActedOn(int Statement, int Entry, string Note);

/// <summary>A file was refused: nothing of it is booked, its bytes are kept.</summary>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Code">Stable reason.</param>
/// <param name="Line">Line of the file, from 1; 0 where it is about the file as a whole.</param>
/// <param name="Element">Where in it, or null.</param>
/// <param name="Detail">The reason in words.</param>
/// <param name="Reading">How it is read, where its format was told.</param>
/// <param name="WaitsFor">What it waits for, to be imported by itself then; null where it waits for nothing.</param>
public sealed record StatementFileRefused(
    string Sha256, long Size, string Code, int Line, string? Element, string Detail, FileReading? Reading = null,
    MissingStatement? WaitsFor = null);

/// <summary>
/// A statement of the account that is missing: one that closes with this opening balance, or opens with this closing
/// balance.
/// </summary>
/// <param name="BankAccount">Code of the account.</param>
/// <param name="Opening">Opening balance of the statement that waits.</param>
/// <param name="Closing">Closing balance of the statement that waits.</param>
public sealed record MissingStatement(string BankAccount, Money Opening, Money Closing);
