using System.Net;
using System.Text.Json;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class Deposits(InvoicingApp app)
{
    [Fact]
    public async Task A_deposit_is_billed_paid_and_netted_with_the_invoice_over_the_delivery()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);

        var deposit = await DepositAsync(customer, 100);
        await PayAsync(deposit.Id, 119);
        var final = (await app.Client.PostAsync("/v1/invoices", Final(customer, 1_000, (deposit.Id, null))))
            .ShouldBe(HttpStatusCode.Created);

        deposit["number"].GetString()!.ShouldStartWith($"DEP-{entity}-");
        deposit.Headers.Location!.ToString().ShouldBe($"/v1/invoices/{deposit.Id}");
        (Amount(final["total"]), Amount(final["balance"]), final["status"].GetString())
            .ShouldBe(("1190.00", "1071.00", "partially-paid"));
        var netted = final["deposits"].EnumerateArray().ShouldHaveSingleItem();
        (Amount(netted.GetProperty("net")), Amount(netted.GetProperty("tax"))).ShouldBe(("100.00", "19.00"));
        netted.GetProperty("taxes")[0].GetProperty("taxRate").GetString().ShouldBe("0.19");
        (await HeldAsync(deposit.Id)).ShouldBe(("119.00", "119.00", "0.00"));
        var listed = await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=deposit&status=paid");
        listed["items"].EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(deposit.Id);
        await TiesAsync(entity, "1071.00");
        var statement = await app.Client.ReadAsync(
            $"/v1/customers/{customer}/statement?from={TestApi.Today:O}&to={TestApi.Today:O}");
        var account = statement["accounts"][0];
        Amount(account.GetProperty("closing")).ShouldBe("1071.00");
        account.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("kind").GetString())
            .ShouldBe(
                ["deposit-issued", "payment-applied", "invoice-issued", "deposit-applied"], ignoreOrder: true);
        var heard = (await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<DepositChanged>(deposit.Id)), all => all.Count == 1,
            "the others hear of it"))[0];
        (heard.Kind, heard.InvoiceId, heard.Unused.Amount).ShouldBe(("used", final.Id, 0));
        app.Bus.Heard<InvoiceIssued>(deposit.Id).ShouldHaveSingleItem().Items[0].Kind.ShouldBe("deposit");
        app.Bus.Heard<OpenItemsChanged>(final.Id).ShouldHaveSingleItem().Items[0].Balance.Amount.ShouldBe(1_071);
    }

    /// <summary>D-66: a void returns what it consumed.</summary>
    [Fact]
    public async Task D66_a_void_returns_the_deposit_and_it_is_netted_with_the_next_invoice()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var deposit = await DepositAsync(customer, 100);
        await PayAsync(deposit.Id, 119);
        var wrong = await app.Client.PostAsync("/v1/invoices", Final(customer, 1_000, (deposit.Id, "100")));
        (await app.Client.PostAsync($"/v1/invoices/{deposit.Id}/void", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "invoice-has-payments");

        var voids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            app.Client.PostAsync($"/v1/invoices/{wrong.Id}/void", new { reason = "not delivered" })));

        voids.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        voids.Where(answer => answer.Status != HttpStatusCode.OK).ShouldAllBe(answer => answer.Code == "invoice-void");
        (await HeldAsync(deposit.Id)).ShouldBe(("119.00", "0.00", "119.00"));
        await TiesAsync(entity, "0.00");
        var right = (await app.Client.PostAsync("/v1/invoices", Final(customer, 50, (deposit.Id, null))))
            .ShouldBe(HttpStatusCode.Created);
        right["status"].GetString().ShouldBe("paid");
        (await HeldAsync(deposit.Id)).ShouldBe(("119.00", "59.50", "59.50"));
        await TiesAsync(entity, "0.00");
    }

    /// <summary>I-18, I-08: invoices that are netted at the same moment never share what is held.</summary>
    [Fact]
    public async Task I18_two_invoices_at_once_never_take_the_same_money()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var deposit = await DepositAsync(customer, 100);
        await PayAsync(deposit.Id, 100);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            app.Client.PostAsync("/v1/invoices", Final(customer, 200, (deposit.Id, "30")))));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(3);
        answers.Where(answer => answer.Status != HttpStatusCode.Created)
            .ShouldAllBe(answer => answer.Code == "exceeds-held");
        (await HeldAsync(deposit.Id)).ShouldBe(("100.00", "90.00", "10.00"));
        var numbers = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=invoice"))["items"]
            .EnumerateArray().Select(item => item.GetProperty("number").GetString()![^6..]).Order();
        numbers.ShouldBe(["000001", "000002", "000003"]);
        await TiesAsync(entity, "643.00");
    }

    [Fact]
    public async Task Netting_is_done_later_taken_back_and_refused_with_the_reason()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var deposit = await DepositAsync(customer, 100);
        var invoice = await app.Client.IssueAsync(customer, 500);
        var path = $"/v1/deposits/{deposit.Id}/applications";
        (await app.Client.PostAsync(path, new { invoiceId = invoice.Id }))
            .ShouldBe(HttpStatusCode.Conflict, "nothing-held");
        await PayAsync(deposit.Id, 119);

        var applied = (await app.Client.PostAsync(path, new { invoiceId = invoice.Id, amount = "19" }))
            .ShouldBe(HttpStatusCode.OK);
        var use = applied["deposit"].GetProperty("uses")[0].GetProperty("applicationId").GetGuid();
        (await app.Client.PostAsync($"{path}/{use}/reverse", new { reason = "" }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "reason-required");
        (await app.Client.PostAsync($"{path}/{use}/reverse", new { reason = "wrong invoice" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"{path}/{use}/reverse", new { reason = "again" }))
            .ShouldBe(HttpStatusCode.NotFound);

        await TiesAsync(entity, "500.00");
        (await app.Client.PostAsync(path, new { invoiceId = Some.NewId() })).ShouldBe(HttpStatusCode.NotFound);
        (await app.Client.PostAsync(path, new { invoiceId = invoice.Id, amount = "119.01" }))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-held");
        (await app.Client.PostAsync($"/v1/deposits/{invoice.Id}/applications", new { invoiceId = invoice.Id }))
            .ShouldBe(HttpStatusCode.NotFound);
        (await app.Client.PostAsync("/v1/invoices", Final(customer, 10, (invoice.Id, null))))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-deposit");
        var batch = new { invoices = new[] { Final(customer, 10, (deposit.Id, null)) } };
        (await app.Client.PostAsync("/v1/invoices/batch", batch))["results"][0].GetProperty("status").GetInt32()
            .ShouldBe(422);
        using var elsewhere = app.ClientWith("invoicing:read invoicing:write", "ELSEWHERE");
        (await elsewhere.PostAsync(path, new { invoiceId = invoice.Id }))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await elsewhere.PostAsync("/v1/deposits", TestApi.Invoice(customer)))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    [Fact]
    public async Task What_is_no_deposit_is_not_billed_as_one_and_what_is_credited_is_not_netted()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        (await app.Client.PostAsync("/v1/deposits", TestApi.Invoice(customer)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice")["detail"].GetString()!
            .ShouldContain("no account");
        object line = new { description = "Deposit", quantity = "1", unitPrice = "100" };
        (await app.Client.PostAsync(
            "/v1/deposits", new { customerId = customer, terms = "2/10 NET 30", lines = new[] { line } }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");
        var deposit = await DepositAsync(customer, 100);
        await PayAsync(deposit.Id, 119);
        object part = new { description = "cancelled", quantity = "1", unitPrice = "69" };

        var memo = (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            invoiceId = deposit.Id,
            reason = "return",
            lines = new[] { part },
        })).ShouldBe(HttpStatusCode.Created);

        (Amount(memo["net"]), Amount(memo["tax"])).ShouldBe(("57.98", "11.02"));
        (await HeldAsync(deposit.Id)).ShouldBe(("119.00", "0.00", "50.00"));
        (await app.Client.PostAsync("/v1/invoices", Final(customer, 100, (deposit.Id, "50.01"))))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-held");
        foreach (var (path, body, code) in new[]
        {
            ("correct", (object)new { reason = "x", lines = new[] { line } }, "deposit-not-corrected"),
            ("write-offs", new { reason = "x" }, "deposit-not-written-off"),
        })
        {
            (await app.Client.PostAsync($"/v1/invoices/{deposit.Id}/{path}", body))
                .ShouldBe(HttpStatusCode.Conflict, code);
        }

        await TiesAsync(entity, "-69.00");
        var journal = (await app.Client.ReadAsync($"/v1/journal-entries?legalEntity={entity}&limit=100"))["items"];
        journal.EnumerateArray().SelectMany(entry => entry.GetProperty("lines").EnumerateArray())
            .Where(entry => entry.GetProperty("role").GetString() == "customer-deposits")
            .Sum(entry => Number(entry, "credit") - Number(entry, "debit")).ShouldBe(42.02m);
    }

    private async Task<Answer> DepositAsync(Guid customerId, decimal net)
    {
        object line = new { description = "Deposit", quantity = "1", unitPrice = net, taxRate = "0.19", taxCode = "S" };
        return (await app.Client.PostAsync("/v1/deposits", new { customerId, lines = new[] { line } }))
            .ShouldBe(HttpStatusCode.Created);
    }

    private static object Final(Guid customerId, decimal net, (Guid DepositId, string? Amount) deposit)
    {
        object line = new { description = "Press", quantity = "1", unitPrice = net, taxRate = "0.19", taxCode = "S" };
        object netted = new { depositId = deposit.DepositId, amount = deposit.Amount };
        return new { customerId, lines = new[] { line }, deposits = new[] { netted } };
    }

    private async Task PayAsync(Guid invoice, decimal amount)
    {
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, amount));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
    }

    private async Task<(string? Paid, string? Used, string? Available)> HeldAsync(Guid deposit)
    {
        var held = (await app.Client.ReadAsync($"/v1/invoices/{deposit}"))["deposit"];
        return (Amount(held.GetProperty("paid")), Amount(held.GetProperty("used")),
            Amount(held.GetProperty("available")));
    }

    private async Task TiesAsync(string entity, string owed)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        Amount(report["rows"][0].GetProperty("subledger")).ShouldBe(owed);
    }

    private static decimal Number(JsonElement line, string property) => decimal.Parse(
        Amount(line.GetProperty(property))!, System.Globalization.CultureInfo.InvariantCulture);

    private static string? Amount(JsonElement money) => money.GetProperty("amount").GetString();
}
