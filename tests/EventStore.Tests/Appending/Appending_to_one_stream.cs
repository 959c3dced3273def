namespace OrderToCash.EventSourcing.Tests.Appending;

public sealed class Appending_to_one_stream(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task a_new_stream_begins_at_version_one()
    {
        var id = Some.Id();
        (await _store.AppendAsync(id, 0, new AccountOpened("Ann"), new Deposited(5))).IsCommitted.ShouldBeTrue();

        var history = await _store.Store.HistoryAsync(id);
        history.Select(e => e.Version).ShouldBe([1, 2]);
        history.Select(e => e.Data).ShouldBe([new AccountOpened("Ann"), new Deposited(5)]);
        (await database.RowsAsync("select type, version, timestamp = created from mt_streams where id = $1", id))
            .ShouldBe(["(account,2,t)"]);
    }

    [Fact]
    public async Task an_existing_stream_goes_on_where_it_ended()
    {
        var id = await _store.OpenAsync();
        (await _store.AppendAsync(id, 1, new Deposited(1), new Deposited(2))).IsCommitted.ShouldBeTrue();

        (await _store.Store.HistoryAsync(id)).Select(e => e.Version).ShouldBe([1, 2, 3]);
        (await database.ScalarAsync<long>("select version from mt_streams where id = $1", id)).ShouldBe(3);
    }

    [Theory]
    [InlineData(1, "too low")]
    [InlineData(3, "too high")]
    [InlineData(0, "new, but the stream exists")]
    public async Task a_wrong_expected_version_writes_nothing(long expected, string because)
    {
        var id = await _store.OpenAsync(balance: 10);
        var events = await database.CountAsync("mt_events");

        var result = await _store.AppendAsync(id, expected, new Deposited(1));

        result.ShouldBe(new CommitResult(CommitStatus.VersionConflict), because);
        (await database.CountAsync("mt_events")).ShouldBe(events);
        (await database.ScalarAsync<long>("select version from mt_streams where id = $1", id)).ShouldBe(2);
    }

    [Fact]
    public async Task a_version_of_a_stream_that_does_not_exist_is_a_conflict()
    {
        var id = Some.Id();
        (await _store.AppendAsync(id, 1, new Deposited(1))).Status.ShouldBe(CommitStatus.VersionConflict);
        (await _store.Store.HistoryAsync(id)).ShouldBeEmpty();
        (await database.ScalarAsync<long>("select count(*) from mt_streams where id = $1", id)).ShouldBe(0);
    }

    [Fact]
    public async Task a_stream_of_another_type_is_not_touched()
    {
        var id = await _store.OpenAsync();
        var other = new StreamType<Account>("contract", Account.Stream.Initial, Account.Evolve);
        var batch = new WriteBatch(Some.Metadata).Append(other, id, 1, [new Deposited(1)]);

        (await _store.Store.CommitAsync(batch)).Status.ShouldBe(CommitStatus.VersionConflict);
        (await _store.Store.HistoryAsync(id)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task everything_about_an_event_is_read_as_it_was_written()
    {
        var id = Some.Id();
        var metadata = new EventMetadata("ann", "order 1", "request 2", "goodwill \"quoted\" ümlaut", "00-trace-01");
        var before = TimeProvider.System.GetUtcNow().AddMilliseconds(-1);
        await _store.Store.CommitAsync(
            new WriteBatch(metadata).Append(Account.Stream, id, 0, [new AccountOpened("Ann\n\\ \"O'Neill\" 🏦")]));

        var e = (await _store.Store.HistoryAsync(id)).ShouldHaveSingleItem();
        e.Metadata.ShouldBe(metadata);
        e.Data.ShouldBe(new AccountOpened("Ann\n\\ \"O'Neill\" 🏦"));
        e.Type.ShouldBe("account_opened");
        e.StreamId.ShouldBe(id);
        e.Sequence.ShouldBeGreaterThan(0);
        e.At.ShouldBeInRange(before, TimeProvider.System.GetUtcNow());
        (await database.ScalarAsync<string>("select mt_dotnet_type from mt_events where id = $1", e.Id))
            .ShouldBe("OrderToCash.EventSourcing.Tests.Samples.AccountOpened, OrderToCash.EventStore.Tests");
    }

    [Fact]
    public async Task metadata_that_is_not_given_reads_as_none()
    {
        var id = Some.Id();
        await _store.Store.CommitAsync(
            new WriteBatch(new EventMetadata("ann")).Append(Account.Stream, id, 0, [new AccountOpened($"{id}")]));
        (await _store.Store.HistoryAsync(id)).ShouldHaveSingleItem().Metadata.ShouldBe(new EventMetadata("ann"));
    }

    [Fact]
    public async Task no_events_are_no_write()
    {
        var id = Some.Id();
        (await _store.AppendAsync(id, 0)).IsCommitted.ShouldBeTrue();
        (await database.ScalarAsync<long>("select count(*) from mt_streams where id = $1", id)).ShouldBe(0);
    }
}
