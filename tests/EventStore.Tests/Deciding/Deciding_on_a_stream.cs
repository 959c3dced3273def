namespace OrderToCash.EventSourcing.Tests.Deciding;

public sealed class Deciding_on_a_stream(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task appends_the_events_and_tells_the_state_after_them()
    {
        var id = Some.Id();
        var decided = await _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of(new AccountOpened($"{id}"), new Deposited(7)));

        decided.Status.ShouldBe(DecideStatus.Done);
        decided.Version.ShouldBe(2);
        decided.State.Balance.ShouldBe(7);
        decided.Events.ShouldBe([new AccountOpened($"{id}"), new Deposited(7)]);
        (await _store.Store.LoadAsync(Account.Stream, id)).ShouldBe(new Loaded<Account>(decided.State, 2));
    }

    /// <summary>A long stream is read page by page, also where it ends with one.</summary>
    [Theory]
    [InlineData(3_999)]
    [InlineData(4_000)]
    [InlineData(4_001)]
    public async Task reads_all_of_it_however_long_it_is(int events)
    {
        var id = Some.Id();
        await _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata,
            _ => Decision.Of([new AccountOpened($"{id}"), .. Enumerable.Repeat(new Deposited(1), events - 1)]));
        var elsewhere = database.Instance();

        var loaded = await elsewhere.Store.LoadAsync(Account.Stream, id);
        var versions = new List<long>();
        await foreach (var e in elsewhere.Store.ReadAsync(id))
            versions.Add(e.Version);

        (loaded.Version, loaded.State.Balance).ShouldBe((events, events - 1));
        versions.ShouldBe(Enumerable.Range(1, events).Select(version => (long)version));
    }

    [Fact]
    public async Task writes_nothing_when_it_is_refused()
    {
        var id = await _store.OpenAsync(balance: 5);
        var decided = await _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, account => Account.Withdraw(account, 6),
            with: (_, _) => throw new InvalidOperationException("not called for a refusal"));

        decided.Status.ShouldBe(DecideStatus.Refused);
        decided.Refusal!.Code.ShouldBe("too-little");
        decided.Version.ShouldBe(2);
        (await _store.Store.HistoryAsync(id)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task that_has_nothing_to_do_still_commits_the_rows_that_go_with_it()
    {
        var (id, message) = (await _store.OpenAsync(), Some.Id());
        var decided = await _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, account => Account.Open(account, "again"),
            with: (batch, _) => batch.Row(new NpgsqlBatchCommand(
                $"insert into otc_inbox (consumer, message_id) values ('tests', '{message}')")));

        decided.Status.ShouldBe(DecideStatus.Done);
        decided.Events.ShouldBeEmpty();
        decided.Version.ShouldBe(1);
        (await database.CountAsync($"otc_inbox where message_id = '{message}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task at_another_version_than_the_caller_saw_is_told_without_asking_the_decider(long seen)
    {
        var id = await _store.OpenAsync(balance: 5);
        var decided = await _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => throw new InvalidOperationException("not asked"), seen);

        decided.Status.ShouldBe(DecideStatus.WrongVersion);
        decided.Version.ShouldBe(2);
        (await _store.Store.HistoryAsync(id)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task that_must_not_exist_yet_makes_it_or_tells_that_it_exists()
    {
        var id = Some.Id();
        Task<Decided<Account>> OpenAsync(StoreInstance store) => store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, account => Account.Open(account, $"{id}"), expectedVersion: 0);

        (await OpenAsync(_store)).Status.ShouldBe(DecideStatus.Done);
        (await OpenAsync(_store)).Status.ShouldBe(DecideStatus.WrongVersion);
        (await OpenAsync(database.Instance())).ShouldSatisfyAllConditions(
            late => late.Status.ShouldBe(DecideStatus.WrongVersion),
            late => late.Version.ShouldBe(1),
            late => late.State.Owner.ShouldBe($"{id}"));
    }

    [Fact]
    public async Task that_must_not_exist_yet_with_nothing_to_do_is_told_as_it_is()
    {
        var id = await _store.OpenAsync();
        var decided = await database.Instance().Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Nothing, expectedVersion: 0);
        decided.Status.ShouldBe(DecideStatus.WrongVersion);
    }

    [Fact]
    public async Task at_the_version_the_caller_saw_is_done()
    {
        var id = await _store.OpenAsync(balance: 5);
        (await _store.Store.DecideAsync(Account.Stream, id, Some.Metadata, account => Account.Withdraw(account, 5), 2))
            .Status.ShouldBe(DecideStatus.Done);
    }

    [Fact]
    public async Task twenty_times_at_once_with_the_same_wish_leaves_one_event()
    {
        var id = await _store.OpenAsync();
        StoreInstance[] instances = [_store, database.Instance()];
        var decided = await Task.WhenAll(Enumerable.Range(0, 20).Select(turn => instances[turn % 2].Store.DecideAsync(
            Account.Stream, id, Some.Metadata, account => Account.Close(account, "moved"))));

        decided.ShouldAllBe(outcome =>
            outcome.Status == DecideStatus.Done && outcome.State.IsClosed && outcome.Version == 2);
        decided.Sum(outcome => outcome.Events.Count).ShouldBe(1);
        (await _store.Store.HistoryAsync(id)).Count(e => e.Data is AccountClosed).ShouldBe(1);
    }

    [Fact]
    public async Task sixty_four_times_at_once_never_takes_more_than_there_is()
    {
        var id = await _store.OpenAsync(balance: 100);
        StoreInstance[] instances = [_store, database.Instance()];
        var decided = await Task.WhenAll(Enumerable.Range(0, 64).Select(turn => instances[turn % 2].Store.DecideAsync(
            Account.Stream, id, Some.Metadata, account => Account.Withdraw(account, 30))));

        decided.Count(outcome => outcome.Status == DecideStatus.Done).ShouldBe(3);
        decided.Count(outcome => outcome.Status == DecideStatus.Refused).ShouldBe(61);
        (await _store.Store.LoadAsync(Account.Stream, id)).State.Balance.ShouldBe(10);
    }

    [Fact]
    public async Task that_fails_lets_the_next_decision_through()
    {
        var id = await _store.OpenAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => throw new InvalidOperationException("a defect")));
        (await _store.Store.DecideAsync(Account.Stream, id, Some.Metadata, account => Account.Close(account, "x")))
            .Status.ShouldBe(DecideStatus.Done);
    }
}
