namespace OrderToCash.EventSourcing.Tests.ReadingTheLog;

/// <summary>D-16.</summary>
public sealed class A_database_that_is_killed
{
    [Fact]
    public async Task in_the_middle_of_appends_loses_nothing_and_its_readers_catch_up_without_a_restart()
    {
        await using var postgres = await Servers.StartOwnPostgresAsync();
        await StoreDatabase.MigrateAsync(postgres.ConnectionString);
        var recorder = new Recorder("killed:All", "1");
        await using var store = recorder.In(postgres.ConnectionString);
        await store.Runners.Single().StartAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(_ => WriteAsync(store, stop.Token)).ToArray();

        for (var kill = 0; kill < 2; kill++)
        {
            await MoreHandledAsync(store);
            await using (await (await OpenWrite.BeginAsync(store)).AppendAsync())
                await postgres.KillAsync();
            await postgres.StartAgainAsync();
        }

        await MoreHandledAsync(store);
        await stop.CancelAsync();
        var confirmed = (await Task.WhenAll(writers)).SelectMany(ids => ids).ToArray();

        await Eventually.BecomesTrue(
            async () => (await store.Monitor.ReadAsync()).Single() is { Lag: 0 }, "the lag has gone");
        var events = await CountAsync(store, "mt_events");
        (await CountAsync(store, "handled")).ShouldBe(events);
        (await CountAsync(store, "(select distinct seq from handled) h")).ShouldBe(events);
        var ids = string.Join("','", confirmed);
        (await CountAsync(store, $"mt_streams where id in ('{ids}')")).ShouldBe(confirmed.Length);
    }

    /// <summary>Opens accounts until told to stop; tells which were confirmed.</summary>
    private static async Task<List<Guid>> WriteAsync(StoreInstance store, CancellationToken stop)
    {
        var confirmed = new List<Guid>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                confirmed.Add(await store.OpenAsync());
            }
            catch (NpgsqlException)
            {
                await Pause.ForAsync(50);
            }
        }

        return confirmed;
    }

    private static async Task MoreHandledAsync(StoreInstance store)
    {
        var before = await CountAsync(store, "handled");
        await Eventually.BecomesTrue(async () => await CountAsync(store, "handled") > before + 50, "more is handled");
    }

    private static async Task<long> CountAsync(StoreInstance store, string table)
    {
        await using var command = store.Store.Database.CreateCommand($"select count(*) from {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
