using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Keeps the folded state of accounts with long streams, every ten minutes, so that the first decision after a start
/// folds no more than the last few thousand events. In one instance of each shape at a time: an older release keeps its
/// own.
/// </summary>
public sealed class AccountSnapshots(
    EventStore store, TimeProvider clock, ILogger<AccountSnapshots> log,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions)
    : RecurringWork("Snapshots of credit accounts", TimeSpan.FromMinutes(10), clock, log)
{
    /// <summary>So many events are folded in a fraction of a second.</summary>
    public const int Every = 5_000;

    /// <summary>The others have their turn in the next round.</summary>
    private const int MostInARound = 500;

    /// <summary>What a release that is gone has kept is of no use; one that comes back writes it again.</summary>
    private static readonly TimeSpan Unwritten = TimeSpan.FromDays(7);

    private static readonly long LockKey = Ids.LockKey($"credit:snapshots:{CreditAccount.Snapshot.Shape}");

    /// <inheritdoc/>
    protected override Task RunAsync(CancellationToken cancellation) => KeepDueAsync(cancellation);

    /// <summary>Keeps those that have moved on far enough.</summary>
    public async Task KeepDueAsync(CancellationToken cancellation = default)
    {
        await using var turn = await Turn.TryAsync(sessions, LockKey, cancellation);
        if (turn is null)
            return;
        await CreditAccount.Snapshot.ForgetOthersAsync(store.Database, Unwritten, cancellation);
        var due = await CreditAccount.Snapshot.DueAsync(
            store.Database, CreditAccountStream.Type.Name, Every, MostInARound, cancellation);
        foreach (var account in due)
        {
            await TryAsync(
                $"Snapshot of account {account}",
                () => store.KeepSnapshotAsync(CreditAccountStream.Type, account, cancellation), cancellation);
        }
    }
}
