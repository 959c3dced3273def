using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>B-22: promises and payment plans are seen where cash is applied, and used.</summary>
public sealed class What_customers_have_agreed(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 11, 5);

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task b22_is_seen_with_the_suggestions_whether_it_was_kept_or_not()
    {
        var (first, second) = (await InvoiceAsync(810_001, 77.10m), await InvoiceAsync(810_002, 77.10m));
        var open = Promise("one", 77.10m, second);
        await app.Invoicing.PublishAsync(new PromiseMade(open), 1);
        var broken = Promise("two", 12.34m, first) with { Status = "broken", Level = 2 };
        await app.Invoicing.PublishAsync(new PromiseBroken(broken), 2);
        await app.Invoicing.PublishAsync(new PromiseMade(broken with { Status = "open" }), 1);
        var kept = Promise("three", 5m, first) with { Status = "kept" };
        await app.Invoicing.PublishAsync(new PromiseKept(kept), 2);
        await KnowsAsync(3);

        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("77.10", "CUST-US01-000001"))).Id();
        var item = (await app.Client.ReadAsync("/v1/workbench?suggest=true&limit=500")).Items()
            .Single(one => one.Id() == receipt);
        var suggestion = item.Items("suggestions")[0];
        suggestion.Items("allocations").ShouldHaveSingleItem().Id("invoiceId").ShouldBe(second);
        suggestion.Items("reasons").Select(reason => reason.GetString())
            .ShouldContain("The customer promised this amount for 2026-11-05.");
        foreach (var seen in new[] { item, await app.Client.ReadAsync($"/v1/receipts/{receipt}") })
        {
            var customer = seen.Items("customers").ShouldHaveSingleItem();
            customer.Id("customerId").ShouldBe(Invoicing.Globex);
            customer.Items("agreements").Select(one => (one.Id(), one.Text("status"))).ShouldBe(
                [(open.PromiseId, "open"), (broken.PromiseId, "broken")], ignoreOrder: true);
            customer.Items("agreements").Single(one => one.Text("status") == "broken").GetProperty("level").GetInt32()
                .ShouldBe(2);
        }
    }

    /// <summary>CASH-25: the installment of a plan in force is applied by itself; of one that is breached it is not.
    /// </summary>
    [Fact]
    public async Task cash25_is_paid_by_its_installment()
    {
        var customer = await CustomerAsync("plans", "CUST-US01-000700");
        var invoice = await InvoiceAsync(810_011, 600m, customer);
        var plan = new PaymentPlan(
            Ids.From("test-plan", "one"), "US01", customer, Dollars(600m), Dollars(0m), "active",
            [new PaymentPlanInstallment(1, Day, Dollars(250m)), new PaymentPlanInstallment(2, Day, Dollars(350m))],
            [new PaymentPlanItem(invoice, 1, "INV", Dollars(600m), Day)]);
        await app.Invoicing.PublishAsync(new PlanActivated(plan), 2);
        await KnowsAsync(1, $"customer_id = '{customer}'");
        var paid = await PayAsync("250.00");
        var allocation = paid.Items("allocations").ShouldHaveSingleItem();
        (allocation.Id("invoiceId"), allocation.Amount("amount"), allocation.Text("rule"))
            .ShouldBe((invoice, 250m, "plan-installment"));

        // The second installment would be due now, for what is pending counts as paid; but the plan is breached.
        await app.Invoicing.PublishAsync(new PlanBreached(plan with { Status = "breached" }, 2), 3);
        await KnowsAsync(1, "status = 'breached'");
        (await PayAsync("350.00")).Items("allocations").ShouldAllBe(one => one.Text("rule") != "plan-installment");

        Task<JsonElement> PayAsync(string amount) => app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "wire",
            amount = Usd(amount),
            valueDate = Day,
            customerId = customer,
        });
    }

    private static Promise Promise(string name, decimal amount, Guid invoice) => new(
        Ids.From("test-promise", name), "US01", Invoicing.Globex, Dollars(amount), Dollars(0m), Day, Day.AddDays(3), 0,
        "open", [new PromisedItem(invoice, 1, "INV", Dollars(77.10m))]);

    private static MoneyAmount Dollars(decimal amount) => new(amount, "USD");

    private Task<Guid> InvoiceAsync(int number, decimal amount, Guid? customer = null) =>
        app.Invoicing.InvoiceAsync($"INV-US01-2026-{number}", amount, customer);

    private async Task<Guid> CustomerAsync(string name, string number)
    {
        var id = Ids.From("test-customer", name);
        await app.Invoicing.PublishAsync(new Contracts.Invoicing.V1.CustomerRegistered(
            id, number, "US01", $"Hooli {name}", null, "USD", "US", "en", null, "NET 30", null, []), 1);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>($"select count(*) from customers where id = '{id}'") == 1,
            "the customer is known");
        return id;
    }

    private Task KnowsAsync(int count, string where = "kind = 'promise' and (status <> 'open' or version = 1)") =>
        Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>($"select count(*) from agreements where {where}") == count,
            "the agreements are known");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
