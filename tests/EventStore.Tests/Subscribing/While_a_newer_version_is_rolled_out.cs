using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing.Tests.Subscribing;

/// <summary>
/// An instance of the version before runs beside one that stores events it has never heard of. Each test has a log of
/// its own: whatever the older one cannot read stops it for good.
/// </summary>
public sealed class While_a_newer_version_is_rolled_out(Servers servers) : IAsyncLifetime
{
    private readonly StoreDatabase _database = new(servers);
    private readonly string _name = $"{Some.Id()}:All";
    private StoreInstance _old = null!;
    private StoreInstance _newer = null!;

    /// <summary>What only the newer version knows.</summary>
    public sealed record AccountFrozen(string Reason);

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _old = new Recorder(_name, "old").In(_database);
        var recorder = new Recorder(_name, "newer");
        _newer = new StoreInstance(
            _database.ConnectionString,
            options =>
            {
                options.Types.Add<AccountFrozen>("account_frozen");
                options.Inline(new AccountBalances());
            },
            services => services.AddSubscription(_ => recorder));
    }

    public async ValueTask DisposeAsync()
    {
        await _old.DisposeAsync();
        await _newer.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task the_older_hands_the_subscription_over_at_what_it_cannot_read_and_nothing_is_skipped()
    {
        var older = _old.Runners.Single();
        await older.StartAsync(CancellationToken.None);
        await _old.OpenAsync();
        await Eventually.BecomesTrue(async () => await HandledAsync() == 1, "the older one is at work");

        var account = await _newer.OpenAsync();
        await _newer.AppendAsync(account, 1, new AccountFrozen("court order"));
        await _old.OpenAsync();
        await Eventually.BecomesTrue(
            () => older.LastError?.Contains("account_frozen", StringComparison.Ordinal) == true, "it cannot go on");

        await _newer.Runners.Single().StartAsync(CancellationToken.None);
        await Eventually.BecomesTrue(
            async () => await HandledAsync() == await _database.CountAsync("mt_events"), "the newer one goes on");
        (await _database.RowsAsync("select seq from handled where subscription = $1 order by number", _name))
            .ShouldBe(await _database.RowsAsync("select seq_id from mt_events order by seq_id"));
    }

    [Fact]
    public async Task the_older_decides_nothing_on_a_stream_that_it_cannot_read()
    {
        var account = await _old.OpenAsync(balance: 10);
        await _newer.AppendAsync(account, 2, new AccountFrozen("court order"));

        await Should.ThrowAsync<UnknownEventTypeException>(() => _old.Store.DecideAsync(
            Account.Stream, account, Some.Metadata, state => Account.Withdraw(state, 1)));

        (await _database.BalanceAsync(account)).ShouldBe(10);
    }

    private Task<long> HandledAsync() => _database.CountAsync($"handled where subscription = '{_name}'");
}
