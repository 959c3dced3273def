using System.Globalization;
using System.Net;
using System.Text.Json;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class TrialBalances(InvoicingApp app)
{
    private static readonly DateOnly September = new(2026, 9, 10);
    private static readonly DateOnly October = new(2026, 10, 10);

    /// <summary>
    /// 100 and 50 EUR (at 1.10) were billed in September, 200 with 20 of tax in October; 130 came in October and paid
    /// 100; 30 were written off.
    /// </summary>
    [Fact]
    public async Task The_journal_is_told_by_account_and_month_and_ties_to_the_control_account()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var euros = await app.Client.RegisterAsync(entity, "Euros", "EUR");
        await app.Client.RateAsync(entity, "EUR", 1.1m, September);
        var first = await app.Client.IssueAsync(customer, 100, September);
        await app.Client.IssueAsync(euros, 50, September);
        object line = new { description = "Widget", quantity = "1", unitPrice = "200", taxCode = "S", taxRate = "0.1" };
        var second = (await app.Client.PostAsync(
            "/v1/invoices", new { customerId = customer, invoiceDate = October, lines = new[] { line } }))
            .ShouldBe(HttpStatusCode.Created);
        var receipt = Some.NewId();
        await app.Bus.PublishAsync(Messages.ReceiptPosted(entity, customer, 130, October, receipt));
        (await app.Client.PostAsync(
            $"/v1/invoices/{second.Id}/write-offs", new { reason = "lost", amount = "30", postingDate = October }))
            .ShouldBe(HttpStatusCode.OK);
        var path = $"/v1/reports/trial-balance?legalEntity={entity}&from=2026-09&to=2026-10";
        var report = await Eventually.Becomes(
            () => app.Client.ReadAsync(path), answer => Rows(answer).ContainsKey(("2026-10", "unapplied-cash")),
            "the receipt is in the journal");

        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        var rows = Rows(report);
        rows[("2026-09", "receivables")].ShouldBe((0m, 155m, 0m, 155m));
        rows[("2026-09", "revenue")].ShouldBe((0m, 0m, 155m, -155m));
        rows[("2026-10", "receivables")].ShouldBe((155m, 220m, 30m, 345m));
        rows[("2026-10", "revenue")].ShouldBe((-155m, 0m, 200m, -355m));
        rows[("2026-10", "tax")].ShouldBe((0m, 0m, 20m, -20m));
        rows[("2026-10", "allowance")].ShouldBe((0m, 30m, 0m, 30m));
        rows[("2026-10", "unapplied-cash")].ShouldBe((0m, 0m, 130m, -130m));
        rows.ShouldNotContainKey(("2026-09", "tax"));
        var total = report["totals"][1];
        (Amount(total, "debits"), Amount(total, "credits"), Amount(total, "control"), Amount(total, "subledger"))
            .ShouldBe((380m, 380m, 345m, 345m));

        // Once the money is applied today, October is what it was, and the month of today ties, too.
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(
            Messages.Requested(allocation, first.Id, 100) with { ReceiptId = receipt, CustomerId = customer });
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is applied");
        (await app.Client.ReadAsync(path)).Text.ShouldBe(report.Text);
        var now = $"{TestApi.Today:yyyy-MM}";
        var today = await app.Client.ReadAsync($"/v1/reports/trial-balance?legalEntity={entity}&from={now}");
        today["ties"].GetBoolean().ShouldBeTrue(today.Text);
        Rows(today)[(now, "receivables")].ShouldBe((345m, 0m, 100m, 245m));

        var csv = await app.Client.ReadAsync(path, "text/csv");
        csv.Text.ShouldStartWith("legalEntity,period,account,role,opening.amount,opening.currency,debits.amount");
        csv.Text.ShouldContain($"{entity},2026-10,1200,receivables,155.00,USD,220.00,USD,30.00,USD,345.00,USD");
        (await app.Client.BytesAsync(path, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
            .Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task I05_it_is_printed_again_as_it_was_known_for_whom_may_see_the_legal_entity()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 100, October);
        var known = Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow():O}");
        var path = $"/v1/reports/trial-balance?from=2026-10&knownAt={known}&legalEntity=";
        var before = await app.Client.ReadAsync($"{path}{entity}");
        await app.Client.IssueAsync(customer, 7, October);

        (await app.Client.ReadAsync($"{path}{entity}")).Text.ShouldBe(before.Text);
        Rows(before)[("2026-10", "receivables")].ShouldBe((0m, 100m, 0m, 100m));
        using var elsewhere = app.ClientWith("invoicing:read", "ELSEWHERE");
        (await elsewhere.ReadAsync($"{path}{entity}")).ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await elsewhere.ReadAsync("/v1/reports/trial-balance?from=2026-10"))["rows"].GetArrayLength().ShouldBe(0);
        foreach (var (query, code) in new[]
        {
            ("from=2026", "bad-period"), ("from=2026-10&to=soon", "bad-period"),
            ("from=2026-10&to=2026-09", "bad-range"), ("from=2020-01&to=2023-01", "bad-range"),
        })
            (await app.Client.ReadAsync($"/v1/reports/trial-balance?{query}")).ShouldBe(HttpStatusCode.BadRequest, code);
    }

    private static Dictionary<(string?, string?), (decimal, decimal, decimal, decimal)> Rows(Answer report) =>
        report.ShouldBe(HttpStatusCode.OK)["rows"].EnumerateArray().ToDictionary(
            row => (row.GetProperty("period").GetString(), row.GetProperty("role").GetString()),
            row => (Amount(row, "opening"), Amount(row, "debits"), Amount(row, "credits"), Amount(row, "closing")));

    private static decimal Amount(JsonElement row, string field) => decimal.Parse(
        row.GetProperty(field).GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
}
