using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-08: what has left and is not invoiced yet is at risk.</summary>
public sealed class Deliveries(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task an_order_goes_from_reservation_to_delivery_to_receivable_and_counts_once_all_the_way()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        await (await bed.CheckAsync(customer, "DE-1", 500)).ShouldBeAsync(HttpStatusCode.Created);
        var (delivered, reserved) = ("delivered", "reserved");

        var order = await (await DeliverAsync("DE-1", 300)).ShouldBeAsync(HttpStatusCode.OK);
        (order.Amount(delivered), order.Amount(reserved), order.Text("decision")).ShouldBe((300, 200, "approved"));
        var version = order.GetProperty("version").GetInt64();
        (await (await DeliverAsync("DE-1", 300)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("version").GetInt64()
            .ShouldBe(version, "twice is once");
        await ShouldBeAtRiskAsync(customer, receivables: 0, deliveries: 300, orders: 200);

        var invoice = NewId();
        await bed.PublishAsync(Issued(customer, invoice, 400, order: "DE-1"));
        await bed.ExposureBecomesAsync(customer, 400, 100, 0);
        await ShouldBeAtRiskAsync(customer, receivables: 400, deliveries: 0, orders: 100);
        await bed.PublishAsync(Voided(customer, invoice, 400, order: "DE-1"), version: 2);
        await bed.ExposureBecomesAsync(customer, 0, 200, 0);
        await ShouldBeAtRiskAsync(customer, receivables: 0, deliveries: 300, orders: 200);
        await (await bed.CancelAsync("DE-1")).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldBeAtRiskAsync(customer, receivables: 0, deliveries: 300, orders: 0);
    }

    [Fact]
    public async Task goods_that_come_back_make_room_for_an_order_that_waits_in_the_group()
    {
        var head = await bed.CustomerAsync(limit: 1_000);
        var child = await bed.CustomerAsync(limit: 1_000, parent: head);
        await (await bed.Client.PutAsJsonAsync($"/v1/credit/groups/{head}/limit", new
        {
            limit = new { amount = "100", currency = "USD" },
            reason = "one roof",
        })).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.CheckAsync(head, "DE-2", 80)).ShouldBeAsync(HttpStatusCode.Created);
        await (await DeliverAsync("DE-2", 80)).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.CancelAsync("DE-2")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "order-invoiced");
        (await (await bed.CheckAsync(child, "DE-3", 30)).BodyAsync()).Codes("reasons").ShouldBe(["over-group-limit"]);

        await (await DeliverAsync("DE-2", 0)).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.CancelAsync("DE-2")).ShouldBeAsync(HttpStatusCode.OK);
        await bed.OrderBecomesAsync("DE-3", "approved");
    }

    [Fact]
    public async Task goods_that_leave_without_an_approval_are_told_to_somebody()
    {
        var customer = await bed.CustomerAsync(limit: 10);
        await (await bed.CheckAsync(customer, "DE-8", 50)).ShouldBeAsync(HttpStatusCode.Created);
        await (await DeliverAsync("DE-8", 50)).ShouldBeAsync(HttpStatusCode.OK);
        await (await DeliverAsync("DE-8", 40)).ShouldBeAsync(HttpStatusCode.OK);

        var alerts = await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/alerts?customerId={customer}&kind=unapproved-delivery");
        alerts.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().Text("detail")
            .ShouldBe("50.00 USD of order DE-8 are out that nobody approved.");
    }

    /// <summary>I-20: a report that is sent again after a later one changes nothing.</summary>
    [Fact]
    public async Task a_report_that_was_counted_before_another_one_never_takes_its_place()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        await (await bed.CheckAsync(customer, "DE-6", 500)).ShouldBeAsync(HttpStatusCode.Created);
        var noon = TimeProvider.System.GetUtcNow().AddHours(-1);
        await (await DeliverAsync("DE-6", 300, asOf: noon)).ShouldBeAsync(HttpStatusCode.OK);
        await (await DeliverAsync("DE-6", 500, asOf: noon.AddMinutes(5))).ShouldBeAsync(HttpStatusCode.OK);
        (await (await DeliverAsync("DE-6", 300, asOf: noon)).ShouldBeAsync(HttpStatusCode.OK)).Amount("delivered")
            .ShouldBe(500);
        await (await DeliverAsync("DE-6", 0, asOf: noon.AddHours(2)))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation-failed");
        await ShouldBeAtRiskAsync(customer, receivables: 0, deliveries: 500, orders: 0);
    }

    /// <summary>What is told of goods that are out is told of the order they went out for.</summary>
    [Fact]
    public async Task the_id_of_a_cancelled_order_is_nobody_elses_while_goods_of_it_are_out()
    {
        var (first, second) = (await bed.CustomerAsync(limit: 1_000), await bed.CustomerAsync(limit: 1_000));
        await (await bed.CheckAsync(first, "DE-7", 100)).ShouldBeAsync(HttpStatusCode.Created);
        await (await DeliverAsync("DE-7", 60)).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.CancelAsync("DE-7")).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.CheckAsync(second, "DE-7", 100))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "order-of-another-customer");

        await (await DeliverAsync("DE-7", 0)).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldBeAtRiskAsync(first, receivables: 0, deliveries: 0, orders: 0);
        await (await bed.CheckAsync(second, "DE-7", 100)).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task what_is_no_delivery_of_a_known_order_is_refused()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        await (await bed.CheckAsync(customer, "DE-4", 50)).ShouldBeAsync(HttpStatusCode.Created);
        await (await DeliverAsync("DE-5", 10)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await (await DeliverAsync("DE-4", -1)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await DeliverAsync("DE-4", 10, "EUR"))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "other-currency");
        using var reader = bed.App.ClientFor("credit:read");
        await (await DeliverAsync("DE-4", 10, client: reader))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "scope-missing");
        using var stranger = bed.App.ClientFor("credit:read credit:write", "eve", "MX01");
        await (await DeliverAsync("DE-4", 10, client: stranger))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await ShouldBeAtRiskAsync(customer, receivables: 0, deliveries: 0, orders: 50);
    }

    private Task<HttpResponseMessage> DeliverAsync(
        string order, decimal amount, string currency = "USD", HttpClient? client = null,
        DateTimeOffset? asOf = null) =>
        (client ?? bed.Client).PostAsJsonAsync($"/v1/credit/order-checks/{order}/deliveries", new
        {
            delivered = new { amount = $"{amount}", currency },
            asOf,
        });

    private async Task ShouldBeAtRiskAsync(Guid customer, decimal receivables, decimal deliveries, decimal orders)
    {
        var account = await bed.AccountAsync(customer);
        var exposure = account.GetProperty("exposure");
        var unbilled = exposure.TryGetProperty("unbilledDeliveries", out _)
            ? exposure.Amount("unbilledDeliveries")
            : 0;
        (exposure.Amount("openReceivables"), unbilled, exposure.Amount("openOrders"))
            .ShouldBe((receivables, deliveries, orders));
        account.Amount("counted").ShouldBe(receivables + deliveries + orders);
    }
}
