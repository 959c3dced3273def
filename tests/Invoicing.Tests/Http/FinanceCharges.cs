using System.Net;
using System.Text.Json;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class FinanceCharges(InvoicingApp app)
{
    /// <summary>The month before this one, which is over.</summary>
    private static readonly DateOnly Month =
        new DateOnly(TestApi.Today.Year, TestApi.Today.Month, 1).AddMonths(-1);

    private static string Period => $"{Month:yyyy-MM}";

    [Fact]
    public async Task Are_billed_once_per_customer_and_month_however_often_they_are_run()
    {
        var (entity, customer) = await LateCustomerAsync();
        var run = new { legalEntity = entity, period = Period };

        var preview = await RunAsync(new { legalEntity = entity, period = Period, preview = true });
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(run)));

        preview["debitMemos"][0].GetProperty("number").ValueKind.ShouldBe(JsonValueKind.Null);
        runs.Select(answer => answer["debitMemos"][0].GetProperty("number").GetString()).Distinct()
            .ShouldBe([$"DM-{entity}-{TestApi.Today.Year}-000001"]);
        runs.Count(answer => !answer["debitMemos"][0].GetProperty("alreadyBilled").GetBoolean()).ShouldBe(1);
        var memos = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"];
        memos.GetArrayLength().ShouldBe(1);
        memos[0].GetProperty("total").ToString().ShouldBe(preview["debitMemos"][0].GetProperty("total").ToString());
        await TiesAsync(entity);
    }

    [Fact]
    public async Task B05_they_survive_the_payment_of_the_principal_and_bear_no_interest()
    {
        var (entity, customer) = await LateCustomerAsync();
        var principal = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"][0];
        var memo = (await RunAsync(new { legalEntity = entity, period = Period }))["debitMemos"][0]
            .GetProperty("invoiceId").GetGuid();
        var allocation = Some.NewId();

        await app.Bus.PublishAsync(Messages.Requested(allocation, principal.GetProperty("id").GetGuid(), 1_000));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");

        (await app.Client.ReadAsync($"/v1/invoices/{memo}"))["status"].GetString().ShouldBe("open");
        app.Bus.Heard<InvoiceIssued>(memo).ShouldHaveSingleItem().Items[0].Kind.ShouldBe("debit-memo");
        (await RunAsync(new { legalEntity = entity, period = Period }))["debitMemos"].GetArrayLength().ShouldBe(1);
        await TiesAsync(entity);
    }

    [Fact]
    public async Task Are_waived_reinstated_and_reversed()
    {
        var (entity, customer) = await LateCustomerAsync();
        var memo = (await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 40)))
            .ShouldBe(HttpStatusCode.Created);
        memo["number"].GetString()!.ShouldStartWith($"DM-{entity}-");
        memo["kind"].GetString().ShouldBe("debit-memo");
        var path = $"/v1/invoices/{memo.Id}";

        (await app.Client.PostAsync($"{path}/waive", new { reason = "goodwill", amount = "15" }))
            .ShouldBe(HttpStatusCode.OK)["balance"].GetProperty("amount").GetString().ShouldBe("25.00");
        (await app.Client.PostAsync($"{path}/reinstate", new { reason = "late again", amount = "20" }))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-waived");
        (await app.Client.PostAsync($"{path}/reinstate", new { reason = "late again" })).ShouldBe(HttpStatusCode.OK)
            ["balance"].GetProperty("amount").GetString().ShouldBe("40.00");
        (await app.Client.PostAsync($"{path}/void", new { reason = "reversed" })).ShouldBe(HttpStatusCode.OK);
        await TiesAsync(entity);
    }

    [Fact]
    public async Task Need_a_month_that_is_over_and_leave_out_what_is_disputed()
    {
        var (entity, customer) = await LateCustomerAsync();
        var invoice = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"][0]
            .GetProperty("id").GetGuid();

        foreach (var period in new[] { $"{TestApi.Today:yyyy-MM}", "2026", "soon" })
        {
            (await app.Client.PostAsync("/v1/finance-charge-runs", new { legalEntity = entity, period }))
                .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");
        }

        var dispute = $"/v1/invoices/{invoice}/installments/1/dispute";
        var preview = new { legalEntity = entity, period = Period, preview = true };
        var whole = Interest(await RunAsync(preview));
        await app.Client.PutAsync(dispute, new { amount = "500", reason = "x" });
        Interest(await RunAsync(preview)).ShouldBe(decimal.Round(whole / 2, 2), 0.01m);
        await app.Client.PutAsync(dispute, new { amount = "1000", reason = "x" });
        (await RunAsync(preview))["debitMemos"].GetArrayLength().ShouldBe(0);
        (await app.Client.PostAsync("/v1/finance-charge-runs", new { legalEntity = "NOWHERE", period = Period }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-legal-entity");
    }

    [Fact]
    public async Task Bill_everybody_else_where_one_customer_cannot_be_billed()
    {
        var (entity, billable) = await LateCustomerAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, Month.AddDays(-31));
        var stuck = await LateCustomerAsync(entity, "EUR");

        foreach (var preview in new[] { true, false })
        {
            var memos = (await RunAsync(new { legalEntity = entity, period = Period, preview }))["debitMemos"]
                .EnumerateArray().ToDictionary(memo => memo.GetProperty("customerId").GetGuid());

            memos[stuck].GetProperty("problem").GetProperty("code").GetString().ShouldBe("no-exchange-rate");
            memos[stuck].GetProperty("invoiceId").ValueKind.ShouldBe(JsonValueKind.Null);
            memos[billable].TryGetProperty("problem", out _).ShouldBeFalse();
            memos[billable].GetProperty("invoiceId").ValueKind
                .ShouldBe(preview ? JsonValueKind.Null : JsonValueKind.String);
        }

        await app.Client.RateAsync(entity, "EUR", 1.10m, TestApi.Today);
        (await RunAsync(new { legalEntity = entity, period = Period }))["debitMemos"].EnumerateArray()
            .ToDictionary(
                memo => memo.GetProperty("customerId").GetGuid(),
                memo => memo.GetProperty("alreadyBilled").GetBoolean())
            .ShouldBe(new Dictionary<Guid, bool> { [billable] = true, [stuck] = false }, ignoreOrder: true);
        await TiesAsync(entity);
    }

    private static decimal Interest(Answer run) => decimal.Parse(
        run["debitMemos"][0].GetProperty("charges").EnumerateArray()
            .Single(charge => charge.GetProperty("kind").GetString() == "interest").GetProperty("amount")
            .GetProperty("amount").GetString()!,
        System.Globalization.CultureInfo.InvariantCulture);

    private async Task<Answer> RunAsync(object body) =>
        (await app.Client.PostAsync("/v1/finance-charge-runs", body)).ShouldBe(HttpStatusCode.OK);

    /// <summary>1,000.00 due on the day before the month.</summary>
    private async Task<(string Entity, Guid Customer)> LateCustomerAsync()
    {
        var entity = await app.EntityAsync();
        return (entity, await LateCustomerAsync(entity));
    }

    private async Task<Guid> LateCustomerAsync(string entity, string currency = "USD")
    {
        var customer = await app.Client.RegisterAsync(entity, currency: currency);
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Late Ltd",
            country = "US",
            terms = "NET 30",
            clauses = new { lateFee = "25", interestPercent = "9" },
        })).ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(customer, 1_000, Month.AddDays(-31));
        return customer;
    }

    private async Task TiesAsync(string entity)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
    }
}
