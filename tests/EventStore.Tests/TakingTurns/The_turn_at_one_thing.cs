namespace OrderToCash.EventSourcing.Tests.TakingTurns;

public sealed class The_turn_at_one_thing(StoreDatabase database) : IClassFixture<StoreDatabase>, IDisposable
{
    private readonly NpgsqlDataSource _sessions = EventStoreRegistration.SessionSource(database.ConnectionString);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _sessions.Dispose();

    [Fact]
    public async Task is_nobody_elses_until_it_is_given_back()
    {
        var key = Ids.LockKey("turns:given back");
        await using (var first = (await Turn.TryAsync(_sessions, key, Stop)).ShouldNotBeNull())
        {
            (await Turn.TryAsync(_sessions, key, Stop)).ShouldBeNull();
            await using var other = await Turn.TryAsync(_sessions, Ids.LockKey("turns:another thing"), Stop);
            other.ShouldNotBeNull();
        }

        await BecomesFreeAsync(key);
    }

    [Fact]
    public async Task is_waited_for_and_ends_with_the_session_that_has_it()
    {
        var key = Ids.LockKey("turns:waited for");
        await using var first = await Turn.WaitAsync(_sessions, key, Stop);
        var second = Turn.WaitAsync(_sessions, key, Stop);
        await Eventually.Becomes(() => WaitingAsync(key), waiting => waiting == 1, "the second waits");
        second.IsCompleted.ShouldBeFalse();

        await using (var end = database.Source.CreateCommand("select pg_terminate_backend($1)"))
        {
            end.Parameters.AddWithValue(first.Session.ProcessID);
            await end.ExecuteNonQueryAsync(Stop);
        }

        await using var turn = await second;
    }

    [Fact]
    public async Task is_shared_by_those_who_share_and_by_nobody_else()
    {
        var key = Ids.LockKey("turns:shared");
        await using (await Turn.WaitAsync(_sessions, key, Stop, isShared: true))
        await using (await Turn.WaitAsync(_sessions, key, Stop, isShared: true))
            (await Turn.TryAsync(_sessions, key, Stop)).ShouldBeNull();
        await BecomesFreeAsync(key);
    }

    [Fact]
    public async Task is_not_given_to_a_session_that_a_pool_would_keep() =>
        await Should.ThrowAsync<ArgumentException>(() => Turn.TryAsync(database.Source, 1, Stop));

    /// <summary>Instances of the version before hold the same locks while a release is rolled out.</summary>
    [Fact]
    public async Task locks_of_a_transaction_are_those_of_their_names()
    {
        var ids = new[] { Ids.From("turns", "one"), Ids.From("turns", "two") };
        var names = new TransactionLock("ordertocash:invoice");
        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(names.TakeAll([.. ids, .. ids]));
            batch.BatchCommands.Add(names.Take("US01"));
            await batch.ExecuteNonQueryAsync(Stop);
        }

        foreach (var name in new[] { $"{ids[0]:N}", $"{ids[1]:N}", "US01" })
            (await Turn.TryAsync(_sessions, Ids.LockKey($"ordertocash:invoice:{name}"), Stop)).ShouldBeNull();
        await transaction.RollbackAsync(Stop);
        await BecomesFreeAsync(Ids.LockKey($"ordertocash:invoice:{ids[0]:N}"));
    }

    /// <summary>The server ends a session that is closed in its own time.</summary>
    private Task BecomesFreeAsync(long key) => Eventually.BecomesTrue(
        async () =>
        {
            await using var turn = await Turn.TryAsync(_sessions, key, Stop);
            return turn is not null;
        },
        "the turn is free");

    private async Task<long> WaitingAsync(long key)
    {
        await using var command = database.Source.CreateCommand(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted " +
            "and (classid::bigint << 32) | objid::bigint = $1");
        command.Parameters.AddWithValue(key);
        return (long)(await command.ExecuteScalarAsync(Stop))!;
    }
}
