namespace OrderToCash.EventSourcing.Tests.Samples;

public sealed record AccountOpened(string Owner);

public sealed record Deposited(long Units);

public sealed record Withdrawn(long Units);

public sealed record AccountClosed(string Reason);

/// <summary>A small aggregate: enough to decide, refuse and do nothing.</summary>
public sealed record Account(string? Owner, long Balance, bool IsClosed)
{
    public static readonly StreamType<Account> Stream = new("account", new Account(null, 0, false), Evolve);

    public static EventTypes Register(EventTypes types) => types
        .Add<AccountOpened>("account_opened")
        .Add<Deposited>("deposited")
        .Add<Withdrawn>("withdrawn")
        .Add<AccountClosed>("account_closed");

    public static Account Evolve(Account account, object happened) => happened switch
    {
        AccountOpened opened => account with { Owner = opened.Owner },
        Deposited deposited => account with { Balance = account.Balance + deposited.Units },
        Withdrawn withdrawn => account with { Balance = account.Balance - withdrawn.Units },
        AccountClosed => account with { IsClosed = true },
        _ => throw new InvalidOperationException($"{happened.GetType()} is no event of an account."),
    };

    public static Decision Open(Account account, string owner) =>
        account.Owner is null ? Decision.Of(new AccountOpened(owner)) : Decision.Nothing;

    public static Decision Withdraw(Account account, long units) =>
        account.Balance < units
            ? Refusal.State("too-little", $"There are {account.Balance} units.")
            : Decision.Of(new Withdrawn(units));

    public static Decision Close(Account account, string reason) =>
        account.IsClosed ? Decision.Nothing : Decision.Of(new AccountClosed(reason));
}
