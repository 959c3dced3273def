using System.Net;
using System.Net.Http.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Integration;

public sealed class Consuming(CreditBed bed) : IClassFixture<CreditBed>
{
    /// <summary>D-61.</summary>
    [Fact]
    public async Task the_available_credit_is_the_limit_less_the_open_balance()
    {
        var customer = await bed.CustomerAsync(limit: 200_000);
        var invoice = NewId();
        await bed.PublishAsync(Issued(customer, invoice, 900_000));
        await bed.PublishAsync(Paid(customer, invoice, 900_000, 75_532.50m), version: 2);
        await bed.ExposureBecomesAsync(customer, 75_532.50m, 0, 0);
        (await bed.AccountAsync(customer)).Amount("available").ShouldBe(124_467.50m);
    }

    [Fact]
    public async Task messages_that_come_twice_late_and_before_their_customer_count_once()
    {
        var customer = NewId();
        var (first, second) = (NewId(), NewId());
        var messages = new (object Contract, long Version)[]
        {
            (Issued(customer, first, 100), 1), (Paid(customer, first, 100, 60), 2), (Paid(customer, first, 100, 10), 3),
            (Issued(customer, second, 40), 1), (Voided(customer, second, 40), 2),
            (Receipt(NewId(), customer, 30), 1), (Registered(customer), 1),
        };
        var before = await bed.HandledCountAsync();
        var deliveries = messages.Select(m => (m.Contract, m.Version, Id: NewId()))
            .SelectMany(m => Enumerable.Repeat(m, 3)).ToArray();
        new Random(7).Shuffle(deliveries);
        foreach (var (contract, version, id) in deliveries)
            await bed.PublishAsync(contract, version, id);

        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetAsync($"/v1/credit/accounts/{customer}")).StatusCode == HttpStatusCode.OK,
            "the account opens");
        await bed.ExposureBecomesAsync(customer, 10, 0, 30);
        await Eventually.BecomesTrue(async () =>
            await bed.HandledCountAsync() >= before + 7, "each message is handled once");
        (await bed.AccountAsync(customer)).GetProperty("exposure").Amount("total").ShouldBe(-20);
    }

    [Fact]
    public async Task what_is_credited_or_given_up_is_exposed_no_longer()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        var invoice = NewId();
        var item = Issued(customer, invoice, 80).Items[0];

        await bed.PublishAsync(Issued(customer, invoice, 80));
        await bed.PublishAsync(Changed("credit-applied", 30), version: 3);
        await bed.ExposureBecomesAsync(customer, 30, 0, 0);
        await bed.PublishAsync(Changed("written-off", 50), version: 2);
        await bed.PublishAsync(Changed("write-off-recovered", 35), version: 4);

        await bed.ExposureBecomesAsync(customer, 35, 0, 0);

        OpenItemsChanged Changed(string kind, decimal balance) => new(
            invoice, kind, item.Amount, item.DueDate, "agreed", null,
            [item with { Balance = item.Balance with { Amount = balance } }]);
    }

    [Fact]
    public async Task an_invoice_in_another_currency_takes_over_what_it_comes_to_by_the_rate_of_the_day()
    {
        await bed.EntityAsync("OC01");
        await bed.PolicyAsync("OC01", policy => policy with
        {
            Exposure = policy.Exposure with { OtherCurrencies = true },
        });
        var customer = await bed.CustomerAsync(limit: 100, entity: "OC01");
        await bed.CheckAsync(customer, "M-3", 80);
        await (await bed.App.Operator.PutAsJsonAsync(
            $"/v1/credit/exchange-rates/{TimeProvider.System.Today("America/Chicago"):yyyy-MM-dd}",
            new { @base = "USD", rates = new Dictionary<string, string> { ["CHF"] = "1.25" } }))
            .ShouldBeAsync(HttpStatusCode.OK);
        var invoice = NewId();
        var francs = new MoneyAmount(40, "CHF");
        var issued = Issued(customer, invoice, 40, "M-3");

        await bed.PublishAsync(issued with
        {
            Net = francs,
            Tax = new MoneyAmount(0, "CHF"),
            Total = francs,
            Items = [issued.Items[0] with { Amount = francs, Balance = francs }],
        });

        await bed.ExposureBecomesAsync(customer, 0, 30, 0);
        (await bed.AccountAsync(customer)).GetProperty("otherExposures")[0].Amount("openReceivables").ShouldBe(40);
        (await (await bed.Client.GetAsync("/v1/credit/order-checks/M-3")).ShouldBeAsync(HttpStatusCode.OK))
            .Amount("reserved").ShouldBe(30);
    }

    [Fact]
    public async Task an_invoice_takes_over_its_orders_reservation_and_a_void_gives_it_back()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        await bed.CheckAsync(customer, "M-1", 80);
        var (part, rest) = (NewId(), NewId());

        await bed.PublishAsync(Issued(customer, part, 30, "M-1"));
        await bed.ExposureBecomesAsync(customer, 30, 50, 0);
        await bed.PublishAsync(Issued(customer, rest, 50, "M-1"));
        await bed.ExposureBecomesAsync(customer, 80, 0, 0);
        await (await bed.CancelAsync("M-1")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "order-invoiced");
        await bed.PublishAsync(Voided(customer, rest, 50, "M-1"), version: 2);
        await bed.ExposureBecomesAsync(customer, 30, 50, 0);
        await (await bed.CancelAsync("M-1")).ShouldBeAsync(HttpStatusCode.OK);
        await bed.ExposureBecomesAsync(customer, 30, 0, 0);
    }

    [Fact]
    public async Task unapplied_cash_makes_room_and_moves_with_its_receipt_to_another_customer()
    {
        var (first, second) = (await bed.CustomerAsync(limit: 100), await bed.CustomerAsync(limit: 100));
        var receipt = NewId();
        await bed.PublishAsync(Receipt(receipt, null, 100));
        await bed.PublishAsync(
            new Contracts.CashApplication.V1.ReceiptIdentified(receipt, "US01", first, Balance(first, 100)), 2);
        await bed.ExposureBecomesAsync(first, 0, 0, 100);
        (await (await bed.CheckAsync(first, "N-1", 200)).ShouldBeAsync(HttpStatusCode.Created)).Text("decision")
            .ShouldBe("approved");

        await bed.PublishAsync(
            new Contracts.CashApplication.V1.ReceiptIdentified(receipt, "US01", second, Balance(second, 100)), 3);

        await bed.ExposureBecomesAsync(second, 0, 0, 100);
        await bed.ExposureBecomesAsync(first, 0, 200, 0);
        (await bed.AccountAsync(first)).Codes("holds").ShouldBe(["over-limit"]);
    }

    [Fact]
    public async Task a_receipt_that_changes_hands_in_any_order_of_messages_is_counted_once()
    {
        var customers = new[] { await bed.CustomerAsync(), await bed.CustomerAsync(), await bed.CustomerAsync() };
        var receipts = Enumerable.Range(0, 8).Select(_ => NewId()).ToArray();
        var deliveries = receipts
            .SelectMany(receipt => Enumerable.Range(1, 6).Select(version => (receipt, version)))
            .SelectMany(delivery => Enumerable.Repeat(delivery, 2))
            .ToArray();
        new Random(3).Shuffle(deliveries);
        var before = await bed.HandledCountAsync();

        // Version 6 ends with the third customer and 4 unapplied; those before it wander.
        await Task.WhenAll(deliveries.Select(d => bed.PublishAsync(
            new Contracts.CashApplication.V1.ReceiptIdentified(
                d.receipt, "US01", customers[(d.version + 2) % 3],
                Balance(customers[(d.version + 2) % 3], 10 - d.version)),
            d.version)));

        await bed.HandledAsync(before + deliveries.Length);
        await bed.ExposureBecomesAsync(customers[2], 0, 0, 32);
        await bed.ExposureBecomesAsync(customers[0], 0, 0, 0);
        await bed.ExposureBecomesAsync(customers[1], 0, 0, 0);
    }
}
