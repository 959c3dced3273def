using Npgsql;

namespace OrderToCash.EventSourcing;

/// <summary>
/// Streams that are held while somebody decides on them: other instances wait in turn, so that who has always lost
/// wins. One at a time in this process, as whoever holds one needs a second connection for reading. The row lock gives
/// the transaction its id early, and readers of the log wait behind it: for the few milliseconds of one decision.
/// </summary>
/// <param name="database">Whose streams.</param>
/// <param name="turn">Lets one in.</param>
internal sealed class StreamHolds(NpgsqlDataSource database, SemaphoreSlim turn)
{
    /// <summary>Null where the wait for others was broken as a deadlock.</summary>
    /// <param name="streamId">The stream; one that does not exist yet is not held.</param>
    /// <param name="locks">What the write takes first, taken before the stream here as by everybody else.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<StreamHold?> TakeAsync(
        Guid streamId, IReadOnlyList<NpgsqlBatchCommand> locks, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        StreamHold? hold = null;
        try
        {
            hold = new StreamHold(await database.OpenConnectionAsync(cancellation), turn);
            await hold.BeginAsync(streamId, locks, cancellation);
            return hold;
        }
        catch (Exception error)
        {
            if (hold is null)
                turn.Release();
            else
                await hold.DisposeAsync();
            if (error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
                return null;
            throw;
        }
    }
}

/// <summary>A stream that nobody else moves on until this is disposed of.</summary>
internal sealed class StreamHold(NpgsqlConnection connection, SemaphoreSlim turn) : IAsyncDisposable
{
    private const string Hold = "select from mt_streams where id = $1 for update";

    private NpgsqlTransaction? _transaction;

    /// <summary>What is written on it is written while the stream is held.</summary>
    public NpgsqlConnection Connection => connection;

    public async Task BeginAsync(
        Guid streamId, IReadOnlyList<NpgsqlBatchCommand> locks, CancellationToken cancellation)
    {
        _transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = connection.CreateBatch();
        foreach (var command in locks)
            batch.BatchCommands.Add(NpgsqlEngine.Copy(command));
        var row = new NpgsqlBatchCommand(Hold);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = streamId });
        batch.BatchCommands.Add(row);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>What was written stays.</summary>
    public Task CommitAsync(CancellationToken cancellation) => _transaction!.CommitAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_transaction is not null)
                await _transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
        finally
        {
            turn.Release();
        }
    }
}
