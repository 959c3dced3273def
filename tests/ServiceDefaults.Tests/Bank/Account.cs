using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults.Tests.Bank;

/// <summary>The smallest service that uses everything: accounts with a balance.</summary>
public sealed record AccountOpened(string LegalEntity, string Name, AccountKind Kind, DateOnly Opened);

public sealed record MoneyDeposited(Money Amount);

public enum AccountKind
{
    Current,
    LongTerm,
}

public sealed record Account(bool IsOpen, string LegalEntity, string Name, decimal Balance)
{
    public static readonly StreamType<Account> Stream =
        new("bank_account", new Account(false, "", "", 0), (state, e) => e switch
        {
            AccountOpened opened => state with { IsOpen = true, LegalEntity = opened.LegalEntity, Name = opened.Name },
            MoneyDeposited deposited => state with { Balance = state.Balance + deposited.Amount.Amount },
            _ => throw new InvalidOperationException($"{e.GetType()} is no event of an account."),
        });
}

public sealed class AccountRows : Projection
{
    public AccountRows()
        : base("accounts", "accounts") =>
        On<AccountOpened>(
            "insert into accounts (id, legal_entity, name, kind, opened) select * from unnest($1, $2, $3, $4, $5)",
            row => row.Column(r => r.StreamId).Column(r => r.Data.LegalEntity).Column(r => r.Data.Name)
                .Column(r => r.Data.Kind.ToString()).Column(r => r.Data.Opened));
}

/// <summary>How much came in, per account.</summary>
public sealed class Turnover : Projection
{
    public Turnover()
        : base("turnover", "turnover") =>
        On<MoneyDeposited>(
            "insert into turnover as t (id, amount) select * from unnest($1, $2) " +
            "on conflict (id) do update set amount = t.amount + excluded.amount",
            row => row.Column(r => r.StreamId).Column(r => r.Data.Amount.Amount));
}
