using System.Collections.Immutable;

namespace OrderToCash.CashApplication.BankAccounts;

/// <summary>
/// An account at a bank and the statements booked on it. All imports of one account pass through this stream, so that
/// no two can take the same place.
/// </summary>
public sealed record BankAccount
{
    /// <summary>Before it is registered.</summary>
    public static readonly BankAccount Initial = new();

    /// <summary>The account as it was last defined, or null.</summary>
    public BankAccountDefined? Definition { get; init; }

    /// <summary>What its statements show in lumps.</summary>
    public DetailByFile DetailByFile => Definition?.DetailByFile ?? DetailByFile.None;

    /// <summary>The last day of which statements have booked the payments of its lockbox, or null.</summary>
    public DateOnly? LockboxBookedUntil { get; init; }

    /// <summary>The last day of which statements have booked its clearing-house entries, or null.</summary>
    public DateOnly? AchBookedUntil { get; init; }

    /// <summary>The last day of which statements have booked what notifications tell, or null.</summary>
    public DateOnly? NotificationsBookedUntil { get; init; }

    /// <summary>The statement of the latest day, or null.</summary>
    public StatementBooked? Last { get; init; }

    /// <summary>Every booked statement, in the order of booking.</summary>
    public ImmutableList<StatementBooked> Statements { get; init; } = [];

    /// <summary>State and event in, next state out.</summary>
    public static BankAccount Evolve(BankAccount account, object fact) => fact switch
    {
        BankAccountDefined e => account with
        {
            Definition = e,
            LockboxBookedUntil = account.DetailByFile.Lockbox ? account.LockboxBookedUntil : account.Last?.LastDay,
            AchBookedUntil = account.DetailByFile.Ach ? account.AchBookedUntil : account.Last?.LastDay,
            NotificationsBookedUntil = account.DetailByFile.Notifications
                ? account.NotificationsBookedUntil
                : account.Last?.LastDay,
        },
        StatementBooked e => account with
        {
            Last = e.IsLatest ? e : account.Last,
            Statements = account.Statements.Add(e),
        },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a bank account."),
    };
}
