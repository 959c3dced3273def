using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>One stream per customer; its id is the customer's.</summary>
public static class CreditAccountStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<CreditAccount> Type =
        new("credit_account", CreditAccount.Initial, CreditAccount.Evolve)
        {
            Snapshot = CreditAccount.Snapshot,
            Weight = account => account.Weight,
        };
}
