using Npgsql;

namespace OrderToCash.EventSourcing;

/// <summary>
/// A stream that nobody else moves on until this is disposed of: other instances wait in turn, so that who has always
/// lost wins. All that is read and written meanwhile goes over its one connection; a second one might be among those
/// that wait for this stream. The row lock gives the transaction its id early, and readers of the log wait behind it:
/// for the few milliseconds of one decision.
/// </summary>
internal sealed class StreamHold(NpgsqlConnection connection) : IAsyncDisposable
{
    private const string Hold = "select from mt_streams where id = $1 for update";

    private NpgsqlTransaction? _transaction;

    /// <summary>Where the stream is read and written while it is held.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>Null where the wait for others was broken as a deadlock.</summary>
    /// <param name="database">Whose stream.</param>
    /// <param name="streamId">The stream; one that does not exist yet is not held.</param>
    /// <param name="locks">What the write takes first, taken before the stream here as by everybody else.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async Task<StreamHold?> TakeAsync(
        NpgsqlDataSource database, Guid streamId, IReadOnlyList<NpgsqlBatchCommand> locks,
        CancellationToken cancellation)
    {
        var hold = new StreamHold(await database.OpenConnectionAsync(cancellation));
        try
        {
            await hold.BeginAsync(streamId, locks, cancellation);
            return hold;
        }
        catch (Exception error)
        {
            await hold.DisposeAsync();
            if (error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
                return null;
            throw;
        }
    }

    /// <summary>What was written stays.</summary>
    public Task CommitAsync(CancellationToken cancellation) => _transaction!.CommitAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null)
            await _transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task BeginAsync(
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
}
