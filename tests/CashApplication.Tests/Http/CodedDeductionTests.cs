using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>CASH-12: people code why a customer deducts, and matching learns it of them.</summary>
public sealed class Deductions_that_people_code(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly Guid Hooli = Ids.From("test-customer", "hooli");

    public async ValueTask InitializeAsync()
    {
        await app.IntroducedAsync();
        await app.Invoicing.PublishAsync(new CustomerRegistered(
            Hooli, "CUST-US01-000095", "US01", "Hooli Pallets", null, "USD", "US", "en", null, "NET 30", null, []), 1);
        await Eventually.BecomesTrue(
            () => app.ScalarAsync<bool>($"select exists (select 1 from customers where id = '{Hooli}')"),
            "the customer is known");
    }

    [Fact]
    public async Task teach_the_reason_of_the_next_and_are_forgotten_when_they_are_taken_back()
    {
        await app.Client.PutAsync("/v1/cash-policies/US01", new
        {
            autoApplyThreshold = "0.90",
            learnedReasons = new { atLeast = 2, percent = "100" },
            exceptionRules = new[]
            {
                new { of = "under", upTo = new { amounts = new[] { Usd("20.00") }, percent = "20" }, action = "claim" },
            },
        });
        var first = await CodeAsync(1, "price");
        (await NextAsync(2)).ShouldBe("other");
        await CodeAsync(3, "price");
        (await NextAsync(4)).ShouldBe("price");
        await app.Client.PostAsync($"/v1/receipts/{first}/unapply", new { reason = "coded wrongly" }, 202);
        (await NextAsync(5)).ShouldBe("other");
    }

    [Fact]
    public async Task have_codes_of_the_customer_that_its_profile_tells()
    {
        var customer = Invoicing.Initech;
        var profile = new { deductionReasons = new[] { new { words = "P17", reasonCode = "quantity" } } };
        (await app.Client.PutAsync($"/v1/cash-profiles/{customer}", profile)).Items("deductionReasons")
            .ShouldHaveSingleItem().Text("reasonCode").ShouldBe("quantity");
        (await app.Client.PutAsync(
            $"/v1/cash-profiles/{customer}",
            new { deductionReasons = new[] { new { words = "P17", reasonCode = "mood" } } }, 422))
            .ShouldHaveCode("invalid-cash-policy");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-940021", 100m, customer);
        (await PayAsync("90.00", "INV-US01-2026-940021 less P17")).Items("allocations").ShouldHaveSingleItem()
            .GetProperty("deduction").Text("reasonCode").ShouldBe("quantity");
    }

    /// <summary>A person applies 90.00 to an invoice over 100.00 and says why the rest is kept back.</summary>
    private async Task<Guid> CodeAsync(int number, string reasonCode)
    {
        var invoice = await app.Invoicing.InvoiceAsync(Number(number), 100m, Hooli);
        var receipt = (await PayAsync("90.00", "sorry")).Id();
        await app.Client.PostAsync($"/v1/receipts/{receipt}/allocations", new
        {
            allocations = new[]
            {
                new
                {
                    invoiceId = invoice,
                    amount = Usd("90.00"),
                    deduction = new { amount = Usd("10.00"), reasonCode, customerReason = "INV sorry pallets" },
                },
            },
        }, 202);
        return receipt;
    }

    /// <summary>How matching codes what is missing of the next payment with the same words.</summary>
    private async Task<string?> NextAsync(int number)
    {
        await app.Invoicing.InvoiceAsync(Number(number), 100m, Hooli);
        var paid = await PayAsync("90.00", $"{Number(number)} sorry pallets");
        var applied = paid.Items("allocations").ShouldHaveSingleItem();
        applied.Amount("amount").ShouldBe(90m);
        return applied.TryGetProperty("deduction", out var coded) && coded.ValueKind == JsonValueKind.Object
            ? coded.Text("reasonCode")
            : null;
    }

    private static string Number(int number) => $"INV-US01-2026-94000{number}";

    private Task<JsonElement> PayAsync(string amount, string text) =>
        app.Client.PostAsync("/v1/receipts", Receipt(amount, text));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
