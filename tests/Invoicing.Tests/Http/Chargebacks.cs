using System.Net;
using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>INV-06: what a payer kept back, as a debit memo of its own.</summary>
public class Chargebacks(InvoicingApp app)
{
    [Fact]
    public async Task INV06_what_was_kept_back_closes_the_invoice_and_is_owed_by_itself_linked_both_ways()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await TaxedAsync(customer);
        await PaidAsync(invoice, 70);
        var sales = await SalesAsync(entity);
        var key = $"charge-back-{invoice}";
        var body = new { reason = "pallet missing", reference = "DN-7", dueDate = TestApi.Today.AddDays(10) };

        var made = (await app.Client.PostAsync($"/v1/invoices/{invoice}/chargebacks", body, key))
            .ShouldBe(HttpStatusCode.Created);

        var id = made["chargeback"].GetProperty("id").GetGuid();
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/chargebacks", body, key)).Text.ShouldBe(made.Text);
        var chargeback = await app.Client.ReadAsync($"/v1/invoices/{id}");
        (chargeback["kind"].GetString(), Amount(chargeback, "net"), Amount(chargeback, "tax"),
            Amount(chargeback, "balance"), chargeback["dueDate"].GetString())
            .ShouldBe(("debit-memo", "35.19", "2.81", "38.00", $"{TestApi.Today.AddDays(10):O}"));
        chargeback["number"].GetString().ShouldStartWith($"DM-{entity}-");
        var origin = chargeback["chargebackOf"];
        (origin.GetProperty("invoiceId").GetGuid(), origin.GetProperty("installment").GetInt32(),
            origin.GetProperty("reason").GetString(), origin.GetProperty("reference").GetString())
            .ShouldBe((invoice, 1, "pallet missing", "DN-7"));
        var before = await app.Client.ReadAsync($"/v1/invoices/{invoice}");
        (before["status"].GetString(), Amount(before, "balance"),
            before["chargedBack"][0].GetProperty("chargebackId").GetGuid()).ShouldBe(("paid", "0.00", id));

        // A transfer: receivables tie, nothing was sold, nothing moved in the roll-forward or on a statement.
        await TiesAsync(entity, "38.00");
        (await SalesAsync(entity)).ShouldBe(sales);
        (await MovedAsync(entity)).ShouldBe(["invoice-issued 108.00", "payment-applied -70.00"]);
        var statement = (await app.Client.ReadAsync(
            $"/v1/customers/{customer}/statement?from={TestApi.Today.AddDays(-1):O}&to={TestApi.Today:O}")).Text;
        statement.ShouldContain(chargeback["number"].GetString()!);
        statement.ShouldNotContain("charged-back");
        (await app.Client.ReadAsync($"/v1/invoices/{id}/e-invoice")).ShouldBe(HttpStatusCode.Conflict, "no-e-invoice");
        var page = (await app.Client.ReadAsync($"/v1/invoices/{id}/document?format=html", "text/html")).Text;
        page.ShouldContain($"Tax included was billed with invoice {before["number"].GetString()}.");
        page.ShouldNotContain("2.81");
        await ToldAsync(invoice, id);
    }

    [Fact]
    public async Task INV06_taken_back_the_invoice_is_due_as_it_was_and_a_chargeback_that_is_paid_stays()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = (await app.Client.IssueAsync(customer, 100, TestApi.Today.AddDays(-40))).Id;
        var due = (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["dueDate"].GetString();
        var first = await ChargedBackAsync(invoice, 60);
        var second = await ChargedBackAsync(invoice, 40);
        var reason = new { reason = "the goods had not come" };
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, second, 15));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");

        var back = (await app.Client.PostAsync($"/v1/invoices/{invoice}/chargebacks/{first}/reverse", reason))
            .ShouldBe(HttpStatusCode.OK);

        back["chargeback"].GetProperty("status").GetString().ShouldBe("void");
        var after = await app.Client.ReadAsync($"/v1/invoices/{invoice}");
        (after["dueDate"].GetString(), Amount(after, "balance"), after["chargedBack"].GetArrayLength())
            .ShouldBe((due, "60.00", 1));
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/chargebacks/{first}/reverse", reason))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/chargebacks/{second}/reverse", reason))
            .ShouldBe(HttpStatusCode.Conflict, "chargeback-settled");
        await TiesAsync(entity, "85.00");
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&overdueAsOf={TestApi.Today:O}"))["items"]
            .EnumerateArray().Select(one => one.GetProperty("id").GetGuid())
            .ShouldBe([invoice, second], ignoreOrder: true);
    }

    /// <summary>As any debit memo is; what is lost of it is lost of its sale.</summary>
    [Fact]
    public async Task INV06_a_chargeback_is_disputed_credited_and_written_off_and_its_credit_lowers_sales()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await TaxedAsync(customer);
        var chargeback = await ChargedBackAsync(invoice, 38);
        var path = $"/v1/invoices/{chargeback}";

        (await app.Client.PutAsync($"{path}/installments/1/dispute", new { amount = "8", reason = "too much" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"{path}/waive", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "not-waivable");
        (await app.Client.PostAsync($"{path}/void", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "chargeback-not-voided");
        (await app.Client.PostAsync($"{path}/chargebacks", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "not-charged-back");
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/correct", new { reason = "x", lines = Lines() }))
            .ShouldBe(HttpStatusCode.Conflict, "invoice-charged-back");
        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            reason = "price",
            invoiceId = chargeback,
            lines = new[] { new { description = "Pallet", quantity = "1", unitPrice = "10" } },
        })).ShouldBe(HttpStatusCode.Created);
        (await app.Client.PostAsync($"{path}/write-offs", new { reason = "small", amount = "28" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("written-off");

        (await SalesAsync(entity)).ShouldBe("98.00");
        await TiesAsync(entity, "70.00");
        var rates = await app.Client.ReadAsync(
            $"/v1/reports/loss-rates?legalEntity={entity}&from={TestApi.Today.AddDays(-90):O}&to={TestApi.Today:O}");
        var all = rates["rows"][0];
        (all.GetProperty("reached").GetProperty("amount").GetString(),
            all.GetProperty("lost").GetProperty("amount").GetString()).ShouldBe(("108.00", "28.00"));
    }

    [Fact]
    public async Task INV06_what_waits_on_the_invoice_a_closed_day_and_other_terms_are_refused()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = (await app.Client.IssueAsync(customer, 100)).Id;
        var path = $"/v1/invoices/{invoice}/chargebacks";
        var (payment, usd) = (Some.NewId(), new MoneyAmount(30, "USD"));
        PendingPaymentItem[] items = [new(Some.NewId(), invoice, 1, "INV-1", usd)];
        await app.Bus.PublishAsync(new PendingPaymentRecorded(
            payment, entity, "ach", "initiated", customer, usd, TestApi.Today, TestApi.Today.AddDays(5), items));
        await Eventually.Passes(async () => (await IsExpectedAsync(invoice)).ShouldBeTrue());
        (await app.Client.PostAsync(path, new { reason = "x" })).ShouldBe(HttpStatusCode.Conflict, "payment-pending");
        // It is a receipt, and what applies that comes by another queue.
        await app.Bus.PublishAsync(
            new PendingPaymentEnded(payment, entity, "settled", customer, usd, Some.NewId(), items));
        await Eventually.Passes(async () => (await IsExpectedAsync(invoice)).ShouldBeFalse());
        (await app.Client.PostAsync(path, new { reason = "x" })).ShouldBe(HttpStatusCode.Conflict, "payment-pending");
        (await app.Client.PutAsync(
            $"/v1/invoices/{invoice}/installments/1/dispute", new { amount = "50", reason = "x" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync(path, new { reason = "x", amount = "51" }))
            .ShouldBe(HttpStatusCode.Conflict, "item-disputed");
        (await app.Client.PostAsync(path, new { reason = "x", amount = "1", postingDate = TestApi.Today.AddDays(1) }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "posting-date-out-of-range");
        (await app.Client.PostAsync(path, new { reason = "", amount = "1" }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "reason-required");
        using var other = app.ClientWith(ServiceDefaults.Scopes.InvoicingWrite, "OTHER");
        (await other.PostAsync(path, new { reason = "x", amount = "1" })).ShouldBe(HttpStatusCode.Forbidden);
        using var reader = app.ClientWith(ServiceDefaults.Scopes.InvoicingRead, entity);
        (await reader.PostAsync(path, new { reason = "x", amount = "1" })).ShouldBe(HttpStatusCode.Forbidden);
        object[] rules = [new { kind = "terms", upTo = (string?)null, approvals = 1, role = "controller" }];
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);

        (await app.Client.PostAsync(path, new { reason = "x", amount = "1", dueDate = TestApi.Today.AddDays(31) }))
            .ShouldBe(HttpStatusCode.Conflict, "approval-required");
        (await app.Client.PostAsync(path, new { reason = "x", amount = "1", dueDate = TestApi.Today.AddDays(30) }))
            .ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task INV06_asked_for_by_many_at_once_no_more_is_charged_back_than_is_open()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = (await app.Client.IssueAsync(customer, 100)).Id;

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => app.Client.PostAsync(
            $"/v1/invoices/{invoice}/chargebacks", new { reason = "short", amount = "40" })));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(2);
        answers.Where(answer => answer.Status != HttpStatusCode.Created)
            .ShouldAllBe(answer => answer.Code == "exceeds-balance");
        await TiesAsync(entity, "100.00");
    }

    [Fact]
    public async Task INV06_in_another_currency_the_chargeback_is_worth_what_the_invoice_is_less_by()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity, currency: "EUR");
        await app.Client.RateAsync(entity, "EUR", 1.1234m, TestApi.Today.AddDays(-5));
        var invoice = (await app.Client.IssueAsync(customer, 99.99m, TestApi.Today.AddDays(-4))).Id;
        await app.Client.RateAsync(entity, "EUR", 1.3m, TestApi.Today);

        var chargeback = await ChargedBackAsync(invoice, 33.33m);

        (await MovedAsync(entity)).ShouldBe(["invoice-issued 99.99"]);
        await TiesAsync(entity, null);
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/chargebacks/{chargeback}/reverse", new { reason = "x" }))
            .ShouldBe(HttpStatusCode.OK);
        await TiesAsync(entity, null);
    }

    private async Task<bool> IsExpectedAsync(Guid invoice)
    {
        await using var command = app.Store.Database.CreateCommand(
            "select exists (select 1 from pending_payments where pending and invoice_id = $1)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = invoice });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private async Task ToldAsync(Guid invoice, Guid chargeback)
    {
        var told = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<OpenItemsChanged>(chargeback)), heard => heard.Count == 1, "told");
        (told[0].InvoiceId, told[0].Kind, told[0].Amount.Amount, told[0].SourceId, told[0].Items[0].Balance.Amount)
            .ShouldBe((invoice, "charged-back", 38m, chargeback, 0m));
        var issued = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<InvoiceIssued>(chargeback)), heard => heard.Count == 1, "issued");
        (issued[0].ChargebackOf, issued[0].OrderReference, issued[0].Items[0].Kind, issued[0].Items[0].Balance.Amount)
            .ShouldBe((invoice, null, "debit-memo", 38m));
    }

    private async Task<Guid> ChargedBackAsync(Guid invoice, decimal amount) =>
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/chargebacks", new { reason = "short", amount }))
        .ShouldBe(HttpStatusCode.Created)["chargeback"].GetProperty("id").GetGuid();

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

    /// <summary>An invoice of 100.00 and 8.00 tax.</summary>
    private async Task<Guid> TaxedAsync(Guid customer) => (await app.Client.PostAsync("/v1/invoices", new
    {
        customerId = customer,
        orderReference = "SO-1",
        lines = Lines(),
    })).ShouldBe(HttpStatusCode.Created).Id;

    private static object[] Lines() =>
        [new { description = "Pallets", quantity = "1", unitPrice = "100", taxRate = "0.08", taxCode = "TX" }];

    private async Task<string?> SalesAsync(string entity) => (await app.Client.ReadAsync(
        $"/v1/reports/dso?legalEntity={entity}&from={TestApi.Today.AddDays(-90):O}&to={TestApi.Today:O}"))["rows"][0]
        .GetProperty("sales").GetProperty("amount").GetString();

    private async Task<IEnumerable<string>> MovedAsync(string entity) => (await app.Client.ReadAsync(
        $"/v1/reports/roll-forward?legalEntity={entity}&from={TestApi.Today.AddDays(-90):O}&to={TestApi.Today:O}"))
        ["rows"][0].GetProperty("movements").EnumerateArray().Select(one =>
            $"{one.GetProperty("kind").GetString()} {one.GetProperty("amount").GetProperty("amount").GetString()}");

    private async Task TiesAsync(string entity, string? total)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        if (total is not null)
            report["rows"][0].GetProperty("controlAccount").GetProperty("amount").GetString().ShouldBe(total);
    }

    private static string? Amount(Answer answer, string property) =>
        answer[property].GetProperty("amount").GetString();
}
