using System.Text.Json;
using System.Xml.Linq;
using OrderToCash.CashApplication.Payouts;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Refunds of credit memos that Invoicing has approved are paid out like those of receipts.</summary>
public sealed class Refunds_of_credit_memos(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private const string PayeeIban = "DE02500105170137075030";

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    /// <summary>I-18: told twice, by the same message and by another, it is paid once, and comes back once.</summary>
    [Fact]
    public async Task i18_are_paid_once_by_a_file_and_come_back_by_a_statement()
    {
        var account = await AccountAsync("US01-C1", "DE02120300000000202051");
        var (told, message) = (Told("1", 140m, new RefundPayee("Globex Corporation", "DE02 5001 0517 0137 0750 30")),
            Ids.From("test", "message 1"));
        await app.Invoicing.PublishAsync(told, 2, message);
        await app.Invoicing.PublishAsync(told, 2, message);
        await app.Invoicing.PublishAsync(told with { Amount = new MoneyAmount(150m, "USD") }, 2);
        var refund = await EventuallyAsync(told, "approved");
        (refund.Amount("amount"), refund.Id("creditMemoId"), refund.Text("creditMemoNumber")).ShouldBe(
            (140m, told.CreditMemoId, told.Number));
        refund.Text("requestedBy").ShouldBe("ana");
        refund.GetProperty("receiptId").ValueKind.ShouldBe(JsonValueKind.Null);

        // No refund is named: all that wait are paid, this one among them.
        var file = await app.Client.PostAsync("/v1/payment-files", new { bankAccount = account });
        var transfer = XDocument.Parse(await app.Client.GetStringAsync(
                new Uri($"/v1/payment-files/{file.Id()}/content", UriKind.Relative)))
            .Descendants(Name("CdtTrfTxInf")).Single(one =>
                one.Descendants(Name("EndToEndId")).Single().Value == CreditTransferFile.EndToEndId(told.RefundId));
        (transfer.Descendants(Name("InstdAmt")).Single().Value, transfer.Descendants(Name("IBAN")).Single().Value,
            transfer.Descendants(Name("Ustrd")).Single().Value)
            .ShouldBe(("140.00", PayeeIban, $"Refund {told.Number} {told.Reference}"));
        await EventuallyAsync(told, "paid");
        await app.Client.PostAsync(
            "/v1/payment-files", new { bankAccount = account, refunds = new[] { told.RefundId } }, 409);
        await PostedAsync(told, -140m);

        var statement = new Camt("CM-BACK", new DateOnly(2026, 11, 5), 0m) { Iban = "DE02120300000000202051" }
            .CameBack(140m, CreditTransferFile.EndToEndId(told.RefundId));
        await app.Client.PostAsync("/v1/bank-statements", (object)Xml(statement.Xml()));
        await EventuallyAsync(told, "returned");
        await PostedAsync(told, 0m);
        var row = (await app.Client.ReadAsync($"/v1/bank-statements/returns?bankAccount={account}")).Items()
            .ShouldHaveSingleItem();
        (row.Id("refundId"), row.Text("foundBy")).ShouldBe((told.RefundId, "reference"));
        var day = (await app.Client.ReadAsync($"/v1/cash-days?from=2026-11-05&bankAccount={account}")).Items("days")
            .ShouldHaveSingleItem();
        (day.Text("status"), day.Amount("credits"), day.Amount("receipts"), day.Amount("ledger"))
            .ShouldBe(("balanced", 140m, 140m, 140m));
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task are_taken_back_by_a_person_while_they_are_in_no_file()
    {
        var told = Told("2", 70m, new RefundPayee("Globex Corporation", PayeeIban));
        await app.Invoicing.PublishAsync(told, 2);
        await EventuallyAsync(told, "approved");
        using var canadian = app.ClientWith("cash:read cash:write", "CA01");
        (await canadian.PostAsync($"/v1/refunds/{told.RefundId}/cancel", new { reason = "x" }, 403))
            .ShouldHaveCode("entity-not-allowed");
        (await canadian.ReadAsync($"/v1/refunds?creditMemoId={told.CreditMemoId}")).Items().ShouldBeEmpty();
        (await app.Client.PostAsync($"/v1/refunds/{told.RefundId}/cancel", new { reason = "paid otherwise" }, 200))
            .Text("status").ShouldBe("cancelled");
        var listed = (await app.Client.ReadAsync($"/v1/refunds?creditMemoId={told.CreditMemoId}")).Items()
            .ShouldHaveSingleItem();
        (listed.Id("creditMemoId"), listed.Text("creditMemoNumber"), listed.Text("status"))
            .ShouldBe((told.CreditMemoId, told.Number, "cancelled"));
    }

    /// <summary>The customer has paid from just one known account, which nobody approved for this refund.</summary>
    [Fact]
    public async Task are_declined_without_an_account_that_was_approved_and_can_be_paid()
    {
        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("5.00", account: PayeeIban))).Id();
        await app.Client.PostAsync($"/v1/receipts/{receipt}/customer", new { customerId = Invoicing.Initech }, 200);
        var none = Told("3", 10m, null) with { CustomerId = Invoicing.Initech };
        await app.Invoicing.PublishAsync(none, 2);
        (await EventuallyAsync(none, "rejected")).GetProperty("payee").GetProperty("iban").ValueKind
            .ShouldBe(JsonValueKind.Null);
        var wrong = Told("6", 10m, new RefundPayee("Globex", "DE00500105170137075030"));
        await app.Invoicing.PublishAsync(wrong, 2);
        await EventuallyAsync(wrong, "rejected");
    }

    /// <summary>
    /// What was paid in bounced and came again while it waited for its approval; the word of that comes late, and once
    /// more after it.
    /// </summary>
    [Fact]
    public async Task are_paid_where_they_were_approved_after_invoicing_took_them_back()
    {
        var told = Told("7", 30m, new RefundPayee("Globex Corporation", PayeeIban));
        var withdrawn = new CreditRefundWithdrawn(told.RefundId, Ids.From("test", "i"), "US01", told.Amount, "bounced");
        await app.Invoicing.PublishAsync(withdrawn, 5);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(
                $"select count(*) from mt_events where stream_id = '{told.RefundId}'") == 1,
            "it is kept");

        await app.Invoicing.PublishAsync(told, 9);

        await EventuallyAsync(told, "approved");
        await app.Invoicing.PublishAsync(withdrawn with { Reason = "bounced before" }, 6);
        await app.Invoicing.PublishAsync(withdrawn with { Reason = "bounced again" }, 12);
        await EventuallyAsync(told, "cancelled");
        (await app.ScalarAsync<string>(
            $"select data::text from mt_events where stream_id = '{told.RefundId}' " +
            "and type = 'credit_refund_cancelled'"))
            .ShouldContain("bounced again");
    }

    private static CreditRefundApproved Told(string name, decimal amount, RefundPayee? payee) => new(
        Ids.From("test-refund", name), Ids.From("test-memo", name), $"CM-US01-2026-00000{name}", "US01",
        Invoicing.Globex, new MoneyAmount(amount, "USD"), $"E2E-{name}", "1090", "goods came back", "ana", "mia",
        payee);

    private Task<JsonElement> EventuallyAsync(CreditRefundApproved told, string status) => Eventually.Becomes(
        async () => (await app.Client.ReadAsync($"/v1/refunds?creditMemoId={told.CreditMemoId}")).Items() is [_]
            ? await app.Client.ReadAsync($"/v1/refunds/{told.RefundId}")
            : default,
        refund => refund.ValueKind == JsonValueKind.Object && refund.Text("status") == status, status);

    private async Task PostedAsync(CreditRefundApproved told, decimal onBank) =>
        (await app.ScalarAsync<decimal>($"select sum(amount) from bank_postings where refund_id = '{told.RefundId}'"))
            .ShouldBe(onBank);

    private async Task<string> AccountAsync(string code, string iban)
    {
        await app.Client.PutAsync($"/v1/bank-accounts/{code}",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        return code;
    }

    private static XName Name(string element) => XName.Get(element, CreditTransferFile.Namespace);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
