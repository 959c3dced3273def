using System.Globalization;
using System.Net;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>Refunds of credit memos that cash application pays. Those above 100 wait for a manager.</summary>
public class RefundsPaidOut(InvoicingApp app)
{
    private static readonly object Payee = new { name = "Globex", iban = "DE89370400440532013000" };

    [Fact]
    public async Task Are_kept_when_they_are_approved_and_leave_the_books_when_they_are_paid()
    {
        var entity = await EntityAsync(payRefunds: true);
        var memo = await MemoAsync(await app.Client.RegisterAsync(entity), 400);
        var path = $"/v1/credit-memos/{memo}/refunds";
        using var requester = app.Approver("ana", "ar-manager");
        var waiting = (await requester.PostAsync(path, Refund("E2E-1", 300, Payee))).ShouldBe(HttpStatusCode.Accepted);
        waiting["subject"].GetString().ShouldNotBeNull().ShouldEndWith("to DE89370400440532013000 (Globex)");
        app.Bus.Heard<CreditRefundApproved>(memo).ShouldBeEmpty();
        using var manager = app.Approver("mia", "ar-manager");
        (await manager.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "agreed" }))
            .ShouldBe(HttpStatusCode.OK);

        await ShowsAsync(memo, open: "400.00", available: "100.00");
        var told = await ToldAsync(memo);
        (told.Amount, told.Reference, told.ClearingAccount, told.RequestedBy, told.ApprovedBy, told.Payee!.Iban)
            .ShouldBe((new MoneyAmount(300, "USD"), "E2E-1", "1090", "ana", "mia", "DE89370400440532013000"));
        (await app.Client.PostAsync(path, Refund("E2E-2", 100.01m, Payee)))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-open");
        await TiesAsync(entity, "-400.00");

        // Of a status that a later release may bring nothing is free again.
        await app.Bus.PublishAsync(Changed(told, "in-payment"), Some.NewId());
        var (paid, message) = (Changed(told, "paid", TestApi.Today), Some.NewId());
        await app.Bus.PublishAsync(paid, message);
        await app.Bus.PublishAsync(paid, message);
        await app.Bus.PublishAsync(paid, Some.NewId());
        await Eventually.Passes(() => ShowsAsync(memo, open: "100.00", available: "100.00"));
        await TiesAsync(entity, "-100.00");
        (await app.Client.PostAsync($"{path}/{told.RefundId}/return", new { reason = "closed" }))
            .ShouldBe(HttpStatusCode.Conflict, "refund-paid-by-cash");

        var back = Changed(told, "returned", TestApi.Today, TestApi.Today) with { Reason = "account closed" };
        await app.Bus.PublishAsync(back, Some.NewId());
        await app.Bus.PublishAsync(back, Some.NewId());
        await Eventually.Passes(() => ShowsAsync(memo, open: "400.00", available: "400.00"));
        await app.Bus.PublishAsync(paid, Some.NewId());
        await TiesAsync(entity, "-400.00");
        await Eventually.BecomesTrue(
            () => app.Bus.Heard<CreditMemoChanged>(memo).Select(one => one.Kind).SequenceEqual(
                ["refunded", "refund-returned"]),
            "everybody is told, once each");
        app.Bus.Heard<CreditRefundApproved>(memo).ShouldHaveSingleItem();
    }

    /// <summary>
    /// I-18: what is kept for refunds counts for the invoice, too, and is free again where none comes.
    /// </summary>
    [Fact]
    public async Task I18_never_come_to_more_than_was_paid_on_the_invoice()
    {
        var entity = await EntityAsync(payRefunds: true);
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 100);
        var memo = await MemoAsync(customer, 100, invoice.Id);
        await PaidAsync(invoice.Id, 60);
        var path = $"/v1/credit-memos/{memo}/refunds";

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            app.Client.PostAsync(path, Refund($"E2E-{n}", 25, Payee))));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(2);
        answers.Count(answer => answer.Code == "exceeds-paid").ShouldBe(6);
        var told = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<CreditRefundApproved>(memo)), all => all.Count == 2, "both are told");
        await app.Bus.PublishAsync(Changed(told[0], "declined") with { Reason = "no account" }, Some.NewId());
        await Eventually.Passes(() => ShowsAsync(memo, open: "100.00", available: "75.00"));
        (await app.Client.PostAsync(path, Refund("E2E-9", 35.01m, Payee)))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-paid");
        (await app.Client.PostAsync(path, Refund("E2E-9", 35, Payee))).ShouldBe(HttpStatusCode.OK);
        await TiesAsync(entity, "-60.00");
    }

    /// <summary>60 of the 100 were paid on a deposit; what comes back of that was not paid on the invoice.</summary>
    [Fact]
    public async Task I18_are_withdrawn_where_the_payment_of_a_netted_deposit_comes_back()
    {
        var customer = await app.Client.RegisterAsync(await EntityAsync(payRefunds: true));
        var lines = new[] { new { description = "Ahead", quantity = "1", unitPrice = "60" } };
        var deposit = (await app.Client.PostAsync("/v1/deposits", new { customerId = customer, lines }))
            .ShouldBe(HttpStatusCode.Created);
        var ahead = await PaidAsync(deposit.Id, 60);
        var invoice = await app.Client.IssueAsync(customer, 100);
        (await app.Client.PostAsync($"/v1/deposits/{deposit.Id}/applications", new { invoiceId = invoice.Id }))
            .ShouldBe(HttpStatusCode.OK);
        await PaidAsync(invoice.Id, 40);
        var memo = await MemoAsync(customer, 100, invoice.Id);
        var path = $"/v1/credit-memos/{memo}/refunds";
        (await app.Client.PostAsync(path, Refund("E2E-1", 50, Payee))).ShouldBe(HttpStatusCode.OK);
        var told = await ToldAsync(memo);

        await app.Bus.PublishAsync(Messages.ReversalRequested(ahead, deposit.Id, 60));

        await Eventually.BecomesTrue(
            () => app.Bus.Heard<CreditRefundWithdrawn>(told.RefundId).Count == 1, "it is withdrawn");
        await app.Bus.PublishAsync(Changed(told, "declined") with { Reason = "withdrawn" }, Some.NewId());
        await Eventually.Passes(() => ShowsAsync(memo, open: "100.00", available: "100.00"));
        (await app.Client.PostAsync(path, Refund("E2E-2", 40.01m, Payee)))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-paid");
        (await app.Client.PostAsync(path, Refund("E2E-2", 40, Payee))).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>
    /// 60 of a deposit of 100 pay an invoice, 40 of it are credited. 50 of its payment come back, but the 40 had left
    /// already: together that is what was to be paid back of the invoice.
    /// </summary>
    [Fact]
    public async Task I18_are_withdrawn_where_a_netted_deposit_was_paid_back_that_its_payment_left()
    {
        var customer = await app.Client.RegisterAsync(await EntityAsync(payRefunds: true));
        var lines = new[] { new { description = "Ahead", quantity = "1", unitPrice = "100" } };
        var deposit = (await app.Client.PostAsync("/v1/deposits", new { customerId = customer, lines }))
            .ShouldBe(HttpStatusCode.Created);
        var (bounces, _) = (await PaidAsync(deposit.Id, 50), await PaidAsync(deposit.Id, 50));
        var invoice = await app.Client.IssueAsync(customer, 100);
        (await app.Client.PostAsync(
            $"/v1/deposits/{deposit.Id}/applications", new { invoiceId = invoice.Id, amount = 60 }))
            .ShouldBe(HttpStatusCode.OK);
        await PaidAsync(invoice.Id, 40);
        var (ofDeposit, ofInvoice) =
            (await MemoAsync(customer, 40, deposit.Id), await MemoAsync(customer, 100, invoice.Id));
        foreach (var (memo, amount) in new[] { (ofDeposit, 40), (ofInvoice, 60) })
        {
            (await app.Client.PostAsync($"/v1/credit-memos/{memo}/refunds", Refund("E2E-1", amount, Payee)))
                .ShouldBe(HttpStatusCode.OK);
        }

        var (left, kept) = (await ToldAsync(ofDeposit), await ToldAsync(ofInvoice));
        await app.Bus.PublishAsync(Messages.ReversalRequested(bounces, deposit.Id, 50));
        await Eventually.BecomesTrue(
            () => app.Bus.Heard<CreditRefundWithdrawn>(left.RefundId).Count == 1, "it is withdrawn, too late");
        app.Bus.Heard<CreditRefundWithdrawn>(kept.RefundId).ShouldBeEmpty();

        await app.Bus.PublishAsync(Changed(left, "paid", TestApi.Today), Some.NewId());

        await Eventually.BecomesTrue(
            () => app.Bus.Heard<CreditRefundWithdrawn>(kept.RefundId).Count == 1, "the other one is withdrawn");
    }

    /// <summary>
    /// Who approves it has seen it covered; what takes that away comes after it, and so is the later word for whoever
    /// pays.
    /// </summary>
    [Fact]
    public async Task Are_approved_while_their_invoice_stands_still()
    {
        var customer = await app.Client.RegisterAsync(await EntityAsync(payRefunds: true));
        var invoice = await app.Client.IssueAsync(customer, 400);
        await PaidAsync(invoice.Id, 400);
        var memo = await MemoAsync(customer, 400, invoice.Id);
        using var requester = app.Approver("ana", "ar-manager");
        var waiting = (await requester.PostAsync($"/v1/credit-memos/{memo}/refunds", Refund("E2E-1", 300, Payee)))
            .ShouldBe(HttpStatusCode.Accepted);
        using var manager = app.Approver("mia", "ar-manager");
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await using var moving = await connection.BeginTransactionAsync();
        await using var hold = connection.CreateCommand();
        hold.CommandText = $"select id from mt_streams where id = '{invoice.Id}' for no key update";
        (await hold.ExecuteScalarAsync()).ShouldBe(invoice.Id);

        var approval = manager.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "agreed" });

        await using var waits = app.Database.Source.CreateCommand(
            "select count(*) from pg_stat_activity where datname = current_database() " +
            "and wait_event_type = 'Lock' and query ~ 'for share'");
        await Eventually.BecomesTrue(async () => (long)(await waits.ExecuteScalarAsync())! > 0, "it waits");
        await moving.RollbackAsync();
        (await approval).ShouldBe(HttpStatusCode.OK);
        await ToldAsync(memo);
    }

    /// <summary>While an older release may run beside this one, the policy is off, and all is as it was.</summary>
    [Fact]
    public async Task Are_paid_by_hand_where_the_policy_is_off_or_was_when_they_were_asked_for()
    {
        var entity = await EntityAsync(payRefunds: false);
        var memo = await MemoAsync(await app.Client.RegisterAsync(entity), 400);
        var path = $"/v1/credit-memos/{memo}/refunds";
        (await app.Client.PostAsync(path, Refund("E2E-1", 50, Payee)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "refund-paid-by-hand");
        using var requester = app.Approver("ana", "ar-manager");
        var waiting = (await requester.PostAsync(path, Refund("E2E-1", 300))).ShouldBe(HttpStatusCode.Accepted);
        await PolicyAsync(entity, payRefunds: true);
        foreach (var unpayable in new[] { null, new { name = "Globex" } })
        {
            (await app.Client.PostAsync(path, Refund("E2E-2", 50, unpayable)))
                .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-refund");
        }

        using var manager = app.Approver("mia", "ar-manager");
        (await manager.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "agreed" }))
            .ShouldBe(HttpStatusCode.OK);

        await ShowsAsync(memo, open: "100.00", available: "100.00");
        await TiesAsync(entity, "-100.00");
        app.Bus.Heard<CreditRefundApproved>(memo).ShouldBeEmpty();
    }

    /// <summary>The day of the payment has no rate: both sides are worth what they were at the approval.</summary>
    [Fact]
    public async Task I16_are_worth_the_same_on_both_sides_of_cash_clearing()
    {
        var entity = await EntityAsync(payRefunds: true);
        await app.Client.RateAsync(entity, "EUR", 1.30m, TestApi.Today);
        var memo = await MemoAsync(await app.Client.RegisterAsync(entity, currency: "EUR"), 30);
        // 39 USD, which nobody must approve.
        (await app.Client.PostAsync($"/v1/credit-memos/{memo}/refunds", Refund("E2E-1", 30, Payee)))
            .ShouldBe(HttpStatusCode.OK);
        var (told, day) = (await ToldAsync(memo), TestApi.Today.AddDays(-3));
        var (some, none) = (new MoneyAmount(30, "EUR"), new MoneyAmount(0, "EUR"));
        await app.Bus.PublishAsync(new Contracts.CashApplication.V1.JournalEntryPosted(
            Some.NewId(), entity, day, "refund-paid", told.RefundId, told.Number, told.CustomerId,
            [
                new Contracts.JournalLine("1090", "cash-clearing", some, none),
                new Contracts.JournalLine("1000", "bank", none, some),
            ],
            day));
        await app.Bus.PublishAsync(Changed(told, "paid", day), Some.NewId());
        await Eventually.Passes(async () => (await ClearingAsync(entity)).ShouldBe((2, 0m)));

        await app.Client.RateAsync(entity, "EUR", 1.40m, day);
        (await ClearingAsync(entity)).ShouldBe((2, 0m));
    }

    /// <summary>Lines of cash clearing that have a worth in the books, and what they come to.</summary>
    private async Task<(int Lines, decimal Worth)> ClearingAsync(string entity)
    {
        var lines = (await app.Client.ReadAsync($"/v1/journal-entries?legalEntity={entity}&limit=100"))["items"]
            .EnumerateArray().SelectMany(entry => entry.GetProperty("lines").EnumerateArray())
            .Where(line => line.GetProperty("role").GetString() == "cash-clearing"
                && line.GetProperty("baseDebit").ValueKind == JsonValueKind.Object).ToList();
        return (lines.Count, lines.Sum(line => Worth(line, "baseDebit") - Worth(line, "baseCredit")));

        static decimal Worth(JsonElement line, string side) => decimal.Parse(
            line.GetProperty(side).GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
    }

    private static CreditRefundChanged Changed(
        CreditRefundApproved told, string status, DateOnly? paidOn = null, DateOnly? returnedOn = null) => new(
        told.RefundId, told.CreditMemoId, told.LegalEntity, status, told.Amount, PaidOn: paidOn,
        ReturnedOn: returnedOn);

    private static object Refund(string reference, decimal amount, object? payee = null) =>
        new { reason = "goods came back", reference, amount, payee };

    private async Task<Guid> PaidAsync(Guid invoice, decimal amount)
    {
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, amount));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
        return allocation;
    }

    private async Task<CreditRefundApproved> ToldAsync(Guid memo) => (await Eventually.Becomes(
        () => Task.FromResult(app.Bus.Heard<CreditRefundApproved>(memo)), all => all.Count == 1, "it is told"))[0];

    private async Task<string> EntityAsync(bool payRefunds)
    {
        var entity = await app.EntityAsync();
        var rules = new object[]
        {
            new { kind = "refund", upTo = "100", approvals = 0 },
            new { kind = "refund", upTo = (string?)null, approvals = 1, role = "ar-manager" },
        };
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        await PolicyAsync(entity, payRefunds);
        return entity;
    }

    private async Task PolicyAsync(string entity, bool payRefunds) =>
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/automation-policy", new { payRefunds }))
            .ShouldBe(HttpStatusCode.OK)["payRefunds"].GetBoolean().ShouldBe(payRefunds);

    private async Task<Guid> MemoAsync(Guid customerId, decimal amount, Guid? invoiceId = null) =>
        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId,
            invoiceId,
            reason = "return",
            apply = false,
            lines = new[] { new { description = "Returned", quantity = "1", unitPrice = amount } },
        })).ShouldBe(HttpStatusCode.Created).Id;

    private async Task ShowsAsync(Guid memo, string open, string available)
    {
        var now = await app.Client.ReadAsync($"/v1/credit-memos/{memo}");
        (now["open"].GetProperty("amount").GetString(), now["available"].GetProperty("amount").GetString())
            .ShouldBe((open, available));
    }

    private async Task TiesAsync(string entity, string total)
    {
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        report["rows"][0].GetProperty("controlAccount").GetProperty("amount").GetString().ShouldBe(total);
    }
}
