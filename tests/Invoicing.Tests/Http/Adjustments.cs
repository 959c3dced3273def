using System.Net;
using System.Net.Http.Json;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class Adjustments(InvoicingApp app)
{
    [Fact]
    public async Task A_correction_credits_the_invoice_and_bills_it_again_linked()
    {
        var (entity, customer) = await CustomerAsync();
        var old = await app.Client.IssueAsync(customer, 100);
        var body = new { reason = "wrong quantity", lines = new[] { Line(80) } };
        using var stale = new HttpRequestMessage(HttpMethod.Post, $"/v1/invoices/{old.Id}/correct")
        {
            Content = JsonContent.Create(body),
        };
        stale.Headers.TryAddWithoutValidation("If-Match", "\"7\"");
        (await app.Client.SendAsync(stale)).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);

        var corrected = (await app.Client.PostAsync($"/v1/invoices/{old.Id}/correct", body, "correct-" + old.Id))
            .ShouldBe(HttpStatusCode.Created);

        var replacement = corrected["invoice"].GetProperty("id").GetGuid();
        corrected["invoice"].GetProperty("corrects").GetGuid().ShouldBe(old.Id);
        corrected["creditMemo"].GetProperty("reason").GetString().ShouldBe("correction");
        var before = await app.Client.ReadAsync($"/v1/invoices/{old.Id}");
        (before["status"].GetString(), before["correctedBy"].GetGuid()).ShouldBe(("paid", replacement));
        before["lines"].ToString().ShouldBe(old["lines"].ToString());
        await TiesAsync(entity, "80.00");
        (await app.Client.PostAsync($"/v1/invoices/{old.Id}/correct", body, "correct-" + old.Id)).Text
            .ShouldBe(corrected.Text);
        (await app.Client.PostAsync($"/v1/invoices/{old.Id}/correct", body))
            .ShouldBe(HttpStatusCode.Conflict, "already-corrected");
    }

    [Fact]
    public async Task What_was_paid_on_a_corrected_invoice_counts_for_the_new_one()
    {
        var (entity, customer) = await CustomerAsync();
        var old = await app.Client.IssueAsync(customer, 100);
        await PaidAsync(old.Id, 60);

        var corrected = (await app.Client.PostAsync(
            $"/v1/invoices/{old.Id}/correct", new { reason = "price", lines = new[] { Line(80) } }))
            .ShouldBe(HttpStatusCode.Created);

        // 100.00 credited: 40.00 closes the old invoice, 60.00 settles the new one, of which 20.00 is left.
        corrected["invoice"].GetProperty("balance").GetProperty("amount").GetString().ShouldBe("20.00");
        corrected["creditMemo"].GetProperty("status").GetString().ShouldBe("applied");
        await TiesAsync(entity, "20.00");
    }

    [Fact]
    public async Task What_is_written_off_and_recovered_is_told_and_listed()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100);

        (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/write-offs", new { reason = "insolvent" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("written-off");
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&status=written-off"))["items"]
            .GetArrayLength().ShouldBe(1);
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&status=paid"))["items"].GetArrayLength()
            .ShouldBe(0);
        await TiesAsync(entity, "0.00");
        (await app.Client.PostAsync(
            $"/v1/invoices/{invoice.Id}/recoveries", new { reason = "quota of the estate", amount = "15" }))
            .ShouldBe(HttpStatusCode.OK)["balance"].GetProperty("amount").GetString().ShouldBe("15.00");
        await TiesAsync(entity, "15.00");
        (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/recoveries", new { reason = "x", amount = "86" }))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-written-off");
        var told = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<OpenItemsChanged>(invoice.Id)), heard => heard.Count == 2, "told");
        told.Select(one => (one.Kind, one.Reason, one.Items[0].Balance.Amount)).ShouldBe(
            [("written-off", "insolvent", 0m), ("write-off-recovered", "quota of the estate", 15m)]);
    }

    [Fact]
    public async Task A_moved_due_date_is_aged_by_from_its_day_on_and_before_as_it_was()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100, TestApi.Today.AddDays(-50));
        var yesterday = $"/v1/reports/aging?legalEntity={entity}&asOf={TestApi.Today.AddDays(-1):O}";
        var before = (await app.Client.ReadAsync(yesterday)).Text;

        var moved = (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/reschedule", new
        {
            reason = "plan agreed",
            source = "payment-plan",
            reference = "PLAN-7",
            installments = new[] { new { installment = 1, dueDate = TestApi.Today.AddDays(10) } },
        })).ShouldBe(HttpStatusCode.OK);

        moved["dueDate"].GetString().ShouldBe($"{TestApi.Today.AddDays(10):O}");
        moved["installments"][0].GetProperty("originalDueDate").GetString()
            .ShouldBe($"{TestApi.Today.AddDays(-20):O}");
        (await app.Client.ReadAsync(yesterday)).Text.ShouldBe(before);
        var amounts = (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"][0]
            .GetProperty("amounts");
        (amounts.GetProperty("current").GetString(), amounts.GetProperty("1-30").GetString())
            .ShouldBe(("100.00", "0.00"));
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&overdueAsOf={TestApi.Today:O}"))["items"]
            .GetArrayLength().ShouldBe(0);
        await TiesAsync(entity, "100.00");
        (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/reschedule", new
        {
            reason = "because",
            source = "mood",
            reference = "1",
            installments = new[] { new { installment = 1, dueDate = TestApi.Today } },
        })).ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");
    }

    [Fact]
    public async Task A_disputed_part_is_marked_stays_owed_and_is_found()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100);
        var path = $"/v1/invoices/{invoice.Id}/installments/1/dispute";

        (await app.Client.PutAsync(path, new { amount = "30", reason = "damaged" })).ShouldBe(HttpStatusCode.OK)
            ["installments"][0].GetProperty("disputed").GetProperty("amount").GetString().ShouldBe("30.00");
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&disputed=true"))["items"].GetArrayLength()
            .ShouldBe(1);
        await TiesAsync(entity, "100.00");
        (await app.Client.PutAsync(path, new { amount = "100.01", reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-balance");
        (await app.Client.PutAsync(path, new { amount = "0", reason = "withdrawn" })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&disputed=true"))["items"].GetArrayLength()
            .ShouldBe(0);
        var unknown = $"/v1/invoices/{Some.NewId()}/installments/1/dispute";
        (await app.Client.PutAsync(unknown, new { amount = "1", reason = "x" }))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
    }

    private async Task PaidAsync(Guid invoice, decimal amount)
    {
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, amount));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
    }

    private async Task<(string Entity, Guid Customer)> CustomerAsync()
    {
        var entity = await app.EntityAsync();
        return (entity, await app.Client.RegisterAsync(entity));
    }

    private static object Line(decimal amount) => new { description = "Widget", quantity = "1", unitPrice = amount };

    private async Task TiesAsync(string entity, string total)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        report["rows"][0].GetProperty("controlAccount").GetProperty("amount").GetString().ShouldBe(total);

        // Today's aging is read from what is open, what was known at a moment from the ledger: the same, by due date.
        var aging = $"/v1/reports/aging?legalEntity={entity}";
        var soon = Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow().AddHours(1):O}");
        (await app.Client.ReadAsync(aging))["rows"].GetRawText()
            .ShouldBe((await app.Client.ReadAsync($"{aging}&knownAt={soon}"))["rows"].GetRawText());
    }
}
