using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.Decisions;

/// <summary>Who may work with an account.</summary>
public static class CreditAccountAccess
{
    /// <summary>
    /// Why the caller may not work with this account: it is not open, or another legal entity's; else null.
    /// </summary>
    public static Refusal? Deny(Guid customerId, CreditAccount account, Caller caller) =>
        account.Opened is { } opened ? caller.Deny(opened.LegalEntity) : CreditRefusals.NoAccount(customerId);
}
