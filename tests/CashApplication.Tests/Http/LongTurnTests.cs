using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.EventSourcing;
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
}
