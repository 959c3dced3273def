using System.Net;
using OrderToCash.EventSourcing;

namespace OrderToCash.Invoicing.Tests.Http;

public class Invoices(InvoicingApp app)
{
    [Fact]
    public async Task Are_issued_with_number_due_date_and_totals()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());

        var issued = (await app.Client.PostAsync("/v1/invoices", new
        {
            customerId = customer,
            invoiceDate = "2026-10-01",
            currency = "USD",
            orderReference = "SO-77",
            purchaseOrder = "PO-9",
            lines = new[]
            {
                new { description = "Widget", quantity = "10", unitPrice = "25.00", taxRate = "0.08", taxCode = "TX",
                    revenueAccount = "4000" },
            },
        })).ShouldBe(HttpStatusCode.Created);

        issued.Headers.Location!.ToString().ShouldBe($"/v1/invoices/{issued.Id}");
        issued.Headers.ETag!.Tag.ShouldBe("\"1\"");
        issued["number"].GetString()!.ShouldEndWith("-2026-000001");
        issued["status"].GetString().ShouldBe("open");
        issued["dueDate"].GetString().ShouldBe("2026-10-31");
        issued["total"].GetProperty("amount").GetString().ShouldBe("270.00");
        issued["installments"][0].GetProperty("balance").GetProperty("amount").GetString().ShouldBe("270.00");
        (await app.Client.ReadAsync($"/v1/invoices/{issued.Id}")).Text.ShouldBe(issued.Text);
    }

    [Fact]
    public async Task Of_two_thousand_lines_are_one_invoice()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());

        var issued = await app.Client.PostAsync("/v1/invoices", new
        {
            customerId = customer,
            lines = Enumerable.Range(0, 2_000)
                .Select(n => new { description = $"Call {n}", quantity = "1.5", unitPrice = "0.333" }),
        });

        issued.ShouldBe(HttpStatusCode.Created)["lines"].GetArrayLength().ShouldBe(2_000);
    }

    [Fact]
    public async Task Errors_say_what_is_wrong()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);

        (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(Some.Customer)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-customer");
        (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(customer, terms: "SOON")))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-terms");
        (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(customer, 0)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "nothing-to-bill");
        (await app.Client.PostAsync("/v1/invoices", new { customerId = customer })).ShouldBe(HttpStatusCode.BadRequest);
        (await app.Client.PostAsync(
            "/v1/invoices", new { customerId = customer, lines = new[] { new { description = "x" } } }))
            .ShouldBe(HttpStatusCode.BadRequest);
        using var other = app.ClientWith("invoicing:read invoicing:write", "ELSEWHERE");
        (await other.PostAsync("/v1/invoices", TestApi.Invoice(customer)))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        foreach (var list in new[] { "/v1/invoices", "/v1/customers", "/v1/credit-memos", "/v1/approvals" })
        {
            (await other.ReadAsync(list))["items"].GetArrayLength().ShouldBe(0);
            (await other.ReadAsync($"{list}?legalEntity={await app.EntityAsync()}"))
                .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        }

        using var reader = app.ClientWith("invoicing:read", "*");
        (await reader.PostAsync("/v1/invoices", TestApi.Invoice(customer)))
            .ShouldBe(HttpStatusCode.Forbidden, "scope-missing");
        (await app.Client.ReadAsync($"/v1/invoices/{customer}")).ShouldBe(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Sixteen_repeats_at_once_under_one_key_are_one_invoice()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        var body = TestApi.Invoice(customer);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => app.Client.PostAsync("/v1/invoices", body, $"{customer}")));

        answers.Select(answer => answer.ShouldBe(HttpStatusCode.Created).Text).Distinct().ShouldHaveSingleItem();
        (await ListAsync($"customerId={customer}")).Count.ShouldBe(1);
        (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(customer, 7), $"{customer}"))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task A_key_used_up_before_keeps_its_answer_when_the_wish_has_become_refusable()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        var issued = await app.Client.IssueAsync(customer);
        var body = new { reason = "duplicate" };

        var first = (await app.Client.PostAsync($"/v1/invoices/{issued.Id}/void", body, "void"))
            .ShouldBe(HttpStatusCode.OK);
        var again = (await app.Client.PostAsync($"/v1/invoices/{issued.Id}/void", body, "void"))
            .ShouldBe(HttpStatusCode.OK);

        again.Text.ShouldBe(first.Text);
    }

    [Fact]
    public async Task D08_twenty_voids_at_once_void_once()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        var issued = await app.Client.IssueAsync(customer);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            app.Client.PostAsync($"/v1/invoices/{issued.Id}/void", new { reason = "duplicate" })));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.Conflict && answer.Code == "invoice-void").ShouldBe(19);
        var history = (await app.Client.ReadAsync($"/v1/invoices/{issued.Id}/history"))["items"];
        history.EnumerateArray().Select(item => item.GetProperty("type").GetString())
            .ShouldBe(["invoice-issued", "invoice-voided"]);
        history[1].GetProperty("reason").GetString().ShouldBe("duplicate");
    }

    [Fact]
    public async Task Lists_are_cut_down_by_each_filter()
    {
        var entity = await app.EntityAsync();
        var (one, two) = (await app.Client.RegisterAsync(entity, "One"), await app.Client.RegisterAsync(entity, "Two"));
        var old = await app.Client.IssueAsync(one, 10, new DateOnly(2026, 1, 1));
        var late = (await app.Client.PostAsync(
            "/v1/invoices", TestApi.Invoice(two, 20, terms: "NET 0", order: $"SO-{entity}"))).Id;
        var gone = (await app.Client.IssueAsync(two, 30)).Id;
        await app.Client.PostAsync($"/v1/invoices/{gone}/void", new { reason = "duplicate" });

        (await ListAsync($"customerId={one}")).ShouldBe([old.Id]);
        (await ListAsync($"legalEntity={entity}&status=void")).ShouldBe([gone]);
        (await ListAsync($"legalEntity={entity}&status=open,void&sort=total")).ShouldBe([old.Id, late, gone]);
        (await ListAsync($"legalEntity={entity}&status=paid")).ShouldBeEmpty();
        (await ListAsync($"orderReference=SO-{entity}")).ShouldBe([late]);
        (await ListAsync($"number={old["number"].GetString()}")).ShouldBe([old.Id]);
        (await ListAsync($"legalEntity={entity}&termsMismatch=true")).ShouldBe([late]);
        (await ListAsync($"legalEntity={entity}&overdueAsOf=2026-01-31")).ShouldBeEmpty();
        (await ListAsync($"legalEntity={entity}&overdueAsOf=2026-02-01")).ShouldBe([old.Id]);
        (await app.Client.ReadAsync("/v1/invoices?status=late")).ShouldBe(HttpStatusCode.BadRequest, "bad-status");
    }

    [Fact]
    public async Task Pages_join_without_loss_and_come_as_csv()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        for (var n = 1; n <= 5; n++)
            await app.Client.IssueAsync(customer, n);
        var numbers = new List<string?>();
        for (var cursor = ""; ;)
        {
            var page = await app.Client.ReadAsync($"/v1/invoices?legalEntity={entity}&limit=2&sort=number{cursor}");
            numbers.AddRange(page["items"].EnumerateArray().Select(item => item.GetProperty("number").GetString()));
            if (page["next"].GetString() is not { } next)
                break;
            cursor = $"&cursor={next}";
        }

        numbers.Count.ShouldBe(5);
        numbers.ShouldBe(numbers.Order());
        (await app.Client.ReadAsync($"/v1/invoices?legalEntity={entity}", "text/csv")).Text.Trim()
            .Split('\n').Length.ShouldBe(6);
    }

    private async Task<List<Guid>> ListAsync(string query) =>
    [
        .. (await app.Client.ReadAsync($"/v1/invoices?{query}")).ShouldBe(HttpStatusCode.OK)["items"].EnumerateArray()
            .Select(item => item.GetProperty("id").GetGuid()),
    ];
}
