namespace OrderToCash.Contracts;

/// <summary>One side of a journal entry; exactly one of debit and credit is not zero.</summary>
/// <param name="Account">Ledger account code.</param>
/// <param name="Role">What the account stands for: <c>receivables</c>, <c>revenue</c>, <c>tax</c>, <c>bank</c>,
/// <c>unapplied-cash</c>, <c>unidentified-cash</c>.</param>
/// <param name="Debit">Debited amount.</param>
/// <param name="Credit">Credited amount.</param>
public sealed record JournalLine(string Account, string Role, MoneyAmount Debit, MoneyAmount Credit);
