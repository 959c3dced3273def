namespace OrderToCash.EventSourcing.Tests.Deciding;

/// <summary>A check holds for every append; whoever decides refreshes what it knows and decides anew.</summary>
public sealed class Decisions_that_rest_on_more_than_the_stream(StoreDatabase database)
    : IClassFixture<StoreDatabase>, IAsyncLifetime
{
    private readonly StoreInstance _store = database.Instance(options => options.Check(NotFrozen));

    public async ValueTask InitializeAsync() =>
        await database.ExecuteAsync("create table if not exists frozen (account_id uuid primary key)");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task what_does_not_hold_any_more_is_loaded_again_and_decided_anew()
    {
        var id = await _store.OpenAsync();
        var frozen = false;
        await FreezeAsync(id);

        var decided = await _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata,
            _ => frozen ? Refusal.State("frozen", "It is frozen.") : Decision.Of(new Deposited(5)),
            refresh: _ =>
            {
                frozen = true;
                return Task.CompletedTask;
            });

        decided.Refusal!.Code.ShouldBe("frozen");
        decided.Version.ShouldBe(1);
    }

    [Fact]
    public async Task no_path_leads_around_the_check()
    {
        var (id, free) = (await _store.OpenAsync(), await _store.OpenAsync());
        await FreezeAsync(id);

        (await _store.AppendAsync(id, 1, new Deposited(5))).Status.ShouldBe(CommitStatus.VersionConflict);
        (await _store.AppendAsync(free, 1, new Deposited(5))).Status.ShouldBe(CommitStatus.Committed);
        (await Should.ThrowAsync<ContentionException>(() => _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(5))))).Message.ShouldContain("nothing");
        (await _store.Store.HistoryAsync(id)).Count.ShouldBe(1);
    }

    private Task FreezeAsync(Guid id) => database.ExecuteAsync("insert into frozen values ($1)", id);

    private static NpgsqlBatchCommand? NotFrozen(IReadOnlyList<StoredEvent> events)
    {
        var ids = events.Where(e => e.Data is Deposited).Select(e => e.StreamId).ToArray();
        if (ids.Length == 0)
            return null;
        var command = new NpgsqlBatchCommand(
            "select otc_version_conflict() from frozen where account_id = any($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        return command;
    }
}
