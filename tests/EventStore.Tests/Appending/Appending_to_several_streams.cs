namespace OrderToCash.EventSourcing.Tests.Appending;

public sealed class Appending_to_several_streams(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task writes_all_of_them_in_one_transaction()
    {
        var (old, created) = (await _store.OpenAsync(), Some.Id());
        var batch = new WriteBatch(Some.Metadata)
            .Append(Account.Stream, old, 1, [new Deposited(1), new Deposited(2)])
            .Append(Account.Stream, created, 0, [new AccountOpened($"{created}")]);

        (await _store.Store.CommitAsync(batch)).IsCommitted.ShouldBeTrue();

        (await database.ScalarAsync<long>(
            "select count(distinct xmin::text) from mt_events " +
            "where stream_id = any($1) and (stream_id, version) <> ($2, 1)",
            new[] { old, created }, old)).ShouldBe(1);
        (await _store.Store.LoadAsync(Account.Stream, old)).Version.ShouldBe(3);
        (await _store.Store.LoadAsync(Account.Stream, created)).Version.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(2, 0)]
    public async Task writes_none_of_them_when_one_is_at_another_version(int wrongStream, long wrongVersion)
    {
        Guid[] streams = [await _store.OpenAsync(), await _store.OpenAsync(), Some.Id()];
        long[] versions = [1, 1, 0];
        versions[wrongStream] = wrongStream == 2 ? 7 : wrongVersion;
        var (events, rows) = (await database.CountAsync("mt_events"), await database.CountAsync("account_balances"));
        var batch = new WriteBatch(Some.Metadata);
        foreach (var (stream, version) in streams.Zip(versions))
        {
            object happened = version == 0 ? new AccountOpened($"{stream}") : new Deposited(1);
            batch.Append(Account.Stream, stream, version, [happened]);
        }

        (await _store.Store.CommitAsync(batch)).Status.ShouldBe(CommitStatus.VersionConflict);

        (await database.CountAsync("mt_events")).ShouldBe(events);
        (await database.CountAsync("account_balances")).ShouldBe(rows);
        (await _store.Store.LoadAsync(Account.Stream, streams[2])).Exists.ShouldBeFalse();
    }

    [Fact]
    public async Task refuses_a_stream_named_twice()
    {
        var id = await _store.OpenAsync();
        var batch = new WriteBatch(Some.Metadata)
            .Append(Account.Stream, id, 1, [new Deposited(1)])
            .Append(Account.Stream, id, 2, [new Deposited(2)]);
        await Should.ThrowAsync<InvalidOperationException>(() => _store.Store.CommitAsync(batch));
        (await _store.Store.LoadAsync(Account.Stream, id)).Version.ShouldBe(1);
    }

    [Fact]
    public async Task in_any_order_at_once_ends_without_a_deadlock()
    {
        var streams = new List<Guid>();
        for (var account = 0; account < 6; account++)
            streams.Add(await _store.OpenAsync());
        var deadlocks = await DeadlocksAsync();

        var transfers = Enumerable.Range(0, 40).Select(async transfer =>
        {
            var random = new Random(transfer);
            Guid[] chosen = [.. streams.OrderBy(_ => random.Next()).Take(4)];
            return await _store.Store.CommitAsync(async cancellation =>
            {
                var batch = new WriteBatch(Some.Metadata);
                foreach (var stream in chosen)
                {
                    var loaded = await _store.Store.LoadAsync(Account.Stream, stream, cancellation);
                    batch.Append(Account.Stream, stream, loaded.Version, [new Deposited(1)]);
                }

                return batch;
            });
        });

        (await Task.WhenAll(transfers)).ShouldAllBe(result => result.IsCommitted);
        (await database.ScalarAsync<decimal>("select sum(balance) from account_balances where account_id = any($1)",
            streams.ToArray())).ShouldBe(40 * 4);
        (await DeadlocksAsync()).ShouldBe(deadlocks);
    }

    private Task<long> DeadlocksAsync() =>
        database.ScalarAsync<long>("select deadlocks from pg_stat_database where datname = current_database()");
}
