using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>
/// Fees that banks book on statements, and give back: journalled once each where the account names its ledger account
/// of charges, taken back where a person says that the line is none, and booked again where it is one all the same.
/// Pure.
/// </summary>
public static class BankFees
{
    internal static readonly Refusal NoFee =
        Refusal.State("no-bank-fee", "No fee is booked of this line.");

    /// <summary>The fee of a line; null where the line is none.</summary>
    /// <param name="importId">The file.</param>
    /// <param name="statement">Position of its statement in the file, from 1.</param>
    /// <param name="statementId">The bank's identification of the statement.</param>
    /// <param name="line">The line.</param>
    /// <param name="account">The account, which names where charges are booked.</param>
    /// <param name="today">In the legal entity's calendar.</param>
    public static BankFee? Of(
        Guid importId, int statement, string statementId, StatementLine line, BankAccountRow account, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(account);
        return account.ChargesAccount is not { } charges || !IsFee(line) ? null : new BankFee(
            statement, line.Entry, account.Code, line.Amount,
            JournalEntry.BankFee(
                IdOf(importId, statement, line.Entry), $"{statementId}/{line.Entry}", account.LegalEntity,
                ReceiptSource.PostedOn(line.BookingDate, today), account.LedgerAccount, charges, line.Amount,
                line.ValueDate));
    }

    /// <summary>True where the bank has charged something, or has given it back.</summary>
    public static bool IsFee(StatementLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Class is LineClass.Fee or LineClass.FeeReturned;
    }

    /// <summary>A person says that it is no fee: its entry is taken back, once.</summary>
    public static Decision Reverse(
        StatementImport import, Guid importId, int statement, int entry, string reason, DateOnly postingDate)
    {
        ArgumentNullException.ThrowIfNull(import);
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        if (!import.Fees.TryGetValue((statement, entry), out var fee))
            return NoFee;
        var before = import.FeesTakenBack.TryGetValue((statement, entry), out var earlier) ? earlier.Times : 0;
        return Decision.Of(new BankFeeReversed(
            statement, entry, fee.BankAccount, reason,
            JournalEntry.BankFeeReversed(IdOf(importId, statement, entry), fee.Journal, postingDate, before)));
    }

    /// <summary>A person took the wrong one back: it is booked as it was; nothing where it is in the books.</summary>
    public static Decision BookAgain(
        StatementImport import, Guid importId, int statement, int entry, string reason, DateOnly postingDate)
    {
        ArgumentNullException.ThrowIfNull(import);
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        if (import.Fees.ContainsKey((statement, entry)))
            return Decision.Nothing;
        return !import.FeesTakenBack.TryGetValue((statement, entry), out var back)
            ? NoFee
            : Decision.Of(new BankFeesBooked(
            [
                back.Fee with
                {
                    Journal = JournalEntry.BankFeeAgain(
                        IdOf(importId, statement, entry), back.Fee.Journal, postingDate, back.Times),
                },
            ]));
    }

    private static Guid IdOf(Guid importId, int statement, int entry) =>
        Ids.From("statement-line", importId.ToString("N"), $"{statement}/{entry}");
}
