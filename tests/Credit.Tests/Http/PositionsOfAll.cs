using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>The list adds up in SQL what an account adds up by itself; both must say the same.</summary>
public sealed class PositionsOfAll(CreditBed bed) : IClassFixture<CreditBed>
{
    [Theory]
    [InlineData("EQ01", true, true, null, 100, false, true, true)]
    [InlineData("EQ02", false, true, null, null, true, false, false)]
    [InlineData("EQ03", true, false, null, 33, true, true, true)]
    [InlineData("EQ04", false, true, 5, 0, false, true, true)]
    public async Task the_list_says_what_each_account_says(
        string entity, bool disputed, bool orders, int? horizon, int? cash, bool credits, bool secured, bool deliveries)
    {
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Exposure = policy.Exposure with
            {
                Disputed = disputed,
                OpenOrders = orders,
                HorizonDays = horizon,
                UnappliedCash = cash is not null,
                UnappliedPercent = cash,
                SettlementDays = new Dictionary<string, int> { ["check"] = 3 },
                OpenCredits = credits,
                Secured = secured,
                UnbilledDeliveries = deliveries,
            },
        });
        var customer = await CustomerWithEverythingAsync(entity);

        var account = await bed.AccountAsync(customer);
        var list = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/accounts?legalEntity={entity}");
        var item = list.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();

        (item.Amount("available"), item.Amount("secured"), item.Amount("limit"))
            .ShouldBe((account.Amount("available"), account.Amount("secured"), 5_000m));
        item.Amount("exposure").ShouldBe(account.Amount("counted") + account.Amount("secured"));
        item.GetProperty("hasUnknown").GetBoolean().ShouldBeTrue("pounds have no rate");
    }

    private async Task<Guid> CustomerWithEverythingAsync(string entity)
    {
        var customer = await bed.CustomerAsync(limit: 1_000, entity: entity);
        var today = TimeProvider.System.Today("America/Chicago");
        var (invoice, credit) = (NewId(), NewId());
        var issued = Issued(customer, invoice, 400.55m);
        await bed.PublishAsync(new OpenItemsChanged(
            invoice, "dispute-marked", new MoneyAmount(33.33m, "USD"), today, "", null,
            [issued.Items[0] with { Disputed = new MoneyAmount(33.33m, "USD") }]), version: 2);
        await bed.PublishAsync(In(Issued(customer, NewId(), 100.01m), "EUR"));
        await bed.PublishAsync(In(Issued(customer, NewId(), 7), "GBP"));
        await bed.PublishAsync(Receipt(NewId(), customer, 12.34m));
        var check = NewId();
        await bed.PublishAsync(Paid(customer, NewId(), 98.89m, 0) with { ReceiptId = check }, version: 2);
        await bed.PublishAsync(Receipt(check, customer, 1.11m) with
        {
            Method = "check",
            ValueDate = today.AddDays(-3),
            LegalEntity = entity,
        });
        await bed.PublishAsync(new CreditMemoChanged(
            credit, "applied", invoice, new MoneyAmount(5, "USD"), new MoneyAmount(20, "USD")), version: 2);
        await bed.PublishAsync(new CreditMemoIssued(
            credit, "CM-1", entity, customer, today, "return", null, new MoneyAmount(25, "USD"),
            new MoneyAmount(0, "USD"), new MoneyAmount(25, "USD")));
        await bed.App.Operator.PutAsJsonAsync($"/v1/credit/exchange-rates/{today:yyyy-MM-dd}", new
        {
            @base = "USD",
            rates = new Dictionary<string, string> { ["EUR"] = "1.08765" },
        });
        await bed.Client.PutAsJsonAsync($"/v1/credit/accounts/{customer}/temporary-limit", new
        {
            limit = new { amount = "5000", currency = "USD" },
            from = today,
            until = today,
            reason = "season",
        });
        await CoverAsync(customer, "200", "USD", "90", today);
        await CoverAsync(customer, "50", "EUR", "50", today);
        await bed.ExposureBecomesAsync(customer, 400.55m, 0, 13.45m);
        await Eventually.BecomesTrue(
            async () => (await bed.AccountAsync(customer)).TryGetProperty("unsettled", out var money)
                && money.Text("amount") == "100.00",
            "a check of 100, most of it applied");
        await Eventually.BecomesTrue(
            async () => (await bed.AccountAsync(customer)).GetProperty("exposure").TryGetProperty("openCredits", out _)
                && (await bed.AccountAsync(customer)).GetProperty("otherExposures").GetArrayLength() == 2,
            "everything has come");
        await OrderAsync(customer, $"{entity}-1", 50, today.AddDays(5));
        await OrderAsync(customer, $"{entity}-2", 70, today.AddDays(6));
        await (await bed.Client.PostAsJsonAsync($"/v1/credit/order-checks/{entity}-2/deliveries", new
        {
            delivered = new { amount = "33", currency = "USD" },
        })).ShouldBeAsync(HttpStatusCode.OK);
        return customer;
    }

    private Task CoverAsync(Guid customer, string amount, string currency, string percent, DateOnly from) =>
        bed.Client.PostAsJsonAsync($"/v1/credit/accounts/{customer}/cover", new
        {
            kind = "insurance",
            provider = "Euler",
            reference = $"P-{currency}",
            cover = new { amount, currency },
            from,
            percent,
        });

    private async Task OrderAsync(Guid customer, string order, decimal amount, DateOnly neededOn)
    {
        await (await bed.Client.PostAsJsonAsync("/v1/credit/order-checks", new
        {
            customerId = customer,
            orderId = order,
            amount = new { amount = $"{amount}", currency = "USD" },
            neededOn,
        })).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.ReleaseAsync(order)).ShouldBeAsync(HttpStatusCode.OK);
    }

    private static InvoiceIssued In(InvoiceIssued issued, string currency) => issued with
    {
        Items = [.. issued.Items.Select(item => item with
        {
            Amount = item.Amount with { Currency = currency },
            Balance = item.Balance with { Currency = currency },
        })],
    };
}
