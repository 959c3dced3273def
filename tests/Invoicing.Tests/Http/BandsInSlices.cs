using System.Net;

namespace OrderToCash.Invoicing.Tests.Http;

public class BandsInSlices(InvoicingApp app)
{
    /// <summary>D-64: a document is judged by what it comes to in all.</summary>
    [Fact]
    public async Task D64_a_band_is_not_passed_in_slices()
    {
        var customer = await GuardedAsync("credit-memo", "write-off", "waiver");
        var (lost, credited, dear, charge) = (
            await app.Client.IssueAsync(customer, 1_000), await app.Client.IssueAsync(customer, 1_000),
            await app.Client.IssueAsync(customer, 1_000),
            await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 1_000)));
        object line = new { description = "x", quantity = "1", unitPrice = "60" };
        object memo = new { customerId = customer, reason = "price", invoiceId = credited.Id, lines = new[] { line } };
        (string Path, object Body)[] slices =
        [
            ($"/v1/invoices/{lost.Id}/write-offs", new { reason = "x", amount = "60" }),
            ($"/v1/invoices/{charge.Id}/waive", new { reason = "x", amount = "60" }),
            ("/v1/credit-memos", memo),
        ];

        foreach (var (path, body) in slices)
        {
            ((int)(await app.Client.PostAsync(path, body)).Status).ShouldBeInRange(200, 201);
            var waiting = (await app.Client.PostAsync(path, body)).ShouldBe(HttpStatusCode.Accepted);
            waiting["amount"].GetProperty("amount").GetString().ShouldBe("60.00");
            waiting["subject"].GetString()!.ShouldEndWith(", 120.00 USD in all");
        }

        object Less(int price) => new
        {
            reason = "price",
            lines = new[] { new { description = "x", quantity = "1", unitPrice = $"{price}" } },
        };
        var once = (await app.Client.PostAsync($"/v1/invoices/{dear.Id}/correct", Less(940)))
            .ShouldBe(HttpStatusCode.Created)["invoice"].GetProperty("id").GetGuid();
        (await app.Client.PostAsync($"/v1/invoices/{once}/correct", Less(880))).ShouldBe(HttpStatusCode.Accepted);
        (await BalanceAsync(lost.Id), await BalanceAsync(charge.Id)).ShouldBe(("940.00", "940.00"));
    }

    /// <summary>D-64: what was billed more in between makes no credit smaller than what it takes off.</summary>
    [Fact]
    public async Task D64_a_band_is_not_passed_by_billing_more_first()
    {
        var customer = await GuardedAsync("credit-memo");
        var invoice = await app.Client.IssueAsync(customer, 100);
        var dear = (await CorrectAsync(invoice.Id, 10_000)).ShouldBe(HttpStatusCode.Created)["invoice"]
            .GetProperty("id").GetGuid();

        foreach (var price in new[] { 100, 150 })
        {
            var waiting = (await CorrectAsync(dear, price)).ShouldBe(HttpStatusCode.Accepted);
            waiting["amount"].GetProperty("amount").GetString().ShouldBe($"{10_000 - price}.00");
            waiting["subject"].GetString()!.ShouldNotContain("in all");
        }

        Task<Answer> CorrectAsync(Guid id, int price) => app.Client.PostAsync($"/v1/invoices/{id}/correct", new
        {
            reason = "price",
            lines = new[] { new { description = "x", quantity = "1", unitPrice = $"{price}" } },
        });
    }

    /// <summary>D-64: nor by owing the slices on chargebacks, whoever of many is first.</summary>
    [Theory]
    [InlineData("write-off", HttpStatusCode.OK)]
    [InlineData("credit-memo", HttpStatusCode.Created)]
    public async Task D64_a_band_is_not_passed_on_chargebacks(string kind, HttpStatusCode done)
    {
        var customer = await GuardedAsync(kind);
        var invoice = await app.Client.IssueAsync(customer, 1_000);
        var chargebacks = new List<Guid>();
        for (var slice = 0; slice < 4; slice++)
        {
            chargebacks.Add((await app.Client.PostAsync(
                $"/v1/invoices/{invoice.Id}/chargebacks", new { reason = "short", amount = "60" }))
                .ShouldBe(HttpStatusCode.Created)["chargeback"].GetProperty("id").GetGuid());
        }

        var answers = await Task.WhenAll(chargebacks.Select(GiveAsync));

        answers.Count(answer => answer.Status == done).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.Accepted).ShouldBe(3);
        (await GiveAsync(invoice.Id)).ShouldBe(HttpStatusCode.Accepted)["subject"].GetString()!
            .ShouldEndWith(", 120.00 USD in all");

        Task<Answer> GiveAsync(Guid document) => kind == "write-off"
            ? app.Client.PostAsync($"/v1/invoices/{document}/write-offs", new { reason = "x", amount = "60" })
            : app.Client.PostAsync("/v1/credit-memos", new
            {
                customerId = customer,
                reason = "price",
                invoiceId = document,
                lines = new[] { new { description = "x", quantity = "1", unitPrice = "60" } },
            });
    }

    /// <summary>D-64: nor is it due later in slices, by any name.</summary>
    [Theory]
    [InlineData("terms")]
    [InlineData("payment-plan")]
    public async Task D64_what_is_charged_back_is_due_later_by_the_bands_of_the_whole_invoice(string kind)
    {
        var customer = await GuardedAsync(kind);
        var invoice = await app.Client.IssueAsync(customer, 1_000, TestApi.Today.AddDays(-90));
        var path = $"/v1/invoices/{invoice.Id}/chargebacks";

        (await app.Client.PostAsync(path, new { reason = "short", amount = "60", dueDate = TestApi.Today }))
            .ShouldBe(HttpStatusCode.Conflict, "approval-required");
        var chargeback = (await app.Client.PostAsync(path, new { reason = "short", amount = "60" }))
            .ShouldBe(HttpStatusCode.Created)["chargeback"];

        chargeback.GetProperty("dueDate").GetString().ShouldBe(invoice["dueDate"].GetString());
        var schedule = new
        {
            reason = "later",
            source = "terms-change",
            reference = "T-1",
            installments = new[] { new { installment = 1, dueDate = TestApi.Today.AddDays(30) } },
        };
        (await app.Client.PostAsync($"/v1/invoices/{chargeback.GetProperty("id").GetGuid()}/reschedule", schedule))
            .ShouldBe(HttpStatusCode.Conflict, "approval-required");
    }

    private async Task<string?> BalanceAsync(Guid invoice) =>
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["balance"].GetProperty("amount").GetString();

    private async Task<Guid> GuardedAsync(params string[] kinds)
    {
        var entity = await app.EntityAsync();
        var rules = kinds.SelectMany(kind => new object[]
        {
            new { kind, upTo = "100", approvals = 0 },
            new { kind, upTo = (string?)null, approvals = 1, role = "controller" },
        });
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        return await app.Client.RegisterAsync(entity);
    }
}
