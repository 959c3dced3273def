using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>CASH-06 against the replica: what is left out of references, what is paid already, what is net.</summary>
public sealed partial class The_workbench
{
    [Fact]
    public async Task cash06_finds_numbers_without_what_the_policy_leaves_out_and_says_what_is_paid_already()
    {
        await app.Client.PutAsync("/v1/cash-policies/US01", new
        {
            autoApplyThreshold = "0.90",
            referenceRules = new { prefixes = new[] { "RE" } },
            closedLookBackDays = 30,
        });
        var (meant, other) = (await IssueAsync(88.17m), await IssueAsync(88.17m));
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("88.17", $"RE{meant.Number}"));
        receipt.Items("allocations").ShouldHaveSingleItem().Id("invoiceId").ShouldBe(meant.Id);
        var path = $"/v1/receipts/{receipt.Id()}";
        var number = (await app.Client.ReadAsync(path)).Text("number");

        var again = await app.Client.PostAsync("/v1/receipts", Receipt("77.13", meant.Number));
        var waiting = again.GetProperty("waiting");
        waiting.Text("reason").ShouldBe("already-paid");
        waiting.Text("detail").ShouldBe($"{meant.Number} is named; it was paid on 2026-11-02 by receipt {number}.");
        await app.Client.PutAsync("/v1/cash-policies/US01", new { autoApplyThreshold = "0.90" });
        var plain = await app.Client.PostAsync("/v1/receipts", Receipt("88.17", $"RE{other.Number} or so"));
        plain.Items("allocations").ShouldHaveSingleItem().Items("reasons").Select(one => one.GetString())
            .ShouldNotContain($"The payer names {other.Number}.");
    }

    /// <summary>What a receipt paid a small part of, and a credit memo closed, was not paid by that receipt.</summary>
    [Fact]
    public async Task cash06_says_of_an_invoice_that_is_closed_how_much_of_it_receipts_paid()
    {
        var invoice = await IssueAsync(990.57m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("10.57", invoice.Number));
        await AnswerAsync(receipt.Id(), receipt.Items("allocations").ShouldHaveSingleItem().Id(), invoice.Id, 10.57m);
        await EventuallyAsync(receipt.Id(), now => now.Text("status") == "applied");
        var item = Invoicing.Item(invoice.Number, 990.57m, Invoicing.Globex);
        await app.Invoicing.PublishAsync(new Contracts.Invoicing.V1.OpenItemsChanged(
            item.InvoiceId, "credit-applied", new MoneyAmount(980m, "USD"), new DateOnly(2026, 11, 3), "", null,
            [item with { Balance = new MoneyAmount(0m, "USD") }]), 3);
        await app.Invoicing.KnowsAsync(item.InvoiceId, 0m);

        (await app.Client.PostAsync("/v1/receipts", Receipt("77.14", invoice.Number))).GetProperty("waiting")
            .Text("detail").ShouldEndWith("and the rest of it closed otherwise.");
    }

    /// <summary>The invoice alone says what is net, and may be told after what happened to it.</summary>
    [Fact]
    public async Task cash06_suggests_what_an_invoice_bills_without_tax()
    {
        var item = Invoicing.Item("INV-US01-2026-599001", 119.37m, Invoicing.Initech);
        await app.Invoicing.PublishAsync(new Contracts.Invoicing.V1.OpenItemsChanged(
            item.InvoiceId, "rescheduled", item.Amount, new DateOnly(2026, 10, 5), "", null, [item]), 2);
        await app.Invoicing.KnowsAsync(item.InvoiceId, 119.37m);
        await app.Invoicing.PublishAsync(Invoicing.Issued(item) with
        {
            Net = new MoneyAmount(100.31m, "USD"),
            Tax = new MoneyAmount(19.06m, "USD"),
        }, 1);
        await Eventually.BecomesTrue(
            () => app.ScalarAsync<bool>("select exists (select 1 from open_items where net = 100.31)"),
            "what is net is known");

        var receipt = await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "wire",
            amount = Usd("100.31"),
            valueDate = "2026-11-02",
            customerId = Invoicing.Initech,
        });

        var suggestion = receipt.Items("suggestions").ShouldHaveSingleItem();
        suggestion.Items("reasons")[0].GetString()
            .ShouldBe("The amount is 119.37 USD without the tax of 19.06 USD, which stays open.");
        suggestion.Items("allocations").ShouldHaveSingleItem().Amount("amount").ShouldBe(100.31m);
        await app.Client.PostAsync(
            $"/v1/receipts/{receipt.Id()}/accept", new { suggestion = suggestion.Text("key") }, 202);
    }
}
