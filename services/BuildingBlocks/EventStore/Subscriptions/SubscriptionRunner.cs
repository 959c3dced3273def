using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing.Subscriptions;

/// <summary>
/// Runs one subscription in whichever instance holds its session lock. Lock, reading and the transaction of the work
/// share one connection: whoever loses the connection has lost the lock and cannot move the position, so no work is
/// ever committed twice.
/// </summary>
public sealed partial class SubscriptionRunner(
    ISubscription subscription, IEventStoreEngine engine, EventTypes types,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions, AppendSignal signal,
    TimeProvider clock, ILogger<SubscriptionRunner> log) : BackgroundService
{
    /// <summary>
    /// How often an idle leader looks when no signal comes, and how often the others try for the lock.
    /// </summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How soon a reader held back by a hole looks again, twice as long each time: most holes fill within milliseconds,
    /// and behind a long transaction the same page should not be read over and over.
    /// </summary>
    private static readonly TimeSpan HoleInterval = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan LongestHoleInterval = TimeSpan.FromMilliseconds(100);

    private static readonly Task<IReadOnlyList<StoredEvent>> NoEvents =
        Task.FromResult<IReadOnlyList<StoredEvent>>([]);

    private static readonly Task<IReadOnlyList<NpgsqlBatchCommand>> NoRows =
        Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([]);

    private const string Move =
        "with moved as (update mt_event_progression set last_seq_id = $2, last_updated = now() " +
        "where name = $1 and last_seq_id = $3 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from moved";

    /// <summary>True while this instance is the active one.</summary>
    public bool IsLeader { get; private set; }

    /// <summary>Why the last attempt failed; null once an attempt has succeeded.</summary>
    public string? LastError { get; private set; }

    /// <summary>The subscription that runs here.</summary>
    public ISubscription Subscription => subscription;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        var passOver = subscription.Events is { } wanted ? types.NamesBut(wanted) : null;
        var listener = signal.Listen(passOver);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LeadAsync(listener, passOver?.ToArray(), () => failures = 0, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // Whatever went wrong, the events are still there and the position has not moved: try again, ever
                // slower.
                LastError = error.Message;
                EventStoreMetrics.SubscriptionFailed(subscription.Name);
                LogFailed(log, subscription.Name, error);
                var pause = TimeSpan.FromMilliseconds(Math.Min(10_000, 200 * Math.Pow(2, Math.Min(failures++, 6))));
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                IsLeader = false;
            }
        }
    }

    /// <summary>
    /// Tries for the lock in a session that it keeps; a <see cref="Turn"/> would open one at each try, and one that is
    /// waited for in the database would hold a snapshot, for which readers of the log wait.
    /// </summary>
    private async Task LeadAsync(
        Listener listener, string[]? passOver, Action succeeded, CancellationToken stop)
    {
        await using var connection = await sessions.OpenConnectionAsync(stop);
        var key = LockKey(subscription.Name);
        while (await connection.ReadAsync(
            "select pg_try_advisory_lock($1)", row => row.GetBoolean(0), stop, key) is [false])
            await Task.Delay(PollInterval, clock, stop);
        IsLeader = true;
        LogLeading(log, subscription.Name);
        await FollowAsync(connection, listener, passOver, succeeded, stop);
    }

    private async Task FollowAsync(
        NpgsqlConnection connection, Listener listener, string[]? passOver, Action succeeded, CancellationToken stop)
    {
        var reader = await StartAsync(connection, passOver, stop);
        var hole = HoleInterval;
        while (true)
        {
            var next = listener.Next;
            var from = reader.Position;
            var events = await reader.NextAsync(connection, subscription.PageSize, stop);
            var found = events.Count > 0;
            while (reader.Position > from)
            {
                var to = reader.Position;
                if (await WorkAsync(connection, from, reader, events, stop) is not { } ahead)
                {
                    reader = await StartAsync(connection, passOver, stop);
                    found = true;
                    break;
                }

                (from, events) = (to, ahead);
                Succeeded();
            }

            Succeeded();
            if (found)
            {
                hole = HoleInterval;
                if (subscription.Rest > TimeSpan.Zero)
                    await Task.Delay(subscription.Rest, clock, stop);
            }
            else if (reader.IsWaiting)
            {
                await Task.Delay(hole, clock, stop);
                hole = hole * 2 < LongestHoleInterval ? hole * 2 : LongestHoleInterval;
            }
            else
            {
                await WaitAsync(next, stop);
            }
        }

        void Succeeded()
        {
            succeeded();
            LastError = null;
        }
    }

    /// <summary>
    /// Works off a page and commits the position behind it. Returns the page after it, which is read while the work of
    /// this one waits for others (empty when this one was not full: what came meanwhile is read as always), or null
    /// when the position is not where it was left: somebody has set it back, and nothing of this is written.
    /// </summary>
    private async Task<IReadOnlyList<StoredEvent>?> WorkAsync(
        NpgsqlConnection connection, long from, LogReader reader, IReadOnlyList<StoredEvent> events,
        CancellationToken stop)
    {
        var to = reader.Position;
        var work = events.Count > 0 ? subscription.HandleAsync(events, stop) : NoRows;
        var reading = reader.FoundMore
            ? reader.NextAsync(connection, subscription.PageSize, stop)
            : NoEvents;
        await Task.WhenAll(work, reading);
        var commands = await work;
        await using var batch = connection.CreateBatch();
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        var move = new NpgsqlBatchCommand(Move);
        move.Parameters.AddWithValue(subscription.Name);
        move.Parameters.AddWithValue(to);
        move.Parameters.AddWithValue(from);
        batch.BatchCommands.Add(move);
        try
        {
            await batch.ExecuteNonQueryAsync(stop);
        }
        catch (PostgresException error) when (error.SqlState == NpgsqlEngine.StreamMoved)
        {
            LogMoved(log, subscription.Name, from);
            return null;
        }

        EventStoreMetrics.SubscriptionHandled(subscription.Name, events.Count);
        return await reading;
    }

    private async Task WaitAsync(Task next, CancellationToken stop)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(next, Task.Delay(PollInterval, clock, pause.Token));
        await pause.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    /// <summary>Reads on from the position that is kept.</summary>
    private async Task<LogReader> StartAsync(
        NpgsqlConnection connection, string[]? passOver, CancellationToken stop)
    {
        await connection.ExecuteAsync(
            "insert into mt_event_progression (name, last_seq_id) values ($1, 0) on conflict do nothing", stop,
            subscription.Name);
        var position = (await connection.ReadAsync(
            "select last_seq_id from mt_event_progression where name = $1", row => row.GetInt64(0), stop,
            subscription.Name)).Single();
        return new LogReader(engine, position, passOver: passOver);
    }

    internal static long LockKey(string name) => Ids.LockKey($"ordertocash:subscription:{name}");

    [LoggerMessage(Level = LogLevel.Information, EventName = "store.subscription.leading",
        Message = "This instance runs subscription {Name}")]
    private static partial void LogLeading(ILogger log, string name);

    [LoggerMessage(Level = LogLevel.Information, EventName = "store.subscription.moved",
        Message = "Subscription {Name} is no longer at {Position}; it goes on from where it is now")]
    private static partial void LogMoved(ILogger log, string name, long position);

    [LoggerMessage(Level = LogLevel.Error, EventName = "store.subscription.failed",
        Message = "Subscription {Name} failed and will try again")]
    private static partial void LogFailed(ILogger log, string name, Exception error);
}
