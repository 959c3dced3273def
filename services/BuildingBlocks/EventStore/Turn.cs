using Npgsql;

namespace OrderToCash.EventSourcing;

/// <summary>
/// The turn at what only one instance does at a time: a lock of the database, held by a session of its own. It ends
/// with that session, so also with the process, however that ends.
/// </summary>
public sealed class Turn : IAsyncDisposable, IDisposable
{
    /// <summary>No time limit for the wait: who has the turn may be at work for hours.</summary>
    private const int Forever = 0;

    private Turn(NpgsqlConnection session) => Session = session;

    /// <summary>The session that holds the lock, for work that must end with it.</summary>
    public NpgsqlConnection Session { get; }

    /// <summary>The turn, or null while somebody else has it.</summary>
    /// <param name="sessions">Connections that are not pooled (<see cref="EventStoreRegistration.Sessions"/>).</param>
    /// <param name="key">Whose turn; instances of all versions take the same one
    /// (<see cref="Kernel.Ids.LockKey"/>).</param>
    /// <param name="cancellation">Ends the try.</param>
    public static Task<Turn?> TryAsync(NpgsqlDataSource sessions, long key, CancellationToken cancellation) =>
        TakeAsync(sessions, "select pg_try_advisory_lock($1)", key, null, cancellation);

    /// <summary>The turn; waits for as long as somebody else has it.</summary>
    /// <param name="sessions">Connections that are not pooled.</param>
    /// <param name="key">As above.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="isShared">True: several have the turn at once who ask for it so, and none who does not.</param>
    public static async Task<Turn> WaitAsync(
        NpgsqlDataSource sessions, long key, CancellationToken cancellation, bool isShared = false) =>
        (await TakeAsync(
            sessions, isShared ? "select pg_advisory_lock_shared($1)" : "select pg_advisory_lock($1)", key, Forever,
            cancellation))!;

    private static async Task<Turn?> TakeAsync(
        NpgsqlDataSource sessions, string sql, long key, int? timeout, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sessions);

        // A pool would keep the session, and with it the lock, for whoever comes next.
        if (new NpgsqlConnectionStringBuilder(sessions.ConnectionString).Pooling)
            throw new ArgumentException("A turn ends with its session, which a pool keeps.", nameof(sessions));
        var turn = new Turn(await sessions.OpenConnectionAsync(cancellation));
        try
        {
            await using var take = new NpgsqlCommand(sql, turn.Session);
            take.CommandTimeout = timeout ?? take.CommandTimeout;
            take.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
            if (await take.ExecuteScalarAsync(cancellation) is not false)
                return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }

        await turn.DisposeAsync();
        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Session.DisposeAsync();

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
