using System.Net;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>INV-01: what is written down and not issued has no number and is owed by nobody.</summary>
[Collection("Read models")]
public class InvoiceDrafts(InvoicingApp app)
{
    [Fact]
    public async Task INV01_a_draft_has_no_number_and_is_in_no_report_until_it_is_issued_once()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var draft = (await app.Client.PostAsync("/v1/invoice-drafts", Wish(customer, "100")))
            .ShouldBe(HttpStatusCode.Created);
        (draft["status"].GetString(), Amount(draft)).ShouldBe(("open", "110.00"));
        var path = $"/v1/invoice-drafts/{draft.Id}";

        (await app.Client.ReadAsync($"/v1/invoices?legalEntity={entity}"))["items"].GetArrayLength().ShouldBe(0);
        (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"].GetArrayLength().ShouldBe(0);
        (await app.Client.IssueAsync(customer, 7))["number"].GetString()!.ShouldEndWith("-000001");
        var changed = (await app.Client.PutAsync(path, Wish(customer, "200"))).ShouldBe(HttpStatusCode.OK);
        Amount(changed).ShouldBe("220.00");
        await ListsAsync("open", draft.Id);
        (await app.Client.PutAsync(
            $"/v1/customers/{customer}", new { name = "Globex", country = "US", terms = "NET 10" }))
            .ShouldBe(HttpStatusCode.OK);

        // Whoever issues it at the same time, on whichever instance, finds it issued.
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => app.Client.PostAsync($"{path}/issue", new { })));

        var issued = answers.Single(answer => answer.Status == HttpStatusCode.Created);
        foreach (var other in answers.Where(answer => answer != issued))
            other.ShouldBe(HttpStatusCode.Conflict, "draft-issued");
        issued["number"].GetString()!.ShouldEndWith("-000002");
        (issued["terms"].GetString(), Amount(issued)).ShouldBe(("NET 10", "220.00"));
        var done = await app.Client.ReadAsync(path);
        (done["status"].GetString(), done["invoiceId"].GetGuid(), done["invoiceNumber"].GetString())
            .ShouldBe(("issued", issued.Id, issued["number"].GetString()));
        (await app.Client.PutAsync(path, Wish(customer, "1"))).ShouldBe(HttpStatusCode.Conflict, "draft-issued");
        (await app.Client.PostAsync($"{path}/discard", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "draft-issued");
        await ListsAsync("issued", draft.Id);
        await ListsAsync("open");
        (await app.Client.IssueAsync(customer, 7))["number"].GetString()!.ShouldEndWith("-000003");
        (await app.Client.ReadAsync($"{path}/history"))["items"].EnumerateArray()
            .Select(item => item.GetProperty("type").GetString())
            .ShouldBe(["invoice-draft-saved", "invoice-draft-saved", "invoice-draft-issued"]);

        async Task ListsAsync(string status, params Guid[] ids) =>
            (await app.Client.ReadAsync($"/v1/invoice-drafts?legalEntity={entity}&status={status}"))["items"]
                .EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).ShouldBe(ids, status);
    }

    [Fact]
    public async Task A_draft_is_given_up_for_good_and_its_repeat_is_answered_as_the_first()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var first = await app.Client.PostAsync("/v1/invoice-drafts", Wish(customer, "100"), key: $"draft-{entity}");
        var repeat = await app.Client.PostAsync("/v1/invoice-drafts", Wish(customer, "100"), key: $"draft-{entity}");
        repeat.Id.ShouldBe(first.ShouldBe(HttpStatusCode.Created).Id);
        var path = $"/v1/invoice-drafts/{first.Id}";

        (await app.Client.PostAsync($"{path}/discard", new { reason = " " }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "reason-required");
        for (var again = 0; again < 2; again++)
        {
            (await app.Client.PostAsync($"{path}/discard", new { reason = "not wanted" }))
                .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("discarded");
        }

        (await app.Client.PostAsync($"{path}/issue", new { })).ShouldBe(HttpStatusCode.Conflict, "draft-discarded");
        (await app.Client.IssueAsync(customer, 7))["number"].GetString()!.ShouldEndWith("-000001");
    }

    [Fact]
    public async Task What_could_not_be_issued_is_refused_at_once_and_others_see_nothing_of_it()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        (await app.Client.PostAsync("/v1/invoice-drafts", Wish(Some.NewId(), "1")))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-customer");
        (await app.Client.PostAsync("/v1/invoice-drafts", Wish(customer, "0")))
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await app.Client.PostAsync("/v1/invoice-drafts", new
        {
            customerId = customer,
            lines = new[] { new { description = "Widget", quantity = "1", unitPrice = "5" } },
            deposits = new[] { new { depositId = Some.NewId() } },
        })).ShouldBe(HttpStatusCode.UnprocessableEntity, "deposits-in-draft");
        var draft = (await app.Client.PostAsync("/v1/invoice-drafts", Wish(customer, "100")))
            .ShouldBe(HttpStatusCode.Created);
        var path = $"/v1/invoice-drafts/{draft.Id}";
        using var elsewhere = app.ClientWith("invoicing:read invoicing:write", "ELSEWHERE");

        (await elsewhere.ReadAsync(path)).ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await elsewhere.PostAsync($"{path}/issue", new { })).ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await elsewhere.PostAsync($"{path}/discard", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await elsewhere.ReadAsync("/v1/invoice-drafts"))["items"].GetArrayLength().ShouldBe(0);
        (await app.Client.PostAsync($"/v1/invoice-drafts/{Some.NewId()}/issue", new { }))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await app.Client.ReadAsync("/v1/invoice-drafts?status=lost"))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-status");
    }

    private static object Wish(Guid customerId, string unitPrice)
    {
        object line = new { description = "Widget", quantity = "1", unitPrice, taxCode = "S", taxRate = "0.1" };
        return new { customerId, purchaseOrder = "PO-7", lines = new[] { line } };
    }

    private static string? Amount(Answer answer) => answer["total"].GetProperty("amount").GetString();
}
