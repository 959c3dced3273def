namespace OrderToCash.EventSourcing.Tests.Appending;

public sealed class Many_writers_on_one_stream(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private const int Writers = 64;

    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task that_decide_leave_versions_without_a_gap_and_lose_nothing()
    {
        var id = await _store.OpenAsync();
        await Task.WhenAll(Enumerable.Range(1, Writers).Select(units => _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(units)))));
        await AllAreThereAsync(id);
    }

    [Fact]
    public async Task that_build_batches_leave_versions_without_a_gap_and_lose_nothing()
    {
        var id = await _store.OpenAsync();
        await Task.WhenAll(Enumerable.Range(1, Writers).Select(units => _store.Store.CommitAsync(
            async cancellation => new WriteBatch(Some.Metadata).Append(
                Account.Stream, id, (await _store.Store.LoadAsync(Account.Stream, id, cancellation)).Version,
                [new Deposited(units)]))));
        await AllAreThereAsync(id);
    }

    [Fact]
    public async Task on_several_instances_leave_versions_without_a_gap_and_lose_nothing()
    {
        var id = await _store.OpenAsync();
        StoreInstance[] instances = [_store, database.Instance(), database.Instance(), database.Instance()];
        await Task.WhenAll(Enumerable.Range(1, Writers).Select(units => instances[units % 4].Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(units)))));
        await AllAreThereAsync(id);
    }

    [Fact]
    public async Task that_name_the_same_version_have_exactly_one_winner()
    {
        var id = await _store.OpenAsync();
        var results = await Task.WhenAll(Enumerable.Range(1, Writers).Select(units =>
            _store.AppendAsync(id, 1, new Deposited(units))));

        results.Count(result => result.IsCommitted).ShouldBe(1);
        results.Count(result => result.Status == CommitStatus.VersionConflict).ShouldBe(Writers - 1);
        (await _store.Store.HistoryAsync(id)).Count.ShouldBe(2);
    }

    private async Task AllAreThereAsync(Guid id)
    {
        var history = await _store.Store.HistoryAsync(id);
        history.Select(e => e.Version).ShouldBe(Enumerable.Range(1, Writers + 1).Select(version => (long)version));
        history.Skip(1).Select(e => ((Deposited)e.Data).Units).Order()
            .ShouldBe(Enumerable.Range(1, Writers).Select(units => (long)units));
        (await database.BalanceAsync(id)).ShouldBe(Writers * (Writers + 1) / 2);
    }
}
