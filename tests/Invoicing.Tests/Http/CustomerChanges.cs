using System.Net;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class CustomerChanges(InvoicingApp app)
{
    [Fact]
    public async Task Are_shown_listed_told_and_used_by_the_next_invoice()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());

        var changed = (await app.Client.PutAsync($"/v1/customers/{customer}", Change("Globex Worldwide")))
            .ShouldBe(HttpStatusCode.OK);

        (await app.Client.ReadAsync($"/v1/customers/{customer}")).Text.ShouldBe(changed.Text);
        changed["termsOrigin"].GetString().ShouldBe("approved-request");
        changed["clauses"].GetProperty("interestPercent").GetString().ShouldBe("9.5");
        changed["version"].GetInt64().ShouldBe(2);
        (await app.Client.ReadAsync($"/v1/customers?q=Globex%20Worldwide&sort=number"))["items"].EnumerateArray()
            .Single(item => item.GetProperty("id").GetGuid() == customer).ToString()
            .ShouldBe(changed.Json.ToString());
        var told = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<CustomerChanged>(customer)), heard => heard.Count == 1, "told");
        (told[0].Name, told[0].Status, told[0].MaySuspend).ShouldBe(("Globex Worldwide", "active", true));
        (await app.Client.IssueAsync(customer))["terms"].GetString().ShouldBe("EOM + 15");
        (await app.Client.PutAsync($"/v1/customers/{Some.NewId()}", Change("x")))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_parent_is_never_below_its_child()
    {
        var entity = await app.EntityAsync();
        var top = await app.Client.RegisterAsync(entity, "Top");
        var middle = await app.Client.RegisterAsync(entity, "Mid");
        var below = await app.Client.RegisterAsync(entity, "Low");
        (await app.Client.PutAsync($"/v1/customers/{middle}", Change("Mid", top))).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PutAsync($"/v1/customers/{below}", Change("Low", middle))).ShouldBe(HttpStatusCode.OK);

        (await app.Client.PutAsync($"/v1/customers/{top}", Change("Top", below)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "parent-below");
        (await app.Client.PutAsync($"/v1/customers/{top}", Change("Top", top)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "parent-below");
        (await app.Client.PutAsync($"/v1/customers/{top}", Change("Top", Some.NewId())))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-parent");
        (await app.Client.ReadAsync($"/v1/customers?parentId={top}"))["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_suspended_customer_is_billed_and_the_invoice_says_so()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());

        (await app.Client.PostAsync($"/v1/customers/{customer}/suspend", new { reason = "60 days past due" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("suspended");
        (await app.Client.IssueAsync(customer))["customerStatus"].GetString().ShouldBe("suspended");
        (await app.Client.PostAsync($"/v1/customers/{customer}/reinstate", new { reason = "paid" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.IssueAsync(customer))["customerStatus"].GetString().ShouldBe("active");
        (await app.Client.PostAsync($"/v1/customers/{customer}/terminate", new { reason = "" }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "reason-required");
        var history = (await app.Client.ReadAsync($"/v1/customers/{customer}/history"))["items"].EnumerateArray();
        history.Select(item => item.GetProperty("type").GetString())
            .ShouldBe(["customer-registered", "customer-suspended", "customer-reinstated"]);
    }

    [Fact]
    public async Task B14_a_merge_leaves_documents_alone_and_bills_the_survivor()
    {
        var entity = await app.EntityAsync();
        var (duplicate, survivor) =
            (await app.Client.RegisterAsync(entity, "Globex Corp"), await app.Client.RegisterAsync(entity, "Globex"));
        var old = await app.Client.IssueAsync(duplicate, 30);
        await app.Client.IssueAsync(survivor, 70);
        var merge = new { survivorId = survivor, reason = "registered twice" };

        var merged = (await app.Client.PostAsync($"/v1/customers/{duplicate}/merge", merge))
            .ShouldBe(HttpStatusCode.OK);

        (merged["status"].GetString(), merged["mergedInto"].GetGuid()).ShouldBe(("merged", survivor));
        (await app.Client.ReadAsync($"/v1/invoices/{old.Id}")).Text.ShouldBe(old.Text);
        (await app.Client.IssueAsync(duplicate, 5))["customerId"].GetGuid().ShouldBe(survivor);
        var row = (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"].EnumerateArray()
            .ShouldHaveSingleItem();
        (row.GetProperty("key").GetGuid(), row.GetProperty("total").GetString()).ShouldBe((survivor, "105.00"));
        (await app.Client.PostAsync($"/v1/customers/{survivor}/merge", new { survivorId = duplicate, reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "no-survivor");

        (await app.Client.PostAsync($"/v1/customers/{duplicate}/unmerge", new { reason = "two companies" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("active");
        (await app.Client.IssueAsync(duplicate, 5))["customerId"].GetGuid().ShouldBe(duplicate);
        (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"].GetArrayLength().ShouldBe(2);
    }

    private static object Change(string name, Guid? parentId = null) => new
    {
        name,
        country = "US",
        terms = "eom + 15",
        termsOrigin = "approved-request",
        segment = "enterprise",
        parentId,
        clauses = new { interestPercent = "9.5", maySuspend = true },
        statements = new { cycle = "quarterly" },
    };
}
