namespace OrderToCash.EventSourcing.Tests.Deciding;

/// <summary>A snapshot saves folding, and whatever becomes of it changes no answer.</summary>
public sealed class A_long_stream_and_its_snapshot(StoreDatabase database)
    : IClassFixture<StoreDatabase>, IAsyncLifetime
{
    private const int Events = 450;

    private static readonly Snapshot<Account> Kept = Shape(1);

    private readonly StoreInstance _store = database.Instance();

    public async ValueTask InitializeAsync() => await database.ExecuteAsync(
        "create table if not exists account_snapshots (stream_id uuid, shape int, version bigint, event_id uuid, " +
        "state bytea, written_at timestamptz, primary key (stream_id, shape))");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task is_folded_from_there()
    {
        var id = await LongAsync();
        // No fold of the events comes to this balance: it is the snapshot's.
        await KeepAsync(id, new Loaded<Account>(new Account("kept", 1_000_000, false), 400));

        var loaded = await database.Instance().Store.LoadAsync(Stream(Kept), id);

        loaded.ShouldBe(new Loaded<Account>(new Account("kept", 1_000_000 + 50, false), Events));
    }

    [Fact]
    public async Task is_remembered_from_there_also_when_nothing_has_happened_since()
    {
        var id = await LongAsync();
        await KeepAsync(id, new Loaded<Account>(new Account("kept", 7, false), Events));
        var elsewhere = database.Instance();
        await elsewhere.Store.LoadAsync(Stream(Kept), id);

        var decided = await elsewhere.Store.DecideAsync(
            Stream(Kept), id, Some.Metadata, account => Account.Withdraw(account, 5));

        (decided.State.Balance, decided.Version).ShouldBe((2, Events + 1));
    }

    [Theory]
    [InlineData("of another shape", "update account_snapshots set shape = 2 where stream_id = $1")]
    [InlineData("deleted", "delete from account_snapshots where stream_id = $1")]
    [InlineData("not to be read", "update account_snapshots set state = 'x' where stream_id = $1")]
    [InlineData("of another database", "update account_snapshots set version = 451 where stream_id = $1")]
    [InlineData("of events that are gone", "update account_snapshots set event_id = stream_id where stream_id = $1")]
    [InlineData("older than the first page", "update account_snapshots n set version = 3, event_id = e.id " +
        "from mt_events e where n.stream_id = $1 and e.stream_id = $1 and e.version = 3")]
    public async Task is_folded_from_its_first_event_where_that_is(string what, string sql)
    {
        var id = await LongAsync();
        await KeepAsync(id, new Loaded<Account>(new Account("kept", 1_000_000, false), 400));
        await database.ExecuteAsync(sql, id);

        var loaded = await database.Instance().Store.LoadAsync(Stream(Kept), id);

        loaded.ShouldBe(new Loaded<Account>(new Account($"{id}", Events - 1, false), Events), $"it is {what}");
    }

    [Fact]
    public async Task is_due_once_so_many_events_have_come_and_never_becomes_older()
    {
        var id = await LongAsync();
        (await DueAsync(Events)).ShouldContain(id);
        (await DueAsync(Events + 1)).ShouldNotContain(id);
        await KeepAsync(id, new Loaded<Account>(new Account("newer", 1, false), 400));
        await KeepAsync(id, new Loaded<Account>(new Account("older", 1, false), 300));

        (await DueAsync(50)).ShouldContain(id);
        (await DueAsync(51)).ShouldNotContain(id);
        (await Shape(2).DueAsync(database.Source, "account", Events, 100, default)).ShouldContain(id);
        var kept = await database.ScalarAsync<byte[]>("select state from account_snapshots where stream_id = $1", id);
        Kept.Read(kept).Owner.ShouldBe("newer");
    }

    [Theory]
    [InlineData("state = 'x'")]
    [InlineData("event_id = stream_id")]
    public async Task that_cannot_be_used_makes_place_for_another(string change)
    {
        var id = await LongAsync();
        await _store.Store.KeepSnapshotAsync(Stream(Kept), id);
        await database.ExecuteAsync($"update account_snapshots set {change} where stream_id = $1", id);
        await database.Instance().Store.LoadAsync(Stream(Kept), id);

        (await DueAsync(Events)).ShouldContain(id);
        await _store.Store.KeepSnapshotAsync(Stream(Kept), id);

        var kept = await database.ScalarAsync<byte[]>("select state from account_snapshots where stream_id = $1", id);
        Kept.Read(kept).ShouldBe(new Account($"{id}", Events - 1, false));
    }

    /// <summary>After a database was set back a process remembers what has never been.</summary>
    [Fact]
    public async Task is_of_what_the_database_has_and_of_nothing_that_is_remembered()
    {
        var id = await LongAsync();
        await _store.Store.LoadAsync(Stream(Kept), id);
        await _store.Store.KeepSnapshotAsync(Stream(Kept), id);
        await database.ExecuteAsync("delete from mt_events where stream_id = $1 and version > 440", id);
        await database.ExecuteAsync("delete from account_movements where account_id = $1 and version > 440", id);
        await database.ExecuteAsync("update mt_streams set version = 440 where id = $1", id);
        (await database.Instance().Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of([.. Enumerable.Repeat(new Withdrawn(1), 10)])))
            .Status.ShouldBe(DecideStatus.Done);
        var now = new Loaded<Account>(new Account($"{id}", 439 - 10, false), Events);

        (await database.Instance().Store.LoadAsync(Stream(Kept), id)).ShouldBe(now);
        await _store.Store.KeepSnapshotAsync(Stream(Kept), id);

        var kept = await database.ScalarAsync<byte[]>("select state from account_snapshots where stream_id = $1", id);
        Kept.Read(kept).ShouldBe(now.State);
    }

    [Fact]
    public async Task of_a_release_that_is_gone_is_forgotten()
    {
        var (mine, others, left) = (await LongAsync(), await LongAsync(), await LongAsync());
        foreach (var id in new[] { mine, others, left })
            await KeepAsync(id, new Loaded<Account>(new Account("kept", 1, false), 400));
        await database.ExecuteAsync("update account_snapshots set shape = 9 where stream_id <> $1", mine);
        await database.ExecuteAsync(
            "update account_snapshots set written_at = now() - interval '8 days' where stream_id <> $1", others);

        await Kept.ForgetOthersAsync(database.Source, TimeSpan.FromDays(7), default);

        (await database.RowsAsync("select stream_id from account_snapshots where stream_id = any($1)",
            new[] { mine, others, left })).Count.ShouldBe(2);
    }

    private static StreamType<Account> Stream(Snapshot<Account> snapshot) =>
        Account.Stream with { Snapshot = snapshot };

    private static Snapshot<Account> Shape(int shape) => Snapshots.Of<Account, Account>(
        "account_snapshots", shape, account => account, account => account);

    private async Task KeepAsync(Guid id, Loaded<Account> loaded)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await Kept.KeepAsync(
            connection, id, loaded,
            await database.ScalarAsync<Guid>(
                "select id from mt_events where stream_id = $1 and version = $2", id, loaded.Version),
            default);
    }

    private Task<IReadOnlyList<Guid>> DueAsync(int events) =>
        Kept.DueAsync(database.Source, "account", events, 100, default);

    private async Task<Guid> LongAsync()
    {
        var id = Some.Id();
        await _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata,
            _ => Decision.Of([new AccountOpened($"{id}"), .. Enumerable.Repeat(new Deposited(1), Events - 1)]));
        return id;
    }
}
