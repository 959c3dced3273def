using System.Net;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class CreditMemos(InvoicingApp app)
{
    [Fact]
    public async Task Settle_their_invoice_at_once_and_everybody_is_told()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100);

        var memo = (await app.Client.PostAsync("/v1/credit-memos", Memo(customer, 40, invoice.Id)))
            .ShouldBe(HttpStatusCode.Created);

        memo["number"].GetString().ShouldBe($"CM-{entity}-{TestApi.Today.Year}-000001");
        memo["status"].GetString().ShouldBe("applied");
        memo.Headers.Location!.ToString().ShouldBe($"/v1/credit-memos/{memo.Id}");
        (await app.Client.ReadAsync($"/v1/credit-memos/{memo.Id}")).Text.ShouldBe(memo.Text);
        var after = await app.Client.ReadAsync($"/v1/invoices/{invoice.Id}");
        (after["status"].GetString(), Amount(after, "balance"), Amount(after, "credited"))
            .ShouldBe(("partially-paid", "60.00", "40.00"));
        var changed = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<OpenItemsChanged>(invoice.Id)), heard => heard.Count == 1, "told");
        changed[0].Items.ShouldHaveSingleItem().Balance.Amount.ShouldBe(60);
        app.Bus.Heard<CreditMemoIssued>(memo.Id).ShouldHaveSingleItem().Total.Amount.ShouldBe(40);
        await TiesAsync(entity, "60.00");
    }

    [Fact]
    public async Task On_account_lower_what_is_owed_and_are_aged_until_they_are_applied()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100);
        var memo = (await app.Client.PostAsync("/v1/credit-memos", Memo(customer, 30)))
            .ShouldBe(HttpStatusCode.Created);

        memo["status"].GetString().ShouldBe("open");
        var aging = await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}");
        aging["totals"].GetProperty("total").GetString().ShouldBe("70.00");
        await TiesAsync(entity, "70.00");

        var path = $"/v1/credit-memos/{memo.Id}/applications";
        (await app.Client.PostAsync(path, new { invoiceId = invoice.Id, amount = "20" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("partially-applied");
        var two = (await app.Client.PostAsync(path, new { invoiceId = invoice.Id })).ShouldBe(HttpStatusCode.OK);

        two["status"].GetString().ShouldBe("applied");
        two["applications"].GetArrayLength().ShouldBe(2);
        await TiesAsync(entity, "70.00");
        (await app.Client.PostAsync(path, new { invoiceId = invoice.Id, amount = "1" }))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-open");
    }

    [Fact]
    public async Task Can_be_taken_back_and_voided_and_then_credited_again()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100);
        var memo = await app.Client.PostAsync("/v1/credit-memos", Memo(customer, 70, invoice.Id));
        var application = memo["applications"][0].GetProperty("id").GetGuid();
        (await app.Client.PostAsync("/v1/credit-memos", Memo(customer, 30.01m, invoice.Id)))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-creditable");
        (await app.Client.PostAsync($"/v1/credit-memos/{memo.Id}/void", new { reason = "wrong" }))
            .ShouldBe(HttpStatusCode.Conflict, "credit-memo-applied");
        var path = $"/v1/credit-memos/{memo.Id}/applications/{application}/reverse";

        (await app.Client.PostAsync(path, new { reason = "wrong invoice" })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync(path, new { reason = "again" })).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/void", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "invoice-has-credits");
        (await app.Client.PostAsync($"/v1/credit-memos/{memo.Id}/void", new { reason = "wrong" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("void");
        await TiesAsync(entity, "100.00");
        (await app.Client.PostAsync("/v1/credit-memos", Memo(customer, 100, invoice.Id)))
            .ShouldBe(HttpStatusCode.Created);
        (await app.Client.ReadAsync($"/v1/invoices/{invoice.Id}"))["status"].GetString().ShouldBe("paid");
        await TiesAsync(entity, "0.00");
    }

    [Fact]
    public async Task Open_ones_are_applied_oldest_first_to_what_is_due_first()
    {
        var (entity, customer) = await CustomerAsync();
        var later = await app.Client.IssueAsync(customer, 50);
        var earlier = await app.Client.IssueAsync(customer, 50, TestApi.Today.AddDays(-40));
        await app.Client.PostAsync("/v1/credit-memos", Memo(customer, 20));
        await app.Client.PostAsync("/v1/credit-memos", Memo(customer, 60, date: TestApi.Today.AddDays(-3)));

        var applied = (await app.Client.PostAsync($"/v1/customers/{customer}/credit-memos/apply", new { }))
            .ShouldBe(HttpStatusCode.OK)["applied"];

        applied.EnumerateArray().Select(one => (one.GetProperty("invoiceId").GetGuid(),
                one.GetProperty("amount").GetProperty("amount").GetString()))
            .ShouldBe([(earlier.Id, "50.00"), (later.Id, "10.00"), (later.Id, "20.00")]);
        await TiesAsync(entity, "20.00");
        (await app.Client.ReadAsync($"/v1/credit-memos?customerId={customer}&open=true"))["items"].GetArrayLength()
            .ShouldBe(0);
        (await app.Client.ReadAsync($"/v1/credit-memos?customerId={customer}", "text/csv")).Text.ShouldContain("CM-");
    }

    [Fact]
    public async Task What_is_disputed_is_not_settled_by_itself()
    {
        var (_, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100);
        (await app.Client.PutAsync(
            $"/v1/invoices/{invoice.Id}/installments/1/dispute", new { amount = "70", reason = "x" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync("/v1/credit-memos", Memo(customer, 50))).ShouldBe(HttpStatusCode.Created);

        (await app.Client.PostAsync($"/v1/customers/{customer}/credit-memos/apply", new { }))
            .ShouldBe(HttpStatusCode.OK)["applied"].EnumerateArray().ShouldHaveSingleItem().GetProperty("amount")
            .GetProperty("amount").GetString().ShouldBe("30.00");

        (await app.Client.PostAsync($"/v1/customers/{customer}/credit-memos/apply", new { }))
            ["applied"].GetArrayLength().ShouldBe(0);
        Amount(await app.Client.ReadAsync($"/v1/invoices/{invoice.Id}"), "balance").ShouldBe("70.00");
    }

    [Fact]
    public async Task D04_a_credit_that_comes_between_leaves_no_payment_too_much()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100);
        var allocation = Some.NewId();

        await Task.WhenAll(
            app.Client.PostAsync("/v1/credit-memos", Memo(customer, 100, invoice.Id)),
            app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 100)));

        await Eventually.BecomesTrue(
            () => app.Bus.Heard<PaymentApplied>(allocation).Count
                + app.Bus.Heard<PaymentApplicationRejected>(allocation).Count == 1,
            "the allocation is answered");
        (await app.Client.ReadAsync($"/v1/invoices/{invoice.Id}"))["status"].GetString().ShouldBe("paid");
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))["ties"].GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task I08_sixteen_at_once_never_credit_more_than_was_billed()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
            app.Client.PostAsync("/v1/credit-memos", Memo(customer, 30, invoice.Id))));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(3);
        answers.Count(answer => answer.Code == "exceeds-creditable").ShouldBe(13);
        answers.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => answer["number"].GetString())
            .Order().ShouldBe(Enumerable.Range(1, 3).Select(n => $"CM-{entity}-{TestApi.Today.Year}-{n:D6}"));
        await TiesAsync(entity, "10.00");
    }

    [Fact]
    public async Task Are_refused_with_the_reason()
    {
        var (entity, customer) = await CustomerAsync();
        var (invoice, other) = (await app.Client.IssueAsync(customer), await app.Client.RegisterAsync(entity, "Other"));

        (await app.Client.PostAsync("/v1/credit-memos", Memo(other, 1, invoice.Id)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-invoice");
        (await app.Client.PostAsync("/v1/credit-memos", Memo(Some.Customer, 1)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-customer");
        (await app.Client.PostAsync("/v1/credit-memos", Memo(customer, 0)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "nothing-to-bill");
        var memo = await app.Client.PostAsync("/v1/credit-memos", Memo(other, 1));
        (await app.Client.PostAsync($"/v1/credit-memos/{memo.Id}/applications", new { invoiceId = invoice.Id }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "other-customer");
        (await app.Client.PostAsync($"/v1/credit-memos/{Some.NewId()}/void", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
        using var elsewhere = app.ClientWith("invoicing:read invoicing:write", "ELSEWHERE");
        (await elsewhere.PostAsync("/v1/credit-memos", Memo(customer, 1)))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await elsewhere.ReadAsync($"/v1/credit-memos/{memo.Id}"))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    private async Task<(string Entity, Guid Customer)> CustomerAsync()
    {
        var entity = await app.EntityAsync();
        return (entity, await app.Client.RegisterAsync(entity));
    }

    private static object Memo(Guid customerId, decimal amount, Guid? invoiceId = null, DateOnly? date = null) => new
    {
        customerId,
        invoiceId,
        reason = "price",
        creditDate = date ?? TestApi.Today,
        lines = new[] { new { description = "Wrong price", quantity = "1", unitPrice = amount } },
    };

    private async Task TiesAsync(string entity, string total)
    {
        foreach (var day in new[] { "", $"&asOf={TestApi.Today:O}" })
        {
            var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}{day}");
            report["ties"].GetBoolean().ShouldBeTrue(report.Text);
            report["rows"][0].GetProperty("controlAccount").GetProperty("amount").GetString().ShouldBe(total);
            report["rows"][0].GetProperty("openItems").GetProperty("amount").GetString().ShouldBe(total, day);
        }

        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}&asOf={TestApi.Today.AddDays(-4):O}"))
            ["ties"].GetBoolean().ShouldBeTrue();
    }

    private static string? Amount(Answer answer, string field) =>
        answer[field].GetProperty("amount").GetString();
}
