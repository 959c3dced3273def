using System.Net;
using System.Net.Http.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Integration;

/// <summary>CRD-08: money that may still bounce makes no room yet.</summary>
public sealed class SettlingCash(CreditBed bed) : IClassFixture<CreditBed>
{
    private static readonly DateOnly Today = TimeProvider.System.Today("America/Chicago");

    /// <summary>Messages about a receipt may overtake the one that says when and how it came.</summary>
    [Fact]
    public async Task until_when_a_check_may_bounce_is_known_in_whichever_order_it_is_told()
    {
        await SettlingAsync("SC01");
        foreach (var isLate in new[] { false, true })
        {
            var (customer, receipt) = (await bed.CustomerAsync(limit: 100, entity: "SC01"), NewId());
            var came = ByCheck(receipt, null, 100, "SC01");
            var identified = new ReceiptIdentified(receipt, "SC01", customer, Balance(customer, 60));
            await bed.PublishAsync(isLate ? identified : came, version: isLate ? 2 : 1);
            await bed.PublishAsync(new ReceiptBalanceChanged(
                receipt, "SC01", "put-on-account", new MoneyAmount(60, "USD"), Balance(customer, 60)), version: 3);
            await bed.ExposureBecomesAsync(customer, 0, 0, 60);
            await bed.PublishAsync(isLate ? came : identified, version: isLate ? 1 : 2);

            await Eventually.BecomesTrue(
                async () => (await bed.AccountAsync(customer)).TryGetProperty("unsettled", out var money)
                    && money.Text("amount") == "100.00",
                $"60 are free, 40 have paid something, and all may bounce (late: {isLate})");
            var account = await bed.AccountAsync(customer);
            (account.Amount("counted"), account.Text("lastPayment")).ShouldBe((40m, $"{Today:yyyy-MM-dd}"));
        }
    }

    /// <summary>What a member of a group has paid so counts for the others, too, until its days are over.</summary>
    [Fact]
    public async Task an_order_waits_until_the_check_of_another_member_of_the_group_is_settled()
    {
        const string entity = "SC02";
        await SettlingAsync(entity);
        var head = await bed.CustomerAsync(limit: 1_000, entity: entity);
        var child = await bed.CustomerAsync(limit: 1_000, entity: entity, parent: head);
        await (await bed.Client.PutAsJsonAsync($"/v1/credit/groups/{head}/limit", new
        {
            limit = new { amount = "150", currency = "USD" },
            reason = "one roof",
        })).ShouldBeAsync(HttpStatusCode.OK);
        await bed.PublishAsync(ByCheck(NewId(), head, 0, entity));
        await Eventually.BecomesTrue(
            async () => (await bed.AccountAsync(head)).Amount("counted") == 100, "what it has paid may bounce");

        (await (await bed.CheckAsync(child, "SC-1", 60)).BodyAsync()).Codes("reasons").ShouldBe(["over-group-limit"]);
        bed.App.Clock.Advance(TimeSpan.FromDays(4));
        try
        {
            await (await bed.Client.PostAsJsonAsync("/v1/credit/daily-runs", new { legalEntity = entity }))
                .ShouldBeAsync(HttpStatusCode.OK);
            (await bed.OrderBecomesAsync("SC-1", "approved")).Amount("reserved").ShouldBe(60);
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-4));
        }
    }

    private async Task SettlingAsync(string entity)
    {
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Exposure = policy.Exposure with { SettlementDays = new Dictionary<string, int> { ["check"] = 3 } },
        });
    }

    private static ReceiptRecorded ByCheck(Guid receipt, Guid? customer, decimal unapplied, string entity) =>
        Receipt(receipt, customer, unapplied) with
        {
            LegalEntity = entity,
            Method = "check",
            ValueDate = Today,
        };
}
