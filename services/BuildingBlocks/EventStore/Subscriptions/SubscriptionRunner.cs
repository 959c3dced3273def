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
    ISubscription subscription, IEventStoreEngine engine,
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

    private static readonly Task<IReadOnlyList<NpgsqlBatchCommand>> NotBegun =
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
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LeadAsync(() => failures = 0, stoppingToken);
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

    private async Task LeadAsync(Action succeeded, CancellationToken stop)
    {
        await using var connection = await sessions.OpenConnectionAsync(stop);
        var key = LockKey(subscription.Name);
        while (!await ScalarAsync<bool>(connection, "select pg_try_advisory_lock($1)", key, stop))
            await Task.Delay(PollInterval, clock, stop);
        IsLeader = true;
        LogLeading(log, subscription.Name);
        await FollowAsync(connection, succeeded, stop);
    }

    private async Task FollowAsync(NpgsqlConnection connection, Action succeeded, CancellationToken stop)
    {
        var reader = new LogReader(engine, await StartAsync(connection, stop));
        var begun = new Queue<Page>();
        Page? ahead = null;
        var hole = HoleInterval;
        try
        {
            while (true)
            {
                // Where the last page was full, the one after it is read while no more may be begun.
                var next = signal.Next;
                var mayBegin = begun.Count < subscription.PagesAtOnce;
                if (ahead is null && (mayBegin || begun.Last().Events.Count == subscription.PageSize))
                    ahead = await ReadAsync(reader, connection, stop);
                if (ahead is not null && mayBegin)
                {
                    begun.Enqueue(ahead.Begin(subscription, stop));
                    (ahead, hole) = (null, HoleInterval);
                    continue;
                }

                var work = begun.Count > 0 ? begun.Peek().Work : next;
                if (mayBegin)
                    await WaitAsync(work, next, reader.IsWaiting ? hole : PollInterval, stop);
                else
                    await Task.WhenAny(work);
                if (reader.IsWaiting)
                    hole = hole * 2 < LongestHoleInterval ? hole * 2 : LongestHoleInterval;
                if (!await CommitAsync(connection, begun, stop))
                    return;
                succeeded();
                LastError = null;
            }
        }
        finally
        {
            // Nothing of a page is still under way when somebody, here or elsewhere, begins it anew.
            await Task.WhenAll(begun.Select(Task (page) => page.Work))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Page?> ReadAsync(LogReader reader, NpgsqlConnection connection, CancellationToken stop)
    {
        var from = reader.Position;
        var events = await reader.NextAsync(connection, subscription.PageSize, stop);
        return events.Count == 0 ? null : new Page(from, reader.Position, events, NotBegun);
    }

    /// <summary>
    /// Commits what the first pages ask for, as far as they are done, and the position behind them. False when the
    /// position is not where it was left: a rebuild has moved it, and nothing of this is written.
    /// </summary>
    private async Task<bool> CommitAsync(NpgsqlConnection connection, Queue<Page> begun, CancellationToken stop)
    {
        if (begun.Count == 0 || !begun.Peek().Work.IsCompleted)
            return true;
        var (from, to, events) = (begun.Peek().From, begun.Peek().To, 0);
        await using var batch = connection.CreateBatch();
        while (begun.Count > 0 && begun.Peek().Work.IsCompleted)
        {
            var page = begun.Dequeue();
            foreach (var command in await page.Work)
                batch.BatchCommands.Add(command);
            (to, events) = (page.To, events + page.Events.Count);
        }

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
            return false;
        }

        EventStoreMetrics.SubscriptionHandled(subscription.Name, events);
        return true;
    }

    /// <summary>Until either of these, or for this long.</summary>
    private async Task WaitAsync(Task work, Task next, TimeSpan limit, CancellationToken stop)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(work, next, Task.Delay(limit, clock, pause.Token));
        await pause.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    private async Task<long> StartAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using (var create = new NpgsqlCommand(
            "insert into mt_event_progression (name, last_seq_id) values ($1, 0) on conflict do nothing", connection))
        {
            create.Parameters.AddWithValue(subscription.Name);
            await create.ExecuteNonQueryAsync(stop);
        }

        return await ScalarAsync<long>(
            connection, "select last_seq_id from mt_event_progression where name = $1", subscription.Name, stop);
    }

    internal static long LockKey(string name) => Ids.LockKey($"ordertocash:subscription:{name}");

    private static async Task<T> ScalarAsync<T>(
        NpgsqlConnection connection, string sql, object parameter, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(parameter);
        return (T)(await command.ExecuteScalarAsync(stop))!;
    }

    [LoggerMessage(Level = LogLevel.Information, EventName = "store.subscription.leading",
        Message = "This instance runs subscription {Name}")]
    private static partial void LogLeading(ILogger log, string name);

    [LoggerMessage(Level = LogLevel.Information, EventName = "store.subscription.moved",
        Message = "Subscription {Name} is no longer at {Position}; it goes on from where it is now")]
    private static partial void LogMoved(ILogger log, string name, long position);

    [LoggerMessage(Level = LogLevel.Error, EventName = "store.subscription.failed",
        Message = "Subscription {Name} failed and will try again")]
    private static partial void LogFailed(ILogger log, string name, Exception error);

    /// <summary>Events above one position up to another, and the work on them.</summary>
    private sealed record Page(
        long From, long To, IReadOnlyList<StoredEvent> Events, Task<IReadOnlyList<NpgsqlBatchCommand>> Work)
    {
        public Page Begin(ISubscription subscription, CancellationToken stop) =>
            this with { Work = subscription.HandleAsync(Events, stop) };
    }
}
