using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>
/// Ledger accounts that the entries of one receipt use; kept with it, so that a reversal meets what was booked.
/// </summary>
/// <param name="Bank">Of the bank account, or the clearing account where the money has no bank account yet.</param>
/// <param name="UnappliedCash">Money of known customers.</param>
/// <param name="UnidentifiedCash">Money of unknown customers.</param>
public sealed record LedgerAccounts(string Bank, string UnappliedCash, string UnidentifiedCash);

/// <summary>One side of an entry; exactly one of debit and credit is not zero.</summary>
/// <param name="Account">Ledger account code.</param>
/// <param name="Role"><c>bank</c>, <c>unapplied-cash</c> or <c>unidentified-cash</c>.</param>
/// <param name="Debit">Debited amount.</param>
/// <param name="Credit">Credited amount.</param>
public sealed record JournalLine(string Account, string Role, Money Debit, Money Credit);

/// <summary>A balanced entry, stored inside the event that causes it.</summary>
/// <param name="EntryId">Derived from receipt and kind: one entry of a kind per receipt.</param>
/// <param name="LegalEntity">Whose books.</param>
/// <param name="PostingDate">Accounting date in the entity's calendar.</param>
/// <param name="Kind"><c>receipt-booked</c>, <c>receipt-identified</c> or <c>receipt-reversed</c>.</param>
/// <param name="SourceNumber">Number of the receipt.</param>
/// <param name="CustomerId">Whose account, or null while unknown.</param>
/// <param name="Lines">Debits and credits.</param>
/// <param name="ValueDate">Day the money counted at the bank; null in entries of earlier versions.</param>
public sealed record JournalEntry(
    Guid EntryId, string LegalEntity, DateOnly PostingDate, string Kind, string SourceNumber, Guid? CustomerId,
    IReadOnlyList<JournalLine> Lines,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? ValueDate = null)
{
    /// <summary>Bank to unapplied or unidentified cash.</summary>
    public static JournalEntry Booked(
        Guid receiptId, string number, string legalEntity, DateOnly postingDate, LedgerAccounts accounts,
        Guid? customerId, Money amount, DateOnly valueDate) =>
        Of(receiptId, number, legalEntity, postingDate, "receipt-booked", customerId, amount, valueDate,
            Bank(accounts), Cash(accounts, customerId));

    /// <summary>Unidentified to unapplied cash.</summary>
    public static JournalEntry Identified(Guid receiptId, Receipt receipt, DateOnly postingDate, Guid customerId) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "receipt-identified", customerId,
            receipt.Balance.Amount, receipt.ValueDate, Cash(receipt.Accounts, null),
            Cash(receipt.Accounts, customerId));

    /// <summary>
    /// Back from the customer's cash to the bank, in full: what was applied comes back to unapplied cash in Invoicing.
    /// </summary>
    public static JournalEntry Reversed(Guid receiptId, Receipt receipt, DateOnly postingDate) =>
        Of(receiptId, receipt.Number, receipt.LegalEntity, postingDate, "receipt-reversed", receipt.Balance.CustomerId,
            receipt.Balance.Amount, receipt.ValueDate, Cash(receipt.Accounts, receipt.Balance.CustomerId),
            Bank(receipt.Accounts));

    private static JournalEntry Of(
        Guid receiptId, string number, string legalEntity, DateOnly postingDate, string kind, Guid? customerId,
        Money amount, DateOnly valueDate, (string Account, string Role) debit, (string Account, string Role) credit)
    {
        var zero = Money.Zero(amount.Currency);
        return new JournalEntry(
            Ids.From("journal-entry", receiptId.ToString("N"), kind), legalEntity, postingDate, kind, number,
            customerId,
            [
                new JournalLine(debit.Account, debit.Role, amount, zero),
                new JournalLine(credit.Account, credit.Role, zero, amount),
            ],
            valueDate);
    }

    private static (string Account, string Role) Bank(LedgerAccounts accounts) => (accounts.Bank, "bank");

    private static (string Account, string Role) Cash(LedgerAccounts accounts, Guid? customerId) => customerId is null
        ? (accounts.UnidentifiedCash, "unidentified-cash")
        : (accounts.UnappliedCash, "unapplied-cash");
}
