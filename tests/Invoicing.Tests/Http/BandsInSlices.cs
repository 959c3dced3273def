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
