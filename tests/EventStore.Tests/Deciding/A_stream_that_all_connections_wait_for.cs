namespace OrderToCash.EventSourcing.Tests.Deciding;

/// <summary>
/// Who holds a stream reads and writes on the connection that holds it: those who wait for that stream may have all
/// others of the pool.
/// </summary>
public sealed class A_stream_that_all_connections_wait_for(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private const int Connections = 3;
    private const int Callers = 2 * Connections;

    private const string Waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    private readonly StoreInstance _there = database.Instance();

    [Fact]
    public async Task is_read_and_written_by_who_holds_it_and_then_by_all()
    {
        await using var here = new StoreInstance(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = Connections }.ConnectionString,
            options => options.Inline(new AccountBalances()));
        var id = await _there.OpenAsync();
        await here.Store.LoadAsync(Account.Stream, id);
        await DepositAsync(_there, id);
        await using var connection = await database.Source.OpenConnectionAsync();
        NpgsqlTransaction? before = null;
        var losses = 0;

        var held = here.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)),
            refresh: async _ =>
            {
                await DepositAsync(_there, id);
                if (++losses == EventStore.FreeRounds)
                    before = await LockAsync(connection, id);
            });
        await WaitingForItAsync(1);
        var others = Enumerable.Range(0, Callers).Select(_ => here.Store.CommitAsync(
            async cancellation => new WriteBatch(Some.Metadata).Append(
                Account.Stream, id, (await here.Store.LoadAsync(Account.Stream, id, cancellation)).Version,
                [new Deposited(1)]))).ToList();
        await WaitingForItAsync(Connections);
        await before!.RollbackAsync();

        var lost = 1 + EventStore.FreeRounds;
        (await held).State.Balance.ShouldBe(lost + 1, "nobody came before who held it");
        (await Task.WhenAll(others)).ShouldAllBe(result => result.IsCommitted);
        (await database.BalanceAsync(id)).ShouldBe(lost + 1 + Callers);
    }

    private Task WaitingForItAsync(int many) => Eventually.Becomes(
        () => database.ScalarAsync<long>(Waiting), count => count == many, $"{many} wait for the stream");

    private static async Task<NpgsqlTransaction> LockAsync(NpgsqlConnection connection, Guid id)
    {
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(
            "select from mt_streams where id = $1 for update", connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await command.ExecuteNonQueryAsync();
        return transaction;
    }

    private static Task<Decided<Account>> DepositAsync(StoreInstance instance, Guid id) =>
        instance.Store.DecideAsync(Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)));
}
