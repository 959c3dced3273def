namespace OrderToCash.CashApplication.BankAccounts;

/// <summary>Accounts of payers, and what names their cards, as lists show them.</summary>
public static class ShownAccount
{
    /// <summary>The last four characters; none of what is no longer than that.</summary>
    public static string Masked(string account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account.Length <= 4 ? "****" : $"****{account[^4..]}";
    }
}
