using System.Globalization;
using System.Net;
using System.Text.Json;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>REP-01: the items behind a cell of the aging.</summary>
[Collection("Read models")]
public class AgedItems(InvoicingApp app)
{
    [Fact]
    public async Task Items_sum_to_the_cells_of_the_aging_and_say_what_they_are()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var twin = await app.Client.RegisterAsync(entity, "Twin");
        var old = await app.Client.IssueAsync(customer, 100, TestApi.Today.AddDays(-75));
        await app.Client.PostAsync($"/v1/invoices/{old.Id}/write-offs", new { reason = "lost", amount = "30" });
        await app.Client.IssueAsync(twin, 7, TestApi.Today.AddDays(-31));
        await app.Client.PostAsync(
            "/v1/invoices", TestApi.Invoice(customer, 90, TestApi.Today.AddDays(-40), "SPLIT 30/60/90"));
        object[] lines = [new { description = "Goodwill", quantity = "1", unitPrice = "35" }];
        (await app.Client.PostAsync("/v1/credit-memos", new { customerId = customer, reason = "goodwill", lines }))
            .ShouldBe(HttpStatusCode.Created);
        (await app.Client.PostAsync($"/v1/customers/{twin}/merge", new { survivorId = customer, reason = "one" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PutAsync(
            $"/v1/invoices/{old.Id}/installments/1/dispute", new { amount = "20", reason = "short" }))
            .ShouldBe(HttpStatusCode.OK);

        var cells = (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"].EnumerateArray()
            .ShouldHaveSingleItem();
        var detail = await ItemsAsync($"legalEntity={entity}&customerId={twin}");

        detail["totals"].GetProperty("amounts").GetRawText().ShouldBe(cells.GetProperty("amounts").GetRawText());
        detail["totals"].GetProperty("total").GetString().ShouldBe("132.00");
        detail["rows"].EnumerateArray().Select(Told).ShouldBe(
        [
            ("invoice", 1, 45, 70m, 20m), ("invoice", 1, 10, 30m, 0m), ("invoice", 1, 1, 7m, 0m),
            ("credit-memo", 1, 0, -35m, 0m), ("invoice", 2, -20, 30m, 0m), ("invoice", 3, -50, 30m, 0m),
        ]);
        detail["rows"][0].GetProperty("number").GetString().ShouldBe(old["number"].GetString());
        var overdue = await ItemsAsync($"legalEntity={entity}&bucket=31-60");
        overdue["rows"].EnumerateArray().Select(Told).ShouldBe([("invoice", 1, 45, 70m, 20m)]);
        var csv = await app.Client.ReadAsync(
            $"/v1/reports/aging?by=document&legalEntity={entity}&bucket=31-60", "text/csv");
        csv.Text.ShouldStartWith("number,installment,kind,documentDate,dueDate,days,customer,customerId,currency,curr");
        csv.Text.ShouldContain($",45,Globex,{customer},USD,0.00,0.00,70.00,0.00,0.00,0.00,70.00,20.00");
        var workbook = await app.Client.BytesAsync(
            $"/v1/reports/aging?by=document&legalEntity={entity}",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        workbook.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Items_are_told_as_of_any_day_and_as_they_were_known()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var (issued, month) = (TestApi.Today.AddDays(-60), TestApi.Today.AddDays(-20));
        var invoice = await app.Client.IssueAsync(customer, 100, issued);
        await MarkAsync("40");
        var known = Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow():O}");
        var path = $"legalEntity={entity}&basis=document&knownAt={known}";
        var before = await ItemsAsync(path);
        (await app.Client.PostAsync(
            $"/v1/invoices/{invoice.Id}/write-offs", new { reason = "lost", amount = "70" }))
            .ShouldBe(HttpStatusCode.OK);
        await MarkAsync("10");

        (await ItemsAsync(path)).Text.ShouldBe(before.Text);
        Told(before["rows"][0]).ShouldBe(("invoice", 1, 60, 100m, 40m));
        Told((await ItemsAsync($"legalEntity={entity}"))["rows"][0]).ShouldBe(("invoice", 1, 30, 30m, 10m));

        // On that day nothing was written off yet and nothing disputed.
        Told((await ItemsAsync($"legalEntity={entity}&asOf={month:O}"))["rows"][0])
            .ShouldBe(("invoice", 1, 10, 100m, 0m));
        (await ItemsAsync($"legalEntity={entity}&asOf={issued.AddDays(-1):O}"))["rows"].GetArrayLength().ShouldBe(0);

        async Task MarkAsync(string amount) => (await app.Client.PutAsync(
            $"/v1/invoices/{invoice.Id}/installments/1/dispute", new { amount, reason = "short" }))
            .ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Items_are_for_whom_may_see_their_legal_entity_and_what_is_asked_wrongly_is_refused()
    {
        var entity = await app.EntityAsync();
        await app.Client.IssueAsync(await app.Client.RegisterAsync(entity));
        using var elsewhere = app.ClientWith("invoicing:read", "ELSEWHERE");

        (await elsewhere.ReadAsync("/v1/reports/aging?by=document"))["rows"].GetArrayLength().ShouldBe(0);
        (await elsewhere.ReadAsync($"/v1/reports/aging?by=document&legalEntity={entity}"))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        foreach (var (query, code) in new[]
        {
            ("by=document&bucket=7", "bad-bucket"), ("by=customer&bucket=31-60", "bad-bucket"),
            ("by=document&unapplied=true", "bad-grouping"),
        })
            (await app.Client.ReadAsync($"/v1/reports/aging?{query}")).ShouldBe(HttpStatusCode.BadRequest, code);
    }

    private async Task<Answer> ItemsAsync(string query) =>
        (await app.Client.ReadAsync($"/v1/reports/aging?by=document&{query}")).ShouldBe(HttpStatusCode.OK);

    private static (string? Kind, int Installment, int Days, decimal Amount, decimal Disputed) Told(JsonElement row)
    {
        var item = row.GetProperty("item");
        return (item.GetProperty("kind").GetString(), item.GetProperty("installment").GetInt32(),
            item.GetProperty("days").GetInt32(), Decimal(row.GetProperty("total")),
            Decimal(item.GetProperty("disputed")));
    }

    private static decimal Decimal(JsonElement text) =>
        decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);
}
