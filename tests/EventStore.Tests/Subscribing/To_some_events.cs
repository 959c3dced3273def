using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing.Tests.Subscribing;

/// <summary>A subscription that says which events it does something about. Each test has a log of its own.</summary>
public sealed class To_some_events(Servers servers) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StoreDatabase _database = new(servers);
    private readonly Recorder _recorder = new("deposits:All", "1", pageSize: 3, [typeof(Deposited)]);
    private StoreInstance _store = null!;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _store = _recorder.In(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task only_those_are_handed_over_in_order_and_the_position_moves_over_all()
    {
        await _store.Runners.Single().StartAsync(CancellationToken.None);
        for (var account = 0; account < 5; account++)
        {
            await _store.OpenAsync();
            await _store.OpenAsync(balance: 7);
        }

        await Eventually.BecomesTrue(
            async () => (await _store.Monitor.ReadAsync()).Single().Lag == 0, "it has passed the whole log");
        (await _database.RowsAsync("select seq from handled order by number")).ShouldBe(
            await _database.RowsAsync("select seq_id from mt_events where type = 'deposited' order by seq_id"));
    }

    [Fact]
    public async Task one_that_is_still_being_written_is_not_passed_over_with_those_behind_it()
    {
        var account = await _store.OpenAsync();
        await using var connection = await _store.Store.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var late = new WriteBatch(Some.Metadata).Append(Account.Stream, account, 1, [new Deposited(1)]);
        await _store.Store.CommitAsync(late, connection, CancellationToken.None);
        await _store.OpenAsync();
        await using var reading = await _database.Source.OpenConnectionAsync();
        var reader = new LogReader(_store.Engine, 0, passOver: PassedOver());

        (await reader.NextAsync(reading, 10, CancellationToken.None)).ShouldBeEmpty();
        reader.Position.ShouldBe(1);

        // Nothing that is to be handed on is behind the hole; whatever fills it gives a signal.
        reader.IsWaiting.ShouldBeFalse();
        await _store.OpenAsync(balance: 5);
        (await reader.NextAsync(reading, 10, CancellationToken.None)).ShouldBeEmpty();
        reader.IsWaiting.ShouldBeTrue();

        await transaction.CommitAsync();
        (await reader.NextAsync(reading, 10, CancellationToken.None)).Select(e => e.Data)
            .ShouldBe([new Deposited(1), new Deposited(5)]);
    }

    [Fact]
    public async Task one_of_an_unknown_name_stops_it_as_it_may_mean_them()
    {
        var runner = _store.Runners.Single();
        await runner.StartAsync(CancellationToken.None);
        await _store.OpenAsync(balance: 7);
        await _database.ExecuteAsync(
            "insert into mt_events (id, stream_id, version, type, data) " +
            "select gen_random_uuid(), id, 3, 'deposited_by_card', '{}' from mt_streams");

        await Eventually.BecomesTrue(
            () => runner.LastError?.Contains("deposited_by_card", StringComparison.Ordinal) == true, "it cannot go on");
    }

    [Fact]
    public async Task others_do_not_wake_it()
    {
        var listener = _store.Signal.Listen(PassedOver().ToHashSet());
        var (next, any) = (listener.Next, _store.Signal.Next);
        var account = await _store.OpenAsync();
        any.IsCompleted.ShouldBeTrue();
        next.IsCompleted.ShouldBeFalse();

        await _store.AppendAsync(account, 1, new Deposited(1));
        next.IsCompleted.ShouldBeTrue();
    }

    [Theory]
    [InlineData("other account_opened withdrawn", false)]
    [InlineData("other account_opened deposited", true)]
    [InlineData("other deposited_by_card", true)]
    [InlineData("other", true)]
    public async Task of_what_other_instances_append_only_those_wake_it(string told, bool wakes)
    {
        await _store.Signal.StartAsync(CancellationToken.None);
        await Eventually.BecomesTrue(
            async () => await _database.CountAsync(
                "pg_stat_activity where datname = current_database() and query = 'listen otc_log'") == 1, "it listens");
        var listener = _store.Signal.Listen(PassedOver().ToHashSet());
        var (next, any) = (listener.Next, _store.Signal.Next);
        await _database.ExecuteAsync($"select pg_notify('otc_log', '{told}')");

        await any.WaitAsync(Patience, TimeProvider.System);
        next.IsCompleted.ShouldBe(wakes);
    }

    [Fact]
    public void names_of_the_past_are_among_them()
    {
        var types = Account.Register(new EventTypes())
            .Upcast<AccountOpened, Deposited>("paid_in_when_opened", _ => new Deposited(0));
        types.NamesBut([typeof(Deposited)])
            .ShouldBe(["account_opened", "withdrawn", "account_closed"], ignoreOrder: true);
        Should.Throw<InvalidOperationException>(() => types.NamesBut([typeof(Account)]));
    }

    private string[] PassedOver() => [.. _store.Get<EventTypes>().NamesBut([typeof(Deposited)])];
}
