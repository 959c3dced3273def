namespace OrderToCash.EventSourcing.Tests.Subscribing;

public sealed class Signals_of_appends(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task reach_their_own_process_at_once()
    {
        var store = database.Instance();
        var next = store.Signal.Next;
        await store.OpenAsync();
        next.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task are_not_given_for_a_write_that_appended_nothing()
    {
        var store = database.Instance();
        var id = await store.OpenAsync();
        var next = store.Signal.Next;
        await store.AppendAsync(id, 5, new Deposited(1));
        await store.AppendAsync(id, 1);
        next.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task reach_other_instances_every_time()
    {
        await using var here = database.Instance();
        await using var there = database.Instance();
        await here.Signal.StartAsync(CancellationToken.None);
        await there.Signal.StartAsync(CancellationToken.None);
        await ListeningAsync(2);

        // Each append comes while the signal of the one before it is just being sent: none may be lost.
        for (var append = 0; append < 50; append++)
        {
            var next = there.Signal.Next;
            await here.OpenAsync();
            await next.WaitAsync(Patience, TimeProvider.System);
        }
    }

    [Fact]
    public async Task reach_other_instances_again_after_both_connections_were_killed()
    {
        await using var here = database.Instance();
        await using var there = database.Instance();
        await here.Signal.StartAsync(CancellationToken.None);
        await there.Signal.StartAsync(CancellationToken.None);
        await ListeningAsync(2);
        await database.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity " +
            "where datname = current_database() and pid <> pg_backend_pid()");
        await ListeningAsync(2);

        await Eventually.BecomesTrue(
            async () =>
            {
                var next = there.Signal.Next;
                await OpenAsync(here);
                await Task.WhenAny(next, Pause.ForAsync(200));
                return next.IsCompleted;
            },
            "signals arrive again");
    }

    private static async Task OpenAsync(StoreInstance store)
    {
        try
        {
            await store.OpenAsync();
        }
        catch (NpgsqlException)
        {
            // A pooled connection that was killed shows it at its next use.
        }
    }

    private Task ListeningAsync(int instances) => Eventually.BecomesTrue(
        async () => await database.CountAsync(
            "pg_stat_activity where datname = current_database() and query = 'listen otc_log'") >= instances,
        "both listen");
}
