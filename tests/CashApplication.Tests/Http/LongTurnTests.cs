using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Many receipts and single ones, written by two instances at once.</summary>
public sealed class Single_receipts(CashApp app) : IClassFixture<CashApp>
{
    /// <summary>
    /// Another instance writes many receipts, which takes it long: single ones of this instance wait for it, and it
    /// never has to begin anew because of them.
    /// </summary>
    [Fact]
    public async Task wait_for_an_instance_that_writes_many()
    {
        const string waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted";
        await app.Invoicing.IntroduceAsync();
        var other = new ReceiptNumbers(
            app.Database, app.Services.GetRequiredKeyedService<NpgsqlDataSource>(EventStoreRegistration.Sessions));
        var year = TimeProvider.System.GetUtcNow().Year;
        Task<System.Text.Json.JsonElement[]> singles;
        using (await other.LongTurnAsync("CA01", CancellationToken.None))
        {
            var drawn = await other.DrawAsync("CA01", year, 40, CancellationToken.None);
            singles = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.Client.PostAsync("/v1/receipts", new
            {
                legalEntity = "CA01",
                method = "wire",
                amount = new { amount = "6.06", currency = "CAD" },
                valueDate = "2026-11-02",
            })));
            await Eventually.BecomesTrue(async () => await app.ScalarAsync<long>(waiting) > 0, "single ones wait");
            var many = new WriteBatch(new EventMetadata("other")).Guard(drawn.Use(40));
            (await app.Store.CommitAsync(many)).IsCommitted.ShouldBeTrue();
        }

        var numbers = (await singles).Select(receipt => receipt.Text("number")).Order().ToArray();
        numbers.ShouldBe(Enumerable.Range(41, 8).Select(number => $"RCT-CA01-{year}-{number:000000}"));
    }

    /// <summary>A single one is written between two writes of many, however soon the second follows.</summary>
    [Fact]
    public async Task are_not_overtaken_by_the_next_many()
    {
        var waiting =
            "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = " +
            "(select oid from pg_database where datname = current_database()) and " +
            $"(classid::bigint << 32) | objid::bigint = {Ids.LockKey("receipt-numbers:US01")}";
        await app.Invoicing.IntroduceAsync();
        var sessions = app.Services.GetRequiredKeyedService<NpgsqlDataSource>(EventStoreRegistration.Sessions);
        var (other, next) = (new ReceiptNumbers(app.Database, sessions), new ReceiptNumbers(app.Database, sessions));
        var year = TimeProvider.System.GetUtcNow().Year;
        Task<System.Text.Json.JsonElement> single;
        Task<IDisposable> second;
        using (await other.LongTurnAsync("US01", CancellationToken.None))
        {
            var drawn = await other.DrawAsync("US01", year, 40, CancellationToken.None);
            single = app.Client.PostAsync("/v1/receipts", Receipt("6.07", "who knows"));
            await Eventually.BecomesTrue(async () => await app.ScalarAsync<long>(waiting) == 1, "the single waits");
            second = next.LongTurnAsync("US01", CancellationToken.None);
            await Eventually.BecomesTrue(async () => await app.ScalarAsync<long>(waiting) == 2, "the next many wait");
            var many = new WriteBatch(new EventMetadata("other")).Guard(drawn.Use(40));
            (await app.Store.CommitAsync(many)).IsCommitted.ShouldBeTrue();
        }

        using (await second)
        {
            (await next.DrawAsync("US01", year, 1, CancellationToken.None)).Numbers
                .ShouldBe([$"RCT-US01-{year}-000042"]);
        }

        (await single).Text("number").ShouldBe($"RCT-US01-{year}-000041");
    }
}
