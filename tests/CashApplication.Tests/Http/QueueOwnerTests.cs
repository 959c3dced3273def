using OrderToCash.CashApplication.Tests.Support;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Who looks after what waits.</summary>
public sealed class The_policy(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    /// <summary>CASH-23: a queue has an owner by policy; who is told to look after one receipt comes before.</summary>
    [Fact]
    public async Task has_an_owner_for_each_queue()
    {
        await app.Client.PutAsync("/v1/cash-policies/CA01", new
        {
            autoApplyThreshold = "0.90",
            queueOwners = new[] { new { reason = "unidentified", owner = "finders" } },
        });
        var receipt = (await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "CA01",
            method = "wire",
            amount = new { amount = "23.46", currency = "CAD" },
            valueDate = "2026-11-02",
            payer = new { name = (string?)null },
        })).Id();
        (await app.Client.ReadAsync("/v1/workbench?owner=finders")).Items().ShouldHaveSingleItem().Id()
            .ShouldBe(receipt);
        await app.Client.PostAsync($"/v1/receipts/{receipt}/assign", new { owner = "cy" }, 200);
        (await app.Client.ReadAsync("/v1/workbench?owner=finders")).Items().ShouldBeEmpty();
        await app.Client.PostAsync($"/v1/receipts/{receipt}/assign", new { owner = (string?)null }, 200);
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Text("owner").ShouldBe("finders");
        (await app.Client.ReadAsync("/v1/workbench?owner=finders")).Items().ShouldHaveSingleItem();
        (await app.Client.PutAsync("/v1/cash-policies/CA01", new
        {
            autoApplyThreshold = "0.90",
            queueOwners = new[] { new { reason = "no-such-queue", owner = "finders" } },
        }, 422)).ShouldHaveCode("invalid-cash-policy");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
