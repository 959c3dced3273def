using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class OpenCredits(InvoicingApp app)
{
    [Fact]
    public async Task Settle_by_themselves_what_is_due_first_and_is_not_disputed_once_by_many_instances()
    {
        var (entity, customer) = await CustomerAsync();
        var later = await app.Client.IssueAsync(customer, 50);
        var earlier = await app.Client.IssueAsync(customer, 50, TestApi.Today.AddDays(-40));
        (await app.Client.PutAsync(
            $"/v1/invoices/{earlier.Id}/installments/1/dispute", new { amount = "40", reason = "x" }))
            .ShouldBe(HttpStatusCode.OK);
        var old = await MemoAsync(customer, 30, TestApi.Today.AddDays(-3));
        var young = await MemoAsync(customer, 10, TestApi.Today.AddDays(-2));
        await ApplyAsync(entity);
        (await OpenAsync(old)).ShouldBe("30.00");
        await PolicyAsync(entity);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ApplyAsync(entity)));

        (await OpenAsync(old), await OpenAsync(young)).ShouldBe(("0.00", "10.00"));
        (await BalanceAsync(earlier.Id), await BalanceAsync(later.Id)).ShouldBe(("40.00", "30.00"));
        var report = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        report["ties"].GetBoolean().ShouldBeTrue(report.Text);
        report["rows"][0].GetProperty("controlAccount").GetProperty("amount").GetString().ShouldBe("60.00");
    }

    [Fact]
    public async Task Are_left_to_the_person_who_has_taken_them_back()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100);
        var memo = await MemoAsync(customer, 30, TestApi.Today.AddDays(-3));
        await PolicyAsync(entity);
        await ApplyAsync(entity);
        var application = (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["applications"].EnumerateArray()
            .ShouldHaveSingleItem().GetProperty("id").GetGuid();
        (await app.Client.PostAsync(
            $"/v1/credit-memos/{memo}/applications/{application}/reverse", new { reason = "for the next order" }))
            .ShouldBe(HttpStatusCode.OK);

        await ApplyAsync(entity);

        (await OpenAsync(memo), await BalanceAsync(invoice.Id)).ShouldBe(("30.00", "100.00"));
    }

    /// <summary>
    /// D-04: money on its way would find nothing to pay. The end may come first, and each message twice.
    /// </summary>
    [Fact]
    public async Task D04_leave_what_a_pending_payment_is_to_pay_until_that_ends()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100, TestApi.Today.AddDays(-40));
        var memo = await MemoAsync(customer, 90, TestApi.Today.AddDays(-3));
        await PolicyAsync(entity);
        var item = new PendingPaymentItem(Some.NewId(), invoice.Id, 1, "INV", new MoneyAmount(70, "USD"));
        var late = item with { ItemId = Some.NewId() };
        var recorded = new PendingPaymentRecorded(
            Some.NewId(), entity, "card", "authorized", customer, item.Amount, TestApi.Today, TestApi.Today, [item]);
        var ended = new PendingPaymentEnded(
            recorded.PendingPaymentId, entity, "failed", customer, item.Amount, null, [item]);
        var message = Some.NewId();
        await app.Bus.PublishAsync(ended with { PendingPaymentId = Some.NewId(), Items = [late] });
        await KnownAsync(late.ItemId, pending: false);
        await app.Bus.PublishAsync(recorded with { Items = [item, late] }, message);
        await app.Bus.PublishAsync(recorded with { Items = [item, late] }, message);
        await KnownAsync(item.ItemId, pending: true);

        await ApplyAsync(entity);
        (await app.Client.PostAsync($"/v1/customers/{customer}/credit-memos/apply", new { }))
            .ShouldBe(HttpStatusCode.OK);

        (await OpenAsync(memo), await BalanceAsync(invoice.Id)).ShouldBe(("60.00", "70.00"));
        await app.Bus.PublishAsync(ended);
        await KnownAsync(item.ItemId, pending: false);
        await ApplyAsync(entity);
        (await OpenAsync(memo), await BalanceAsync(invoice.Id)).ShouldBe(("0.00", "10.00"));
    }

    /// <summary>
    /// The payment is a receipt, and the message that applies it comes by another queue, a minute later: it still finds
    /// what it was to pay.
    /// </summary>
    [Fact]
    public async Task D04_leave_what_a_payment_that_was_settled_is_about_to_pay()
    {
        var (entity, customer) = await CustomerAsync();
        var invoice = await app.Client.IssueAsync(customer, 100, TestApi.Today.AddDays(-40));
        var memo = await MemoAsync(customer, 90, TestApi.Today.AddDays(-3));
        await PolicyAsync(entity);
        var item = new PendingPaymentItem(Some.NewId(), invoice.Id, 1, "INV", new MoneyAmount(70, "USD"));
        var payment = Some.NewId();
        await app.Bus.PublishAsync(new PendingPaymentRecorded(
            payment, entity, "card", "authorized", customer, item.Amount, TestApi.Today, TestApi.Today, [item]));
        await KnownAsync(item.ItemId, pending: true);
        await app.Bus.PublishAsync(new PendingPaymentEnded(
            payment, entity, "settled", customer, item.Amount, Some.NewId(), [item]));
        await KnownAsync(item.ItemId, pending: false);

        await ApplyAsync(entity);

        (await OpenAsync(memo), await BalanceAsync(invoice.Id)).ShouldBe(("60.00", "70.00"));
        await using var later = app.Store.Database.CreateCommand(
            "update pending_payments set settled_at = settled_at - interval '16 minutes' where item_id = $1");
        later.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.ItemId });
        (await later.ExecuteNonQueryAsync()).ShouldBe(1);
        await ApplyAsync(entity);
        (await OpenAsync(memo), await BalanceAsync(invoice.Id)).ShouldBe(("0.00", "10.00"));
    }

    private Task KnownAsync(Guid item, bool pending) => Eventually.BecomesTrue(
        async () =>
        {
            await using var command = app.Store.Database.CreateCommand(
                "select count(*) from pending_payments where item_id = $1 and pending = $2");
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item });
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = pending });
            return (long)(await command.ExecuteScalarAsync())! == 1;
        },
        "the word about the pending payment is here");

    private Task ApplyAsync(string entity) => app.Services.GetRequiredService<AutomaticCredits>()
        .ApplyAsync(new EventMetadata("tester"), entity, TestApi.Attempt, CancellationToken.None);

    private async Task PolicyAsync(string entity) =>
        (await app.Client.PutAsync(
            $"/v1/legal-entities/{entity}/automation-policy", new { openCredits = new { afterDays = 3 } }))
        .ShouldBe(HttpStatusCode.OK)["openCredits"].GetProperty("afterDays").GetInt32().ShouldBe(3);

    private async Task<(string Entity, Guid Customer)> CustomerAsync()
    {
        var entity = await app.EntityAsync();
        return (entity, await app.Client.RegisterAsync(entity));
    }

    private async Task<Guid> MemoAsync(Guid customerId, decimal amount, DateOnly date) =>
        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId,
            reason = "price",
            creditDate = date,
            lines = new[] { new { description = "Wrong price", quantity = "1", unitPrice = amount } },
        })).ShouldBe(HttpStatusCode.Created).Id;

    private async Task<string?> OpenAsync(Guid memo) => (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["open"]
        .GetProperty("amount").GetString();

    private async Task<string?> BalanceAsync(Guid invoice) => (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))
        ["balance"].GetProperty("amount").GetString();
}
