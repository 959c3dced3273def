using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing.Tests.Projecting;

public sealed class A_read_model_behind_the_log(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    [Fact]
    public async Task equals_the_inline_one_when_it_has_caught_up_and_misses_no_late_commit()
    {
        // The same events into two databases' worth of tables: inline in public, behind the log in a schema of its own.
        await database.ExecuteAsync(
            "create schema behind; create table behind.account_balances (like account_balances including all); " +
            "create table behind.account_movements (like account_movements including all)");
        var behind = new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = "behind,public" };
        await using var follower = new StoreInstance(
            behind.ConnectionString, options => options.Async(new AccountBalances()));
        var writer = database.Instance();
        await follower.Runners.Single().StartAsync(CancellationToken.None);

        // One write is held open while later ones commit.
        await using var late = await (await OpenWrite.BeginAsync(writer)).AppendAsync();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(async turn =>
        {
            var id = await writer.OpenAsync(balance: 100);
            await writer.AppendAsync(id, 2, new Withdrawn(turn), new Deposited(1));
            if (turn % 5 == 0)
                await writer.AppendAsync(id, 4, new AccountClosed("done"));
        }));
        (await database.CountAsync("behind.account_balances")).ShouldBe(0);
        await late.CommitAsync();

        await Eventually.BecomesTrue(
            async () => (await follower.Monitor.ReadAsync()).Single() is { Lag: 0 }, "it has caught up");
        (await database.RowsAsync("select * from behind.account_balances order by account_id"))
            .ShouldBe(await database.RowsAsync("select * from account_balances order by account_id"));
        const string movements = "account_movements order by 1, 2";
        (await database.RowsAsync($"select account_id, version, units from behind.{movements}"))
            .ShouldBe(await database.RowsAsync($"select account_id, version, units from {movements}"));
        (await database.CountAsync("behind.account_balances")).ShouldBe(31);
    }

    [Fact]
    public async Task has_the_name_that_marten_would_give_its_progression()
    {
        await using var store = database.Instance(options => options.Async(new AccountBalances()));
        store.Get<IEnumerable<ISubscription>>().ShouldHaveSingleItem().Name.ShouldBe("account_balances:All");
        store.Get<IReadOnlyList<ISubscription>>().OfType<AsyncProjection>().ShouldHaveSingleItem()
            .Projection.Name.ShouldBe("account_balances");
    }
}
