namespace OrderToCash.EventSourcing.Tests.Appending;

public sealed class The_round_trips_of_a_write(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    [Fact]
    public async Task are_one_for_events_read_models_guards_and_rows_together()
    {
        await using var proxy = CountingProxy.Start(database.ConnectionString);
        await using var store = new StoreInstance(
            proxy.ConnectionString, options => options.Inline(new AccountBalances()));
        var (first, second) = (await store.OpenAsync(), await store.OpenAsync());

        // The first uses of a statement prepare it; that is part of the same round trip and must stay so.
        for (long version = 1; version <= 8; version++)
        {
            var guard = new NpgsqlBatchCommand("insert into otc_inbox (consumer, message_id) values ('tests', $1)");
            guard.Parameters.AddWithValue(Some.Id());
            var third = Some.Id();
            var batch = new WriteBatch(Some.Metadata)
                .Guard(guard)
                .Append(Account.Stream, first, version, [new Deposited(1)])
                .Append(Account.Stream, second, version, [new Deposited(1)])
                .Append(Account.Stream, third, 0, [new AccountOpened($"{third}"), new Deposited(1)])
                .Row(new NpgsqlBatchCommand("select 1"));
            var before = proxy.RoundTrips;
            (await store.Store.CommitAsync(batch)).IsCommitted.ShouldBeTrue();
            (proxy.RoundTrips - before).ShouldBe(1, $"at version {version}");
        }
    }

    [Fact]
    public async Task are_one_for_a_decision_on_a_known_stream_and_for_its_conflict()
    {
        await using var proxy = CountingProxy.Start(database.ConnectionString);
        await using var store = new StoreInstance(
            proxy.ConnectionString, options => options.Inline(new AccountBalances()));
        var id = await store.OpenAsync();
        await store.Store.LoadAsync(Account.Stream, id);

        for (var turn = 0; turn < 8; turn++)
        {
            var before = proxy.RoundTrips;
            await store.Store.DecideAsync(Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)));
            (proxy.RoundTrips - before).ShouldBe(1);

            before = proxy.RoundTrips;
            (await store.AppendAsync(id, 1, new Deposited(1))).Status.ShouldBe(CommitStatus.VersionConflict);
            (proxy.RoundTrips - before).ShouldBe(1);
        }
    }
}
