using System.Net;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class Refunds(InvoicingApp app)
{
    [Fact]
    public async Task Of_credit_memos_wait_for_those_who_must_approve_them_and_everybody_is_told()
    {
        var entity = await EntityAsync();
        var memo = await MemoAsync(await app.Client.RegisterAsync(entity), 400);
        var path = $"/v1/credit-memos/{memo}/refunds";
        (await app.Client.PostAsync(path, Refund("E2E-1", 50))).ShouldBe(HttpStatusCode.OK)["open"]
            .GetProperty("amount").GetString().ShouldBe("350.00");

        var waiting = (await app.Client.PostAsync(path, Refund("E2E-2", 300))).ShouldBe(HttpStatusCode.Accepted);

        (await OpenAsync(memo)).ShouldBe("350.00");
        (await AvailableAsync(memo)).ShouldBe("50.00");
        var approve = $"/v1/approvals/{waiting.Id}/approve";
        using var requester = app.Approver("ana", "ar-manager");
        using var manager = app.Approver("mia", "ar-manager");
        (await requester.PostAsync(approve, new { reason = "mine" })).ShouldBe(HttpStatusCode.Forbidden, "own-request");
        (await manager.PostAsync(approve, new { reason = "agreed" })).ShouldBe(HttpStatusCode.OK);
        (await OpenAsync(memo)).ShouldBe("50.00");
        (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["refunds"].EnumerateArray()
            .Select(one => one.GetProperty("reference").GetString()).ShouldBe(["E2E-1", "E2E-2"], ignoreOrder: true);
        await Eventually.BecomesTrue(
            () => app.Bus.Heard<CreditMemoChanged>(memo)
                .Any(one => one is { Kind: "refunded", Amount.Amount: 300, Open.Amount: 50 }),
            "it is told");
        await TiesAsync(entity, "-50.00");
    }

    [Fact]
    public async Task I18_of_an_invoice_never_come_to_more_than_was_paid_on_it_and_may_come_back()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 100);
        var memo = await MemoAsync(customer, 100, invoice.Id);
        var path = $"/v1/credit-memos/{memo}/refunds";
        (await app.Client.PostAsync(path, Refund("E2E-1"))).ShouldBe(HttpStatusCode.Conflict, "nothing-to-refund");
        (await app.Client.PostAsync(path, Refund("E2E-1", 1))).ShouldBe(HttpStatusCode.Conflict, "exceeds-paid");
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 60));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(n =>
            app.Client.PostAsync(path, Refund($"E2E-{n}", 25))));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(2);
        answers.Count(answer => answer.Code == "exceeds-paid").ShouldBe(14);
        (await app.Client.PostAsync(path, Refund("E2E-99"))).ShouldBe(HttpStatusCode.OK)["open"]
            .GetProperty("amount").GetString().ShouldBe("40.00");
        await TiesAsync(entity, "0.00");
        var refund = (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["refunds"].EnumerateArray()
            .Single(one => one.GetProperty("reference").GetString() == "E2E-99").GetProperty("id").GetGuid();
        (await app.Client.PostAsync($"{path}/{refund}/return", new { reason = "" }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "reason-required");
        (await app.Client.PostAsync($"{path}/{refund}/return", new { reason = "account closed" }))
            .ShouldBe(HttpStatusCode.OK)["open"].GetProperty("amount").GetString().ShouldBe("50.00");
        (await app.Client.PostAsync($"{path}/{refund}/return", new { reason = "account closed" }))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await app.Client.PostAsync(path, Refund("E2E-100", 10.01m))).ShouldBe(HttpStatusCode.Conflict, "exceeds-paid");
        await TiesAsync(entity, "-10.00");
        using var elsewhere = app.ClientWith("invoicing:read invoicing:write", "ELSEWHERE");
        (await elsewhere.PostAsync(path, Refund("E2E-101", 1)))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    /// <summary>60 of 100 is paid, the rest is lost; then 50 are credited: 40 were never owed, 10 were paid.</summary>
    [Fact]
    public async Task I18_of_what_was_lost_before_it_was_credited_are_none()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 100);
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 60));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
        (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/write-offs", new { reason = "insolvent" }))
            .ShouldBe(HttpStatusCode.OK);

        var memo = await MemoAsync(customer, 50, invoice.Id, apply: true);

        (await OpenAsync(memo)).ShouldBe("10.00");
        var settled = await app.Client.ReadAsync($"/v1/invoices/{invoice.Id}");
        (settled["status"].GetString(), settled["credited"].GetProperty("amount").GetString())
            .ShouldBe(("paid", "50.00"));
        settled["installments"][0].GetProperty("writtenOff").GetProperty("amount").GetString().ShouldBe("0.00");
        await TiesAsync(entity, "-10.00");
        (await app.Client.PostAsync($"/v1/credit-memos/{memo}/refunds", Refund("E2E-1"))).ShouldBe(HttpStatusCode.OK);
        await TiesAsync(entity, "0.00");
    }

    [Fact]
    public async Task That_wait_keep_their_amount_until_they_are_approved_rejected_or_withdrawn()
    {
        var entity = await EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var memo = await MemoAsync(customer, 400);
        var path = $"/v1/credit-memos/{memo}/refunds";
        using var requester = app.Approver("ana", "ar-manager");
        using var manager = app.Approver("mia", "ar-manager");
        var first = (await requester.PostAsync(path, Refund("E2E-1", 300))).ShouldBe(HttpStatusCode.Accepted);

        (await app.Client.PostAsync(path, Refund("E2E-2", 150))).ShouldBe(HttpStatusCode.Conflict, "exceeds-open");
        (await app.Client.PostAsync(path, Refund("E2E-1", 50))).ShouldBe(HttpStatusCode.Conflict, "refund-known");
        (await app.Client.PostAsync($"/v1/credit-memos/{memo}/void", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "refund-waits");
        var invoice = await app.Client.IssueAsync(customer, 500);
        (await app.Client.PostAsync(
            $"/v1/credit-memos/{memo}/applications", new { invoiceId = invoice.Id, amount = "100.01" }))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-open");
        (await app.Client.PostAsync($"/v1/customers/{customer}/credit-memos/apply", new { }))
            .ShouldBe(HttpStatusCode.OK)["applied"].EnumerateArray().Single()
            .GetProperty("amount").GetProperty("amount").GetString().ShouldBe("100.00");
        (await app.Client.PostAsync($"/v1/customers/{customer}/credit-memos/apply", new { }))
            .ShouldBe(HttpStatusCode.OK)["applied"].GetArrayLength().ShouldBe(0);
        (await OpenAsync(memo), await AvailableAsync(memo)).ShouldBe(("300.00", "0.00"));

        (await manager.PostAsync($"/v1/approvals/{first.Id}/reject", new { reason = "not yet" }))
            .ShouldBe(HttpStatusCode.OK);
        (await AvailableAsync(memo)).ShouldBe("300.00");
        var second = (await requester.PostAsync(path, Refund("E2E-1"))).ShouldBe(HttpStatusCode.Accepted);
        (await AvailableAsync(memo)).ShouldBe("0.00");
        (await requester.PostAsync($"/v1/approvals/{second.Id}/withdraw", new { reason = "wrong account" }))
            .ShouldBe(HttpStatusCode.OK);
        (await AvailableAsync(memo)).ShouldBe("300.00");
        var third = (await requester.PostAsync(path, Refund("E2E-1"))).ShouldBe(HttpStatusCode.Accepted);
        (await manager.PostAsync($"/v1/approvals/{third.Id}/approve", new { reason = "agreed" }))
            .ShouldBe(HttpStatusCode.OK);
        (await OpenAsync(memo), await AvailableAsync(memo)).ShouldBe(("0.00", "0.00"));
        (await ReservedAsync(memo)).ShouldBe(0);
        await TiesAsync(entity, "400.00");
    }

    [Fact]
    public async Task I18_two_that_wait_for_one_invoice_never_come_to_more_than_was_paid_on_it()
    {
        var entity = await EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 1000);
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 600));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
        var one = await MemoAsync(customer, 500, invoice.Id);
        var other = await MemoAsync(customer, 500, invoice.Id);
        using var manager = app.Approver("mia", "ar-manager");

        var waiting = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => app.Client.PostAsync(
            $"/v1/credit-memos/{(n % 2 == 0 ? one : other)}/refunds", Refund($"E2E-{n}", 200))));

        waiting.Count(answer => answer.Status == HttpStatusCode.Accepted).ShouldBe(3);
        waiting.Where(answer => answer.Status != HttpStatusCode.Accepted)
            .ShouldAllBe(answer => answer.Code == "exceeds-paid" || answer.Code == "exceeds-open");
        foreach (var request in waiting.Where(answer => answer.Status == HttpStatusCode.Accepted))
        {
            (await manager.PostAsync($"/v1/approvals/{request.Id}/approve", new { reason = "agreed" }))
                .ShouldBe(HttpStatusCode.OK);
        }

        (await app.Client.PostAsync($"/v1/credit-memos/{one}/refunds", Refund("E2E-99", 1)))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-paid");
    }

    /// <summary>Refunds above 100 wait for a manager.</summary>
    private async Task<string> EntityAsync()
    {
        var entity = await app.EntityAsync();
        var rules = new object[]
        {
            new { kind = "refund", upTo = "100", approvals = 0 },
            new { kind = "refund", upTo = (string?)null, approvals = 1, role = "ar-manager" },
        };
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        return entity;
    }

    private async Task<decimal> ReservedAsync(Guid memo)
    {
        await using var command = app.Store.Database.CreateCommand(
            "select reserved from credit_memos where credit_memo_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = memo });
        return (decimal)(await command.ExecuteScalarAsync())!;
    }

    private async Task<string?> AvailableAsync(Guid memo) =>
        (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["available"].GetProperty("amount").GetString();

    private static object Refund(string reference, decimal? amount = null) =>
        new { reason = "goods came back", reference, amount };

    private async Task<Guid> MemoAsync(
        Guid customerId, decimal amount, Guid? invoiceId = null, bool apply = false) =>
        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId,
            invoiceId,
            reason = "return",
            apply,
            lines = new[] { new { description = "Returned", quantity = "1", unitPrice = amount } },
        })).ShouldBe(HttpStatusCode.Created).Id;

    private async Task<string?> OpenAsync(Guid memo) => (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["open"]
        .GetProperty("amount").GetString();

    private async Task TiesAsync(string entity, string total)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        report["rows"][0].GetProperty("controlAccount").GetProperty("amount").GetString().ShouldBe(total);
    }
}
