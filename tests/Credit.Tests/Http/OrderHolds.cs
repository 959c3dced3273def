using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>REP-15: what became of held orders, and after how long.</summary>
public sealed class OrderHolds(CreditBed bed) : IClassFixture<CreditBed>
{
    private static readonly string Now = $"{TimeProvider.System.GetUtcNow():yyyy-MM}";

    [Fact]
    public async Task held_orders_are_told_by_the_month_and_reason_in_which_their_wait_ended()
    {
        var customer = await bed.CustomerAsync(limit: 10);
        foreach (var order in new[] { "OH-1", "OH-2", "OH-3", "OH-4", "OH-5" })
            await (await bed.CheckAsync(customer, order, 15)).ShouldBeAsync(HttpStatusCode.Created);

        // One that waits and is held again waits on since it was held first.
        await (await bed.CheckAsync(customer, "OH-1", 16)).ShouldBeAsync(HttpStatusCode.Created);
        await AgeAsync("OH-1", 4);
        await AgeAsync("OH-2", 2);
        await AgeAsync("OH-3", 100);
        await AgeAsync("OH-4", 12);
        await (await bed.ReleaseAsync("OH-1")).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.Client.PostAsJsonAsync("/v1/credit/order-checks/OH-2/decline", new { reason = "too much" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.CancelAsync("OH-3")).ShouldBeAsync(HttpStatusCode.OK);
        (await bed.SetLimitAsync(customer, 1_000)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await bed.OrderBecomesAsync("OH-4", "approved");
        await bed.OrderBecomesAsync("OH-5", "approved");
        await (await bed.CheckAsync(await bed.CustomerAsync(), "OH-6", 1)).ShouldBeAsync(HttpStatusCode.Created);

        // Months are those of the legal entity's calendar, which may be behind.
        var from = $"{TimeProvider.System.GetUtcNow().AddDays(-1):yyyy-MM}";
        var report = await ReadAsync($"from={from}&to={Now}");

        var rows = report.GetProperty("rows").EnumerateArray().ToList();
        rows.Count.ShouldBe(2, report.ToString());
        var (all, overLimit) = (rows[0], rows[1]);
        all.GetProperty("reason").ValueKind.ShouldBe(JsonValueKind.Null);
        overLimit.Text("reason").ShouldBe("over-limit");
        foreach (var row in rows)
        {
            new[] { "ended", "released", "approved", "rejected", "declined", "cancelled" }
                .Select(field => row.GetProperty(field).GetInt32()).ShouldBe([5, 1, 2, 1, 0, 1]);

            // 4, 2, 12 hours and hardly any; the cancelled one was not decided.
            Hours(row, "averageHours").ShouldBe(4.5m, 0.1m);
            Hours(row, "medianHours").ShouldBe(3m, 0.1m);
        }

        report.GetProperty("waiting").EnumerateArray().ShouldHaveSingleItem().GetProperty("orders").GetInt32()
            .ShouldBe(1);

        // An order that an older version let go waits no more, whatever is written here.
        await using (var connection = await bed.Database.OpenConnectionAsync())
        {
            (await connection.ExecuteAsync(
                "update order_holds set ended_at = null, outcome = null where order_id = 'OH-3'")).ShouldBe(1);
        }

        (await ReadAsync($"from={from}&to={Now}")).GetProperty("waiting").EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("orders").GetInt32().ShouldBe(1);
        (await ReadAsync("from=2020-01")).GetProperty("rows").GetArrayLength().ShouldBe(0);
        (await ReadAsync($"from={from}&to={Now}&legalEntity=US99")).GetProperty("rows").GetArrayLength().ShouldBe(0);
        foreach (var (query, code) in new[]
        {
            ("from=soon", "bad-period"), ("from=2026-10&to=x", "bad-period"), ("from=2026-10&to=2026-09", "bad-range"),
            ("from=2020-01&to=2023-01", "bad-range"),
        })
        {
            await (await bed.Client.GetAsync($"/v1/reports/order-holds?{query}"))
                .ShouldBeProblemAsync(HttpStatusCode.BadRequest, code);
        }
    }

    private static decimal Hours(JsonElement row, string field) => decimal.Parse(
        row.GetProperty(field).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private async Task<JsonElement> ReadAsync(string query) =>
        await (await bed.Client.GetAsync($"/v1/reports/order-holds?{query}")).ShouldBeAsync(HttpStatusCode.OK);

    private async Task AgeAsync(string order, int hours)
    {
        await using var connection = await bed.Database.OpenConnectionAsync();
        (await connection.ExecuteAsync(
            "update order_holds set held_at = held_at - make_interval(hours => @hours) where order_id = @order",
            new { order, hours })).ShouldBe(1);
    }
}
