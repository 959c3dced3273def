using System.Collections.Concurrent;
using System.Globalization;

namespace OrderToCash.EventSourcing.Tests.Subscribing;

public sealed class With_several_pages_at_once(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _work = new();

    [Fact]
    public async Task no_more_are_begun_and_the_position_moves_in_their_order()
    {
        var recorder = new Recorder("order:All", "1", pageSize: 1, pagesAtOnce: 3) { WaitsFor = at => Work(at).Task };
        await using var store = await StartAsync(recorder);
        var events = await OpenAsync(store, 5);

        await Eventually.BecomesTrue(() => recorder.Offered.Count == 3, "three are begun");
        Work(events[1]).SetResult();
        Work(events[2]).SetResult();
        await store.OpenAsync();
        recorder.Offered.ShouldBe(events.Take(3));
        (await PositionAsync(recorder)).ShouldBe(0);

        Work(events[0]).SetResult();
        await Eventually.BecomesTrue(() => recorder.Offered.Count == 6, "all that is there is begun");
        await Eventually.BecomesTrue(async () => await PositionAsync(recorder) == events[2], "three are committed");
        foreach (var at in recorder.Offered.Skip(3))
            Work(at).SetResult();
        await CaughtUpAsync(store, recorder);
    }

    [Fact]
    public async Task what_was_begun_behind_one_that_fails_comes_again_and_counts_once()
    {
        var recorder = new Recorder("fails:All", "1", pageSize: 1, pagesAtOnce: 3) { WaitsFor = at => Work(at).Task };
        await using var store = await StartAsync(recorder);
        var events = await OpenAsync(store, 3);
        await Eventually.BecomesTrue(() => recorder.Offered.Count == 3, "three are begun");

        Work(events[1]).SetResult();
        Work(events[2]).SetResult();
        recorder.WaitsFor = _ => Task.CompletedTask;
        Work(events[0]).SetException(new InvalidOperationException("told to fail"));

        await CaughtUpAsync(store, recorder);
        recorder.Offered.ShouldBe([.. events, .. events]);
    }

    private TaskCompletionSource Work(long at) => _work.GetOrAdd(
        at, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task<StoreInstance> StartAsync(Recorder recorder)
    {
        var store = recorder.In(database);
        await database.ExecuteAsync("truncate mt_events, mt_streams, mt_event_progression, handled cascade");
        await store.Runners.Single().StartAsync(CancellationToken.None);
        return store;
    }

    private async Task<long[]> OpenAsync(StoreInstance store, int count)
    {
        for (var number = 0; number < count; number++)
            await store.OpenAsync();
        var rows = await database.RowsAsync("select seq_id from mt_events order by seq_id");
        return [.. rows.Select(row => long.Parse(row.Trim('(', ')'), CultureInfo.InvariantCulture))];
    }

    private async Task CaughtUpAsync(StoreInstance store, Recorder recorder)
    {
        await Eventually.BecomesTrue(
            async () => (await store.Monitor.ReadAsync()).Single() is { Lag: 0, Position: > 0 }, "the lag is gone");
        (await database.RowsAsync("select seq from handled where subscription = $1 order by number", recorder.Name))
            .ShouldBe(await database.RowsAsync("select seq_id from mt_events order by seq_id"));
    }

    private Task<long> PositionAsync(Recorder recorder) => database.ScalarAsync<long>(
        "select coalesce((select last_seq_id from mt_event_progression where name = $1), 0)", recorder.Name);
}
