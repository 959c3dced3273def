using System.Text.Json;
using System.Xml.Linq;
using OrderToCash.CashApplication.Payouts;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// Free money that goes back or is given up. Refunds above 200.00, payment files above 400.00 and rests above 4.99 need
/// a controller.
/// </summary>
public sealed class Money_that_goes_back(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly Guid Matrix = Guid.Parse("0199e000-0000-7000-8000-000000000001");

    public async ValueTask InitializeAsync()
    {
        await app.IntroducedAsync();
        await app.Invoicing.PublishAsync(
            new ApprovalMatrixDefined("US01",
            [
                new ApprovalRule("refund", 200m, 0, null, null),
                new ApprovalRule("refund", null, 1, "controller", null),
                new ApprovalRule("payout", 400m, 0, null, null),
                new ApprovalRule("payout", null, 1, "controller", null),
                new ApprovalRule("write-off", 4.99m, 0, null, null),
                new ApprovalRule("write-off", null, 1, "controller", null),
            ], "USD"),
            1, Matrix);
        await Eventually.BecomesTrue(
            () => app.ScalarAsync<bool>("select exists (select 1 from mt_streams where type = 'approval_matrix')"),
            "the approval matrix is known");
    }

    /// <summary>I-18: what is asked for, paid and sent back never adds up to more than came in.</summary>
    [Fact]
    public async Task i18_is_kept_back_paid_by_a_file_and_free_again_when_the_bank_sends_it_back()
    {
        var account = await AccountAsync("US01-R1", "DE02120300000000202051");
        var receipt = await ReceiptAsync("640.00");
        var refund = await app.Client.PostAsync("/v1/refunds", Wish(receipt, "140.00"));
        refund.Text("status").ShouldBe("approved");
        await PlacesAsync(receipt, unapplied: 500m, pending: 140m);
        (await app.Client.PostAsync("/v1/refunds", Wish(receipt, "500.01"), 422)).ShouldHaveCode("exceeds-unapplied");

        var file = await app.Client.PostAsync(
            "/v1/payment-files", new { bankAccount = account, refunds = new[] { refund.Id() } });
        file.Text("status").ShouldBe("released");
        await PlacesAsync(receipt, unapplied: 500m, refunded: 140m);
        var transfer = (await ContentAsync(file.Id())).Descendants(Name("CdtTrfTxInf")).ShouldHaveSingleItem();
        transfer.Descendants(Name("InstdAmt")).Single().Value.ShouldBe("140.00");
        transfer.Descendants(Name("IBAN")).Single().Value.ShouldBe(Camt.Account);
        var path = $"/v1/refunds/{refund.Id()}";
        (await app.Client.ReadAsync(path)).Text("status").ShouldBe("paid");
        (await app.Client.PostAsync($"{path}/cancel", new { reason = "too late" }, 409)).ShouldHaveCode("refund-state");

        (await app.Client.PostAsync($"{path}/return", new { reason = "account closed" }, 200)).Text("status")
            .ShouldBe("returned");
        await PlacesAsync(receipt, unapplied: 640m);
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
    }

    /// <summary>
    /// I-18: the credit by which a refund comes back is no receipt; its money is free again once, whoever says so
    /// beside the statement. Charges that the bank gives back are no receipt either.
    /// </summary>
    [Fact]
    public async Task i18_is_free_again_once_when_the_statement_brings_it_back()
    {
        var account = await AccountAsync("US01-R6", "DE02100500000054540402");
        var receipt = await ReceiptAsync("640.00");
        var refund = (await app.Client.PostAsync("/v1/refunds", Wish(receipt, "140.00"))).Id();
        await app.Client.PostAsync("/v1/payment-files", new { bankAccount = account, refunds = new[] { refund } });
        var statement = new Camt("BACK-1", new DateOnly(2026, 11, 5), 0m) { Iban = "DE02100500000054540402" }
            .CameBack(140m, CreditTransferFile.EndToEndId(refund)).CreditOf(12.50m, "ICDT", "CHRG")
            .Credit(30m, "nobody's", payer: null);
        (await app.Client.PostAsync("/v1/bank-statements", (object)Xml(statement.Xml()))).Items("receiptIds")
            .ShouldHaveSingleItem();
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/refunds/{refund}")).Text("status") == "returned",
            "the refund has come back");
        await PlacesAsync(receipt, unapplied: 640m);
        await app.Client.PostAsync($"/v1/refunds/{refund}/return", new { reason = "again" }, 200);
        await PlacesAsync(receipt, unapplied: 640m);
        var row = (await app.Client.ReadAsync("/v1/bank-statements/returns?bankAccount=US01-R6")).Items()
            .ShouldHaveSingleItem();
        (row.Id("refundId"), row.Text("foundBy"), row.GetProperty("isCredit").GetBoolean())
            .ShouldBe((refund, "reference", true));
        var day = (await app.Client.ReadAsync("/v1/cash-days?from=2026-11-05&bankAccount=US01-R6")).Items("days")
            .ShouldHaveSingleItem();
        (day.Text("status"), day.Amount("credits"), day.Amount("receipts"), day.Amount("ledger"))
            .ShouldBe(("balanced", 170m, 170m, 170m));
        var posting = (await app.Client.ReadAsync("/v1/reports/cash-posting?date=2026-11-05")).Items("rows")
            .Single(one => one.Text("bankAccount") == "US01-R6");
        (posting.Amount("receipts"), posting.Amount("refundsReturned"), posting.Amount("feesReturned"))
            .ShouldBe((30m, 140m, 12.50m));
        posting.GetProperty("ties").GetBoolean().ShouldBeTrue();
        (await app.Client.ReadAsync($"/v1/customers/{Invoicing.Globex}/reconciliation")).GetProperty("ties")
            .GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task waits_for_somebody_else_and_is_free_again_when_that_is_refused()
    {
        var receipt = await ReceiptAsync("700.00");
        var waiting = await app.Client.PostAsync("/v1/refunds", Wish(receipt, "300.00"), 202);
        waiting.Text("status").ShouldBe("waiting");
        await PlacesAsync(receipt, unapplied: 400m, pending: 300m);
        using var clerk = app.Approver("cid", "clerk");
        using var controller = app.Approver("con", "controller");
        var approval = $"/v1/approvals/{waiting.Id("approvalId")}";
        (await clerk.PostAsync($"{approval}/approve", new { reason = "ok" }, 403)).ShouldHaveCode("above-authority");
        await controller.PostAsync($"{approval}/reject", new { reason = "ask the customer" }, 200);
        (await app.Client.ReadAsync($"/v1/refunds/{waiting.Id()}")).Text("status").ShouldBe("rejected");
        await PlacesAsync(receipt, unapplied: 700m);

        var second = await app.Client.PostAsync("/v1/refunds", Wish(receipt, "300.00"), 202);
        await controller.PostAsync($"/v1/approvals/{second.Id("approvalId")}/approve", new { reason = "ok" }, 200);
        (await app.Client.ReadAsync($"/v1/refunds/{second.Id()}")).Text("status").ShouldBe("approved");
        (await app.Client.PostAsync($"/v1/refunds/{second.Id()}/cancel", new { reason = "not wanted" }, 200))
            .Text("status").ShouldBe("cancelled");
        await PlacesAsync(receipt, unapplied: 700m);
    }

    [Fact]
    public async Task leaves_in_a_file_that_nobody_gets_before_it_is_released()
    {
        var account = await AccountAsync("US01-R3", "DE89370400440532013000");
        var receipt = await ReceiptAsync("600.00");
        var refunds = new List<Guid>();
        for (var index = 0; index < 3; index++)
            refunds.Add((await app.Client.PostAsync("/v1/refunds", Wish(receipt, "150.00"))).Id());
        var file = await app.Client.PostAsync("/v1/payment-files", new { bankAccount = account, refunds }, 202);
        file.Text("status").ShouldBe("waiting");
        (await app.Client.ReadAsync($"/v1/payment-files/{file.Id()}/content", 409))
            .ShouldHaveCode("payment-file-not-released");
        (await app.Client.PostAsync("/v1/payment-files", new { bankAccount = account, refunds }, 409))
            .ShouldHaveCode("refund-in-file");
        await PlacesAsync(receipt, unapplied: 150m, pending: 450m);
        using var controller = app.Approver("con", "controller");
        await controller.PostAsync($"/v1/approvals/{file.Id("approvalId")}/approve", new { reason = "ok" }, 200);
        await PlacesAsync(receipt, unapplied: 150m, refunded: 450m);
        var content = await ContentAsync(file.Id());
        content.Descendants(Name("GrpHdr")).Single().Element(Name("CtrlSum"))!.Value.ShouldBe("450.00");
        content.Descendants(Name("CdtTrfTxInf")).Count().ShouldBe(3);
    }

    /// <summary>
    /// I-18, I-08: of files put together at the same moment one has the refund; a bank pays it once.
    /// </summary>
    [Fact]
    public async Task i18_is_in_one_of_two_files_put_together_at_once()
    {
        var account = await AccountAsync("US01-R4", "DE75512108001245126199");
        var receipt = await ReceiptAsync("160.00");
        var refunds = new[] { (await app.Client.PostAsync("/v1/refunds", Wish(receipt, "60.00"))).Id() };
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                app.Client, "/v1/payment-files", new { bankAccount = account, refunds });
            return (int)answer.StatusCode;
        }));
        answers.Order().ShouldBe([201, 409, 409, 409]);
        await PlacesAsync(receipt, unapplied: 100m, refunded: 60m);
    }

    /// <summary>I-18: what a bank took back is not paid back too, and the refund ends without paying.</summary>
    [Fact]
    public async Task i18_stays_when_the_money_itself_has_gone()
    {
        var account = await AccountAsync("US01-R5", "DE27100777770209299700");
        var receipt = await ReceiptAsync("170.00");
        var refund = (await app.Client.PostAsync("/v1/refunds", Wish(receipt, "70.00"))).Id();
        await app.Client.PostAsync($"/v1/receipts/{receipt}/reverse", new { reason = "nsf" }, 202);
        var wish = new { bankAccount = account, refunds = new[] { refund } };
        (await app.Client.PostAsync("/v1/payment-files", wish, 409)).ShouldHaveCode("receipt-reversed");
        await PlacesAsync(receipt);
        (await app.Client.PostAsync($"/v1/refunds/{refund}/cancel", new { reason = "bounced" }, 200)).Text("status")
            .ShouldBe("cancelled");
        await PlacesAsync(receipt);
    }

    /// <summary>A small rest is given up within the policy's limit, and no more, whoever asks.</summary>
    [Fact]
    public async Task or_is_given_up_when_it_is_too_small()
    {
        await app.Client.PutAsync("/v1/cash-policies/US01", new
        {
            autoApplyThreshold = "0.90",
            writeOffLimits = new[] { Usd("5.00") },
        });
        var (small, large) = (await ReceiptAsync("4.99"), await ReceiptAsync("5.01"));
        var given = await app.Client.PostAsync($"/v1/receipts/{small}/write-off", new { reason = "too small" }, 200);
        (given.Amount("writtenOff"), given.Amount("unapplied")).ShouldBe((4.99m, 0m));
        (await app.Client.PostAsync($"/v1/receipts/{large}/write-off", new { reason = "too small" }, 422))
            .ShouldHaveCode("exceeds-write-off-limit");
        await PlacesAsync(large, unapplied: 5.01m);
    }

    /// <summary>
    /// What was given up of a receipt before counts, by the authority and by the limit: no rest is passed in slices,
    /// one after the other handed back from another customer's share.
    /// </summary>
    [Fact]
    public async Task is_given_up_in_slices_no_further_than_at_once()
    {
        await app.Client.PutAsync("/v1/cash-policies/US01", new
        {
            autoApplyThreshold = "0.90",
            writeOffLimits = new[] { Usd("5.00") },
        });
        var path = $"/v1/receipts/{await ReceiptAsync("20.00")}";
        await MoveAsync(Invoicing.Initech, null, "17.00");
        await GiveUpAsync(200);
        await MoveAsync(Invoicing.Globex, Invoicing.Initech, "2.00");
        var waiting = await GiveUpAsync(202);
        (waiting.Amount("amount"), waiting.Text("subject").Contains("5.00 USD in all", StringComparison.Ordinal))
            .ShouldBe((2m, true));
        await MoveAsync(Invoicing.Globex, Invoicing.Initech, "0.01");
        (await GiveUpAsync(422)).ShouldHaveCode("exceeds-write-off-limit");
        (await app.Client.ReadAsync(path)).Amount("writtenOff").ShouldBe(3m);

        Task<JsonElement> GiveUpAsync(int status) =>
            app.Client.PostAsync($"{path}/write-off", new { reason = "too small" }, status);

        Task<JsonElement> MoveAsync(Guid customerId, Guid? fromCustomerId, string amount) => app.Client.PostAsync(
            $"{path}/transfer", new { customerId, fromCustomerId, amount = Usd(amount), reason = "is theirs" }, 200);
    }

    [Fact]
    public async Task asks_for_rights_and_for_a_payee_that_can_be_paid()
    {
        var receipt = await ReceiptAsync("90.00");
        using var canadian = app.ClientWith("cash:read cash:write", "CA01");
        using var reader = app.ClientWith("cash:read");
        (await canadian.PostAsync("/v1/refunds", Wish(receipt, "1.00"), 403)).ShouldHaveCode("entity-not-allowed");
        (await reader.PostAsync("/v1/refunds", Wish(receipt, "1.00"), 403)).ShouldHaveCode("scope-missing");
        (await canadian.PostAsync($"/v1/receipts/{receipt}/write-off", new { reason = "x" }, 403))
            .ShouldHaveCode("entity-not-allowed");
        (await app.Client.PostAsync("/v1/refunds", Wish(receipt, "1.00", "DE00370400440532013000"), 422))
            .ShouldHaveCode("bad-payee");
        (await app.Client.PostAsync("/v1/refunds", Wish(Guid.Empty, "1.00"), 404)).ShouldHaveCode("not-found");
        await PlacesAsync(receipt, unapplied: 90m);
    }

    private async Task<Guid> ReceiptAsync(string amount) =>
        (await app.Client.PostAsync("/v1/receipts", Receipt(amount, "CUST-US01-000001"))).Id();

    private async Task<string> AccountAsync(string code, string iban)
    {
        await app.Client.PutAsync($"/v1/bank-accounts/{code}",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        return code;
    }

    private static object Wish(Guid receiptId, string amount, string iban = Camt.Account) => new
    {
        receiptId,
        amount = Usd(amount),
        reason = "paid twice",
        payee = new { name = "Globex Corporation", iban },
    };

    private async Task PlacesAsync(
        Guid receipt, decimal unapplied = 0m, decimal pending = 0m, decimal refunded = 0m)
    {
        var now = await app.Client.ReadAsync($"/v1/receipts/{receipt}");
        (now.Amount("unapplied"), now.Amount("pending"), now.Amount("refunded"))
            .ShouldBe((unapplied, pending, refunded));
    }

    private async Task<XDocument> ContentAsync(Guid file) =>
        XDocument.Parse(await app.Client.GetStringAsync(
            new Uri($"/v1/payment-files/{file}/content", UriKind.Relative)));

    private static XName Name(string element) => XName.Get(element, CreditTransferFile.Namespace);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
