using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing.Tests.Subscribing;

public sealed class With_three_instances(StoreDatabase database) : IClassFixture<StoreDatabase>, IAsyncLifetime
{
    private readonly string _name = $"{Some.Id()}:All";
    private StoreInstance[] _instances = [];
    private SubscriptionRunner[] _runners = [];
    private StoreInstance _store = null!;

    public async ValueTask InitializeAsync()
    {
        _instances = [.. Enumerable.Range(1, 3).Select(number => new Recorder(_name, $"{number}").In(database))];
        _store = _instances[0];
        _runners = [.. _instances.Select(instance => instance.Runners.Single())];
        foreach (var runner in _runners)
            await runner.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
            await instance.DisposeAsync();
    }

    [Fact]
    public async Task one_leads_at_a_time_and_the_next_takes_over_when_its_connection_is_killed()
    {
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(stop.Token);
        for (var change = 0; change < 4; change++)
        {
            await HandledMoreAsync();
            (await LeadersAsync()).ShouldHaveSingleItem();
            await database.ExecuteAsync("select pg_terminate_backend($1)", (await LeadersAsync()).Single());
        }

        await HandledMoreAsync();
        await stop.CancelAsync();
        await writing;
        await AllHandledOnceAsync();
        await Eventually.BecomesTrue(
            () => _runners.Count(runner => runner.IsLeader) == 1, "the killed ones have noticed");
    }

    [Fact]
    public async Task the_next_takes_over_when_the_leader_stops_in_order()
    {
        for (var stopped = 0; stopped < 2; stopped++)
        {
            await _store.OpenAsync();
            await Eventually.BecomesTrue(() => _runners.Any(runner => runner.IsLeader), "one leads");
            await _runners.Single(runner => runner.IsLeader).StopAsync(CancellationToken.None);
        }

        await _store.OpenAsync();
        await AllHandledOnceAsync();
        _runners.Count(runner => runner.IsLeader).ShouldBe(1);
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await _store.OpenAsync(balance: 1);
    }

    private async Task HandledMoreAsync()
    {
        var before = await HandledAsync();
        await Eventually.BecomesTrue(async () => await HandledAsync() > before + 10, "more events are handled");
    }

    private Task<long> HandledAsync() => database.CountAsync($"handled where subscription = '{_name}'");

    /// <summary>Sessions that hold the lock of the subscription; a 64-bit key is shown in two halves.</summary>
    private async Task<List<int>> LeadersAsync()
    {
        var key = Ids.LockKey($"ordertocash:subscription:{_name}");
        var rows = new List<int>();
        await Eventually.BecomesTrue(
            async () =>
            {
                rows.Clear();
                await using var command = database.Source.CreateCommand(
                    "select pid from pg_locks where locktype = 'advisory' and granted " +
                    "and (classid::bigint << 32 | objid::bigint) = $1 and database = " +
                    "(select oid from pg_database where datname = current_database())");
                command.Parameters.AddWithValue(key);
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                    rows.Add(reader.GetInt32(0));
                return rows.Count > 0;
            },
            "somebody holds the lock");
        return rows;
    }

    private async Task AllHandledOnceAsync()
    {
        await Eventually.BecomesTrue(
            async () => await HandledAsync() >= await database.CountAsync("mt_events"), "all are handled");
        var handled = await database.RowsAsync(
            "select seq from handled where subscription = $1 order by number", _name);
        handled.SequenceEqual(await database.RowsAsync("select seq_id from mt_events order by seq_id")).ShouldBeTrue();
    }
}
