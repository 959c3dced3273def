namespace OrderToCash.Invoicing.Ledger;

/// <summary>What an account stands for, whatever its code is in an entity's chart.</summary>
public static class AccountRoles
{
    public const string Receivables = "receivables";
    public const string Revenue = "revenue";
    public const string Tax = "tax";
    public const string UnappliedCash = "unapplied-cash";
}

/// <summary>Account codes of a legal entity per role.</summary>
/// <param name="Receivables">The control account of the subledger.</param>
/// <param name="UnappliedCash">Money of customers that is not applied yet.</param>
/// <param name="Tax">Tax owed to the authorities.</param>
/// <param name="Revenue">For invoice lines that name no account.</param>
public sealed record LedgerAccounts(
    string Receivables = "1200", string UnappliedCash = "2400", string Tax = "2200", string Revenue = "4000")
{
    public static readonly LedgerAccounts Standard = new();

    internal IEnumerable<string> All => [Receivables, UnappliedCash, Tax, Revenue];
}

/// <summary>
/// Whose books a document is in, as they were when it was issued: later movements clear the accounts it was opened on,
/// and their posting dates follow the entity's calendar without another look-up.
/// </summary>
public sealed record Books(string LegalEntity, string BaseCurrency, string TimeZone, LedgerAccounts Accounts);
