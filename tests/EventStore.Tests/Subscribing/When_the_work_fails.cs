namespace OrderToCash.EventSourcing.Tests.Subscribing;

public sealed class When_the_work_fails(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    [Fact]
    public async Task in_the_handler_the_position_stays_and_the_same_events_come_again()
    {
        var fail = true;
        var recorder = new Recorder("handler:All", "1") { BeforeWork = () => Fail(fail) };
        await using var store = await StartAsync(recorder);
        await store.OpenAsync();

        await Eventually.BecomesTrue(() => recorder.Offered.Count >= 3, "it is tried again");
        recorder.Offered.Distinct().ShouldHaveSingleItem();
        (await PositionAsync(recorder)).ShouldBe(0);
        var runner = store.Runners.Single();
        runner.LastError.ShouldBe("told to fail");
        (await store.Monitor.ReadAsync()).Single().LastError.ShouldBe("told to fail");

        fail = false;
        await CaughtUpAsync(store, recorder);
        await Eventually.BecomesTrue(() => runner.LastError is null, "the error is forgotten");
    }

    [Fact]
    public async Task in_the_database_neither_work_nor_position_is_left()
    {
        var recorder = new Recorder("database:All", "1") { Extra = "select 1 / 0" };
        await using var store = await StartAsync(recorder);
        await store.OpenAsync();

        await Eventually.BecomesTrue(() => recorder.Offered.Count >= 3, "it is tried again");
        (await PositionAsync(recorder)).ShouldBe(0);
        (await HandledAsync(recorder)).ShouldBe(0);

        recorder.Extra = null;
        await CaughtUpAsync(store, recorder);
    }

    [Fact]
    public async Task its_lock_is_free_for_other_instances_meanwhile()
    {
        var broken = new Recorder("lock:All", "1") { BeforeWork = () => Fail(true) };
        await using var first = await StartAsync(broken);
        await first.OpenAsync();
        await Eventually.BecomesTrue(() => broken.Offered.Count >= 1, "the first instance has failed");

        var sound = new Recorder("lock:All", "2");
        await using var second = await StartAsync(sound);
        await CaughtUpAsync(second, sound);
    }

    [Fact]
    public async Task because_the_position_was_moved_by_others_nothing_is_written_and_it_goes_on_from_there()
    {
        var recorder = new Recorder("moved:All", "1");
        await using var store = await StartAsync(recorder);
        await store.OpenAsync();
        await CaughtUpAsync(store, recorder);

        await database.ExecuteAsync(
            "update mt_event_progression set last_seq_id = last_seq_id + 1 where name = 'moved:All'");
        await store.OpenAsync();
        await store.OpenAsync();

        await Eventually.BecomesTrue(
            async () => await PositionAsync(recorder) == await EndAsync(), "it has caught up from the new position");
        (await HandledAsync(recorder)).ShouldBe(await database.CountAsync("mt_events") - 1);
    }

    [Fact]
    public async Task a_subscription_that_never_ran_is_behind_by_the_whole_log()
    {
        var recorder = new Recorder("never:All", "1");
        await using var store = recorder.In(database);
        await store.OpenAsync();
        var status = (await store.Monitor.ReadAsync()).ShouldHaveSingleItem();
        status.Lag.ShouldBe(await EndAsync());
        status.IsLeader.ShouldBeFalse();
    }

    private async Task<StoreInstance> StartAsync(Recorder recorder)
    {
        var store = recorder.In(database);
        await store.Runners.Single().StartAsync(CancellationToken.None);
        return store;
    }

    private async Task CaughtUpAsync(StoreInstance store, Recorder recorder)
    {
        await Eventually.BecomesTrue(
            async () => (await store.Monitor.ReadAsync()).Single() is { Lag: 0, Position: > 0 }, "the lag is gone");
        (await database.RowsAsync("select seq from handled where subscription = $1 order by number", recorder.Name))
            .ShouldBe(await database.RowsAsync("select seq_id from mt_events order by seq_id"));
    }

    private Task<long> PositionAsync(Recorder recorder) => database.ScalarAsync<long>(
        "select last_seq_id from mt_event_progression where name = $1", recorder.Name);

    private Task<long> EndAsync() => database.ScalarAsync<long>("select max(seq_id) from mt_events");

    private Task<long> HandledAsync(Recorder recorder) =>
        database.CountAsync($"handled where subscription = '{recorder.Name}'");

    private static void Fail(bool fail)
    {
        if (fail)
            throw new InvalidOperationException("told to fail");
    }
}
