using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.BankAccounts;

/// <summary>The stream of a bank account.</summary>
public static class BankAccountStream
{
    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<BankAccount> Type = new("bank_account", BankAccount.Initial, BankAccount.Evolve);

    /// <summary>The code is the key.</summary>
    public static Guid IdOf(string code) => Ids.From("bank-account", code);
}
