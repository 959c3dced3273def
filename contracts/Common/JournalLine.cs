namespace OrderToCash.Contracts;

/// <summary>
/// One side of a journal entry. Of debit and credit one is not zero; of an exchange difference only the base amount is.
/// </summary>
/// <param name="Account">Ledger account code.</param>
/// <param name="Role">What the account stands for: <c>receivables</c>, <c>revenue</c>, <c>tax</c>, <c>bank</c>,
/// <c>unapplied-cash</c>, <c>unidentified-cash</c>.</param>
/// <param name="Debit">Debited amount.</param>
/// <param name="Credit">Credited amount.</param>
/// <param name="BaseDebit">In the books' currency; null where that is the document's.</param>
/// <param name="BaseCredit">In the books' currency; null where that is the document's.</param>
public sealed record JournalLine(
    string Account, string Role, MoneyAmount Debit, MoneyAmount Credit, MoneyAmount? BaseDebit = null,
    MoneyAmount? BaseCredit = null);
