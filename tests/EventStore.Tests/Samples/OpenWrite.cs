namespace OrderToCash.EventSourcing.Tests.Samples;

/// <summary>An append whose transaction stays open until the test says how it ends.</summary>
public sealed class OpenWrite : IAsyncDisposable
{
    private readonly StoreInstance _store;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private OpenWrite(StoreInstance store, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_store, _connection, _transaction) = (store, connection, transaction);

    public static async Task<OpenWrite> BeginAsync(StoreInstance store)
    {
        var connection = await store.Store.Database.OpenConnectionAsync();
        return new OpenWrite(store, connection, await connection.BeginTransactionAsync());
    }

    /// <summary>Gives the transaction its id before it writes anything.</summary>
    public async Task TakeIdAsync()
    {
        await using var command = new NpgsqlCommand("select pg_current_xact_id()::text", _connection);
        await command.ExecuteScalarAsync();
    }

    /// <summary>Draws the sequence numbers of a new account.</summary>
    public async Task<OpenWrite> AppendAsync()
    {
        var id = Some.Id();
        var batch = new WriteBatch(Some.Metadata).Append(Account.Stream, id, 0, [new AccountOpened($"{id}")]);
        (await _store.Store.CommitAsync(batch, _connection, CancellationToken.None)).IsCommitted.ShouldBeTrue();
        return this;
    }

    public Task CommitAsync() => _transaction.CommitAsync();

    public Task RollbackAsync() => _transaction.RollbackAsync();

    /// <summary>Ends the session from outside, as a server restart or an administrator would.</summary>
    public Task KillAsync(StoreDatabase database) =>
        database.ExecuteAsync("select pg_terminate_backend($1)", _connection.ProcessID);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _transaction.DisposeAsync();
        }
        catch (NpgsqlException)
        {
            // The session was killed: there is nothing left to roll back.
        }

        await _connection.DisposeAsync();
    }
}
