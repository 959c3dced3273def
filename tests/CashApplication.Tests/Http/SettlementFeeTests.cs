using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// INT-08: a processor settles card payments less its fee: the receipts are whole, and the fee is booked.
/// </summary>
public sealed class Settlements_less_a_fee(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 11, 3);
    private static readonly Guid Matrix = Guid.Parse("0199e000-0000-7000-8000-000000000003");

    public async ValueTask InitializeAsync()
    {
        await app.IntroducedAsync();
        await app.Invoicing.PublishAsync(
            new ApprovalMatrixDefined("US01",
                [
                    new ApprovalRule("write-off", 5m, 0, null, null),
                    new ApprovalRule("write-off", null, 1, "controller", null),
                ],
                "USD"),
            1, Matrix);
        await Eventually.BecomesTrue(
            () => app.ScalarAsync<bool>("select exists (select 1 from mt_streams where type = 'approval_matrix')"),
            "the approval matrix is known");
    }

    [Fact]
    public async Task have_the_fee_on_its_account_and_tie()
    {
        const string iban = "DE91100000000123456789";
        await RegisterAsync("US01-CARD", iban, null, 201);
        var entered = new[] { await EnterAsync("71.00", "ch_fee_1"), await EnterAsync("82.00", "ch_fee_2") };
        var path = $"/v1/receipts/{await SettleAsync("FEE", iban, 148.41m)}/entered";
        await RefusedAsync("4.59", "fee-account-missing");
        await RegisterAsync("US01-CARD", iban, "6850", 200);
        await RefusedAsync("4.58", "other-amount");
        await RefusedAsync("-4.59", "amount-not-positive");
        var wish = new { receiptIds = entered, reason = "payout po_1", fee = Usd("4.59") };

        (await app.Client.PostAsync(path, wish, 200)).Text("status").ShouldBe("reversed");
        (await app.Client.PostAsync(path, wish, 409)).ShouldHaveCode("receipt-reversed");

        (await app.ScalarAsync<string>(
            "select string_agg(kind || ' ' || amount::numeric(19,2), ', ' order by kind, amount) from bank_postings " +
            "where bank_account = 'US01-CARD' and ledger_account = '1000'")).ShouldBe(
            "receipt-booked 148.41, receipt-cleared 71.00, receipt-cleared 82.00, receipt-reversed -148.41, " +
            "settlement-fee -4.59");
        var day = (await app.Client.ReadAsync($"/v1/cash-days?from={Day:yyyy-MM-dd}&bankAccount=US01-CARD"))
            .Items("days").ShouldHaveSingleItem();
        (day.Text("status"), day.Amount("credits"), day.Amount("receipts"), day.Amount("ledger"))
            .ShouldBe(("balanced", 148.41m, 148.41m, 148.41m));
        day.Items("methods").ShouldHaveSingleItem().Amount("receipts").ShouldBe(153m);
        var posting = (await app.Client.ReadAsync($"/v1/reports/cash-posting?date={Day:yyyy-MM-dd}")).Items("rows")
            .Single(row => row.Text("bankAccount") == "US01-CARD");
        (posting.GetProperty("ties").GetBoolean(), posting.Amount("settlementFees")).ShouldBe((true, 4.59m));
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();

        async Task RefusedAsync(string fee, string code) => (await app.Client.PostAsync(
            path, new { receiptIds = entered, reason = "payout po_1", fee = Usd(fee) }, 422)).ShouldHaveCode(code);
    }

    /// <summary>
    /// Nobody writes money off as a fee: only of a processor's payments, a few percent, and by authority.
    /// </summary>
    [Fact]
    public async Task are_bounded_and_need_the_authority_of_a_write_off()
    {
        const string iban = "DE02600501010002034304";
        await RegisterAsync("US01-MANY", iban, "6850", 201);
        var card = await EnterAsync("400.00", "ch_many_1");
        var wire = (await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "wire",
            amount = Usd("400.00"),
            valueDate = "2026-11-02",
        })).Id();
        var small = await SettleAsync("MANY-1", iban, 300m);
        var credit = await SettleAsync("MANY-2", iban, 390m, 300m);
        (await app.Client.PostAsync($"/v1/receipts/{small}/entered", Wish(card, "100.00"), 422))
            .ShouldHaveCode("exceeds-settlement-fee");
        (await app.Client.PostAsync($"/v1/receipts/{credit}/entered", Wish(wire, "10.00"), 422))
            .ShouldHaveCode("fee-without-processor");

        var asked = await app.Client.PostAsync($"/v1/receipts/{credit}/entered", Wish(card, "10.00"), 202);
        (await app.ScalarAsync<long>("select count(*) from bank_postings where kind = 'settlement-fee' " +
            $"and receipt_id = '{credit}'")).ShouldBe(0);
        using var controller = app.Approver("con", "controller");
        await controller.PostAsync($"/v1/approvals/{asked.Id()}/approve", new { reason = "as the payout says" }, 200);
        (await app.ScalarAsync<decimal>("select sum(amount) from bank_postings where bank_account = 'US01-MANY' " +
            "and receipt_id in ('" + credit + "', '" + card + "')")).ShouldBe(390m);

        static object Wish(Guid receipt, string fee) =>
            new { receiptIds = new[] { receipt }, reason = "payout", fee = Usd(fee) };
    }

    private Task RegisterAsync(string code, string iban, string? feeAccount, int status) => app.Client.PutAsync(
        $"/v1/bank-accounts/{code}",
        new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000", feeAccount }, status);

    private async Task<Guid> EnterAsync(string amount, string processor) =>
        (await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "card",
            amount = Usd(amount),
            valueDate = "2026-11-02",
            processorReference = processor,
        })).Id();

    private async Task<Guid> SettleAsync(string id, string iban, decimal amount, decimal opening = 0m)
    {
        var statement = new Camt(id, Day, opening) { Iban = iban }.Credit(amount, $"payout {id}", payer: null);
        return (await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201))
            .Items("receiptIds").Single().GetGuid();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
