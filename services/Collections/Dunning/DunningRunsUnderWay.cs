using Npgsql;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Dunning;

/// <summary>
/// Goes on with runs over many customers, looked for once a second, until they are over: also with those of an instance
/// that is gone. In each round every run has one part made, in turn: a run over many customers, or one that fails, does
/// not hold up the others. A part that fails is made customer by customer, and who is at fault is passed over. One
/// instance at a time does it, which holds the lock of a session of its own. A run ends with its day at the legal
/// entity.
/// </summary>
public sealed class DunningRunsUnderWay(
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions, EventSourcing.EventStore store,
    LegalEntities entities, PolicyBook policies, PlaybookBook playbooks, DunningRunner runner, TimeProvider clock,
    ILogger<DunningRunsUnderWay> log)
    : RecurringWork("Dunning runs under way", TimeSpan.FromSeconds(1), clock, log)
{
    private const string UnderWay =
        "select id, legal_entity, date, playbook, by_clock, by, at from dunning_runs where under_way order by at";

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMinutes(1);

    /// <summary>The advisory lock of whoever goes on with runs.</summary>
    public static readonly long LockKey = Ids.LockKey("ordertocash:collections-dunning-runs");

    /// <summary>Runs that have failed, and when they are tried again.</summary>
    private readonly Dictionary<Guid, DateTimeOffset> _failed = [];

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        if ((await ReadAsync(cancellation)).Count == 0)
            return;
        await using var turn = await Turn.TryAsync(sessions, LockKey, cancellation);
        if (turn is null)
            return;
        while (await AdvanceAllAsync(cancellation))
        {
            // The next round, also of runs that have begun since.
        }
    }

    /// <summary>One part of every run; false when there is nothing to go on with.</summary>
    private async Task<bool> AdvanceAllAsync(CancellationToken cancellation)
    {
        var isUnderWay = false;
        foreach (var run in await ReadAsync(cancellation))
        {
            if (_failed.GetValueOrDefault(run.Id) > Clock.GetUtcNow())
            {
                LeftUndone();
                continue;
            }

            if (await TryAsync($"Dunning run {run.Id}", () => AdvanceOneAsync(singly: false), cancellation)
                || await TryAsync(
                    $"Dunning run {run.Id}, customer by customer,", () => AdvanceOneAsync(singly: true), cancellation))
                _failed.Remove(run.Id);
            else
                _failed[run.Id] = Clock.GetUtcNow() + PauseAfterFault;

            async Task AdvanceOneAsync(bool singly) => isUnderWay |= await AdvanceAsync(run, singly, cancellation);
        }

        return isUnderWay;
    }

    /// <summary>The next part of a run; false when it is over, or its day is.</summary>
    private async Task<bool> AdvanceAsync(Run run, bool singly, CancellationToken cancellation)
    {
        // Runs are of legal entities that are known, and none is ever taken out of the replica.
        var entity = (await entities.FindAsync(run.LegalEntity, cancellation))!;
        var metadata = new EventMetadata(run.By);
        var day = DateOnly.FromDateTime(LocalTime.Of(run.At, entity.TimeZone));
        if (Clock.Today(entity.TimeZone) > day)
        {
            await runner.BreakOffAsync(run.Id, entity, metadata, cancellation);
            return false;
        }

        var policy = await policies.InForceAsync(run.LegalEntity, cancellation);
        var order = new DunningOrder(
            entity, run.Date, await playbooks.OfEntityAsync(policy, run.Playbook, cancellation), run.ByClock);
        return singly
            ? await runner.AdvanceSinglyAsync(run.Id, order, metadata, cancellation)
            : await runner.AdvanceAsync(run.Id, order, metadata, cancellation);
    }

    private async Task<List<Run>> ReadAsync(CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(UnderWay);
        return await command.ReadAsync(
            row => new Run(
                row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetString(3), row.GetBoolean(4),
                row.GetString(5), row.GetFieldValue<DateTimeOffset>(6)),
            cancellation);
    }

    private sealed record Run(
        Guid Id, string LegalEntity, DateOnly Date, string Playbook, bool ByClock, string By, DateTimeOffset At);
}
