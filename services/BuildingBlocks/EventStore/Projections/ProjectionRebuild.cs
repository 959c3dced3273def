using System.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing.Projections;

/// <summary>
/// Builds a read model anew from the log while the service goes on reading and writing the old one. The new tables grow
/// in a schema of their own; only for the last few events are writers held up, then the tables change places in the
/// same transaction.
/// </summary>
public sealed partial class ProjectionRebuild(
    IEventStoreEngine engine, [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions,
    IReadOnlyList<Projection> projections, TimeProvider clock, ILogger<ProjectionRebuild> log)
{
    private const int PageSize = 5000;

    /// <summary>
    /// Tries to change places. Each waits at most <see cref="SwapPatience"/> for transactions that are under way,
    /// because new writers wait behind it.
    /// </summary>
    private const int SwapAttempts = 100;

    private static readonly TimeSpan SwapPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HoleInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan SwapInterval = TimeSpan.FromSeconds(1);
    private static readonly long LockKey = Ids.LockKey("ordertocash:rebuild");

    /// <summary>
    /// Rebuilds the named read model. Throws <see cref="KeyNotFoundException"/> when there is none of that name.
    /// </summary>
    /// <returns>Number of events that were read.</returns>
    public async Task<long> RunAsync(string name, CancellationToken cancellation = default)
    {
        var projection = projections.FirstOrDefault(p => p.Name == name)
            ?? throw new KeyNotFoundException($"There is no read model '{name}'.");

        // The lock and the meaning of unqualified names end with the session.
        await using var turn = await Turn.WaitAsync(sessions, LockKey, cancellation);
        var connection = turn.Session;
        var shadow = new ShadowTables(connection, projection);
        try
        {
            await shadow.CreateAsync(cancellation);
            var reader = new LogReader(engine, 0);
            var count = await CopyAsync(connection, projection, reader, cancellation);
            await shadow.FinishAsync(cancellation);
            for (var attempt = 1; ; attempt++)
            {
                count += await CopyAsync(connection, projection, reader, cancellation);
                try
                {
                    count += await SwapAsync(connection, shadow, projection, reader.Position, cancellation);
                    break;
                }
                catch (PostgresException error) when (attempt < SwapAttempts && error.SqlState is
                    PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
                {
                    LogBusy(log, projection.Name, attempt);
                    await Task.Delay(SwapInterval, clock, cancellation);
                }
            }

            LogRebuilt(log, projection.Name, count);
            return count;
        }
        finally
        {
            // Over a broken connection nothing can be cleared away; the next rebuild begins with that.
            if (connection.State == ConnectionState.Open)
                await shadow.DropAsync();
        }
    }

    /// <summary>
    /// Brings the new tables to within a page of the end of the log; writers that go on and on must not keep it from
    /// ending. Waits where a hole may still fill.
    /// </summary>
    private async Task<long> CopyAsync(
        NpgsqlConnection connection, Projection projection, LogReader reader, CancellationToken cancellation)
    {
        long count = 0;
        while (true)
        {
            var events = await reader.NextAsync(connection, PageSize, cancellation);
            if (events.Count == 0 && reader.IsWaiting)
            {
                await Task.Delay(HoleInterval, clock, cancellation);
                continue;
            }

            await ApplyAsync(connection, projection, events, cancellation);
            count += events.Count;
            if (events.Count + reader.HeldBack < PageSize)
                return count;
        }
    }

    private async Task<long> SwapAsync(
        NpgsqlConnection connection, ShadowTables shadow, Projection projection, long position,
        CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync($"set local lock_timeout = {SwapPatience.TotalMilliseconds}", cancellation);

        // Waits for the writes in flight and holds up new ones, so the log ends here and no hole can fill any more.
        // Then the tables: the order in which everybody else takes them.
        await connection.ExecuteAsync("lock table mt_events in share row exclusive mode", cancellation);
        await shadow.LockAsync(cancellation);
        var reader = new LogReader(engine, position, (_, page) => page.Events.Count);
        var count = await CopyAsync(connection, projection, reader, cancellation);
        await shadow.ReplaceAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return count;
    }

    private static async Task ApplyAsync(
        NpgsqlConnection connection, Projection projection, IReadOnlyList<StoredEvent> events,
        CancellationToken cancellation)
    {
        var commands = new List<NpgsqlBatchCommand>();
        Projection.Fill(commands, [projection], events);
        if (commands.Count == 0)
            return;
        await using var batch = connection.CreateBatch();
        batch.Timeout = 0;
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, EventName = "store.projection.rebuilt",
        Message = "Read model {Name} is rebuilt from {Count} events")]
    private static partial void LogRebuilt(ILogger log, string name, long count);

    [LoggerMessage(Level = LogLevel.Information, EventName = "store.projection.busy",
        Message = "Read model {Name} is ready but its tables were in use at attempt {Attempt} to put it in place")]
    private static partial void LogBusy(ILogger log, string name, int attempt);
}
