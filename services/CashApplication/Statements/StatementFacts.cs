using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>
/// What a first reading of a statement found, all of it checked but not yet its place in the account.
/// </summary>
/// <param name="Statement">Without its entries.</param>
/// <param name="ContentHash">What it says, as a hash.</param>
/// <param name="FirstDay">The first day it speaks of: that of its period, else of its earliest entry.</param>
/// <param name="Credits">Sum of the booked credits.</param>
/// <param name="Debits">Sum of the booked debits, without sign.</param>
/// <param name="Entries">Number of its entries.</param>
/// <param name="Lines">Those of them that are booked and move the balance.</param>
/// <param name="Known">Those of them that the account has already, as often as it has them.</param>
/// <param name="KnownSum">What these come to, signed.</param>
/// <param name="Receipts">Number of the payments in its credits, pending ones too.</param>
public sealed record StatementFacts(
    BankStatement Statement, string ContentHash, DateOnly? FirstDay, Money Credits, Money Debits, int Entries,
    int Lines, int Known, Money KnownSum, int Receipts);

/// <summary>Where a statement belongs in its account.</summary>
/// <param name="IsRepeat">It was booked before, word for word: nothing is to be done.</param>
/// <param name="LeavesOutKnown">
/// Lines that the account has already are left out, as often as it has them; else all its lines are new, twins of
/// earlier ones too.
/// </param>
/// <param name="Opening">The balance at the beginning of what it adds, where it can be told.</param>
/// <param name="Closing">The balance at the end of what it adds, where it can be told.</param>
/// <param name="Refusal">Why there is no place for it, or null.</param>
public sealed record StatementPlace(
    bool IsRepeat, bool LeavesOutKnown, Money? Opening, Money? Closing, StatementRefusal? Refusal);
