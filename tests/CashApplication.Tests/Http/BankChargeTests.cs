using System.Text;
using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// What banks charge: kept of a wire it closes the invoice where we bear it, on a statement it is journalled once, both
/// on the account that the bank account names; and days tie with it.
/// </summary>
public sealed class What_banks_charge(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private const string Path = "/v1/bank-statements";
    private static readonly DateOnly Day = new(2026, 11, 3);

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task of_a_wire_closes_its_invoice()
    {
        await BearAsync();
        await RegisterAsync("US01-WIRE", "DE02120300000000202051", "6860", 201);
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-930001", 1000m);
        var receipt = (await ImportAsync(new Camt("WIRE", Day, 0m) { Iban = "DE02120300000000202051" }
            .Wire(1000m, 15m, "INV-US01-2026-930001"))).Items("receiptIds").Single().GetGuid();
        var asked = (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Items("allocations")
            .ShouldHaveSingleItem();
        (asked.Amount("amount"), asked.Amount("charges"), asked.GetProperty("isAutomatic").GetBoolean())
            .ShouldBe((985m, 15m, true));

        var applied = (PaymentApplied)app.Invoicing.Answer(receipt, asked.Id(), invoice, 985m);
        await app.Invoicing.PublishAsync(
            applied with
            {
                Difference = new MoneyAmount(15m, "USD"),
                Item = applied.Item with { Balance = new MoneyAmount(0m, "USD") },
            },
            2);
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Text("status") == "applied",
            "the receipt is applied");

        (await app.ScalarAsync<string>(
            "select string_agg(line->>'Account' || ' ' || (line->'Debit'->>'amount') || ' ' || " +
            "(line->'Credit'->>'amount'), ', ') from mt_events e, " +
            "jsonb_array_elements(e.data->'Charges'->'Lines') line " +
            $"where e.type = 'allocation_confirmed' and e.stream_id = '{receipt}'"))
            .ShouldBe("6860 15.00 0.00, 4920 0.00 15.00");
        var day = await DayAsync("US01-WIRE");
        (day.Text("status"), day.Amount("credits"), day.Amount("receipts"), day.Amount("ledger"))
            .ShouldBe(("balanced", 985m, 985m, 985m));
    }

    /// <summary>Advice and invoice tell what was sent, be it more than what came.</summary>
    [Fact]
    public async Task of_a_wire_is_known_when_the_advice_of_what_was_sent_comes_later()
    {
        await BearAsync();
        await RegisterAsync("US01-LATE", "DE27100777770209299700", "6860", 201);
        var receipt = (await ImportAsync(new Camt("LATE", Day, 0m) { Iban = "DE27100777770209299700" }
            .Wire(1321m, 21m, "thank you", payer: "Zenith Widgets"))).Items("receiptIds").Single().GetGuid();
        await app.Invoicing.InvoiceAsync("INV-US01-2026-930021", 1321m);
        await app.Client.PostAsync("/v1/remittances", new
        {
            legalEntity = "US01",
            amount = Usd("1321.00"),
            payer = new { name = "Zenith Widgets" },
            lines = new[] { new { documentNumber = "INV-US01-2026-930021", paid = Usd("1321.00") } },
        }, 201);
        var asked = (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Items("allocations")
            .ShouldHaveSingleItem();
        (asked.Amount("amount"), asked.Amount("charges")).ShouldBe((1300m, 21m));
    }

    /// <summary>The same file twice, and an overlapping one, journal nothing twice.</summary>
    [Fact]
    public async Task on_a_statement_is_journalled_once_and_may_be_taken_back()
    {
        const string iban = "DE75512108001245126199";
        await RegisterAsync("US01-FEES", iban, "6860", 201);
        var first = new Camt("FEES-1", Day, 0m) { Iban = iban }.Credit(100m, "unknown", payer: null)
            .Debit(12m, "ACMT", "CHRG").Debit(3m, "ACMT", "CHRG").CreditOf(2m, "ACMT", "CHRG");
        var import = await ImportAsync(first);
        await ImportAsync(first, 409);
        await ImportAsync(new Camt("FEES-2", Day, 0m) { Iban = iban }.Credit(100m, "unknown", payer: null)
            .Debit(12m, "ACMT", "CHRG").Debit(3m, "ACMT", "CHRG").CreditOf(2m, "ACMT", "CHRG")
            .Debit(1m, "ACMT", "CHRG"));

        (await PostingsAsync()).ShouldBe("bank-fee -12.00, bank-fee -3.00, bank-fee -1.00, bank-fee 2.00");
        var day = await DayAsync("US01-FEES");
        (day.Text("status"), day.Amount("credits"), day.Amount("receipts"), day.Amount("fees"), day.Amount("ledger"))
            .ShouldBe(("balanced", 86m, 100m, 14m, 86m));
        var report = await PostingAsync();
        (report.GetProperty("ties").GetBoolean(), report.Amount("feesBooked"), report.Amount("ledger"))
            .ShouldBe((true, 14m, 86m));
        (await app.Client.PostAsync("/v1/cash-days/US01-FEES/2026-11-03/close", null, 200)).Text("status")
            .ShouldBe("closed");

        var fee = $"{Path}/{import.Id()}/fees/1/2/reverse";
        (await app.Client.PostAsync(fee, new { reason = " " }, 422)).ShouldHaveCode("reason-required");
        using var canadian = app.ClientWith("cash:read cash:write", "CA01");
        await canadian.PostAsync(fee, new { reason = "mine" }, 404);
        (await app.Client.PostAsync(fee, new { reason = "rent, by the bank's wrong code" }, 200)).Amount("amount")
            .ShouldBe(-12m);
        (await app.Client.PostAsync(fee, new { reason = "again" }, 409)).ShouldHaveCode("no-bank-fee");
        (await app.Client.PostAsync($"{Path}/{import.Id()}/fees/1/1/reverse", new { reason = "a receipt" }, 409))
            .ShouldHaveCode("no-bank-fee");

        (await PostingsAsync()).ShouldBe(
            "bank-fee -12.00, bank-fee -3.00, bank-fee -1.00, bank-fee 2.00, bank-fee-reversed 12.00");
        day = await DayAsync("US01-FEES");
        (day.Text("status"), day.Amount("credits"), day.Amount("fees"), day.Amount("ledger"))
            .ShouldBe(("balanced", 98m, 2m, 98m));
        (day.Amount("feesLeftOut"), day.GetProperty("feesLeftOutCount").GetInt32()).ShouldBe((12m, 1));
        (await PostingAsync()).GetProperty("ties").GetBoolean().ShouldBeTrue();

        var again = $"{Path}/{import.Id()}/fees/1/2/book";
        await canadian.PostAsync(again, new { reason = "mine" }, 404);
        (await app.Client.PostAsync($"{Path}/{import.Id()}/fees/1/3/book", new { reason = "never taken back" }, 200))
            .Amount("amount").ShouldBe(-3m);
        foreach (var _ in new[] { 1, 2 })
        {
            await app.Client.PostAsync(again, new { reason = "it was the other line" }, 200);
            await app.Client.PostAsync(again, new { reason = "once is enough" }, 200);
            day = await DayAsync("US01-FEES");
            (day.Amount("credits"), day.Amount("fees"), day.Amount("ledger"), day.Amount("feesLeftOut"))
                .ShouldBe((86m, 14m, 86m, 0m));
            await app.Client.PostAsync(fee, new { reason = "no, it is rent" }, 200);
        }

        (await PostingsAsync()).ShouldBe(
            "bank-fee -12.00, bank-fee -12.00, bank-fee -12.00, bank-fee -3.00, bank-fee -1.00, bank-fee 2.00, " +
            "bank-fee-reversed 12.00, bank-fee-reversed 12.00, bank-fee-reversed 12.00");
        (await DayAsync("US01-FEES")).Amount("feesLeftOut").ShouldBe(12m);

        async Task<JsonElement> PostingAsync() =>
            (await app.Client.ReadAsync($"/v1/reports/cash-posting?date={Day:yyyy-MM-dd}")).Items("rows")
                .Single(row => row.Text("bankAccount") == "US01-FEES");

        Task<string> PostingsAsync() => app.ScalarAsync<string>(
            "select string_agg(kind || ' ' || amount::numeric(19,2), ', ' order by kind, amount) from bank_postings " +
            "where bank_account = 'US01-FEES' and receipt_id is null and ledger_account = '1000'");
    }

    [Fact]
    public async Task is_left_alone_until_the_account_names_where_it_goes()
    {
        const string iban = "DE12500105170648489890";
        await RegisterAsync("US01-NONE", iban, null, 201);
        await ImportAsync(new Camt("NONE", Day, 0m) { Iban = iban }.Credit(50m, "unknown", payer: null)
            .Debit(4m, "ACMT", "CHRG"));
        (await app.ScalarAsync<long>(
            "select count(*) from bank_postings where bank_account = 'US01-NONE' and receipt_id is null")).ShouldBe(0);
        var day = await DayAsync("US01-NONE");
        (day.Text("status"), day.Amount("credits"), day.Amount("fees"), day.Amount("feesLeftOut"))
            .ShouldBe(("balanced", 50m, 0m, 4m));
        await RegisterAsync("US01-NONE", iban, "6860", 200);
    }

    /// <summary>
    /// Behind the line (<c>:61:</c>) or in its information (<c>:86:</c>), as the bank has it; never in what the payer
    /// writes.
    /// </summary>
    [Theory]
    [InlineData("SWIFT-1", "\n/OCMT/USD300,00//CHGS/USD7,50/", "INV-US01-2026-930011", "7.50")]
    [InlineData("SWIFT-2", "", "/OCMT/USD300,00//CHGS/USD7,50/REMI/INV-US01-2026-930012", "7.50")]
    [InlineData("SWIFT-3", "", "/CHGS/EUR7,50/REMI/INV-US01-2026-930013", null)]
    [InlineData("SWIFT-4", "", "/CHGS/USDx/REMI/INV-US01-2026-930014", null)]
    [InlineData("SWIFT-5", "", "/REMI/INV-US01-2026-930015/CHGS/USD7,50/", null)]
    [InlineData("SWIFT-6", "", "INV-US01-2026-930016 /CHGS/USD7,50/", null)]
    [InlineData("SWIFT-7", "", "166?20SVWZ+INV-US01-2026-930017 /CHGS/USD7,50/", null)]
    public async Task is_told_by_mt940_too(string account, string behind, string information, string? charges)
    {
        await app.Client.PutAsync($"/v1/bank-accounts/{account}", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = account,
            ledgerAccount = "1000",
        }, 201);
        var file = $":20:D1\n:25:{account}\n:28C:1/1\n:60F:C261103USD0,00\n" +
            $":61:2611031103C292,50NTRFREF1//BANK1{behind}\n:86:{information}\n:62F:C261103USD292,50\n-\n";
        var receipt = (await app.Client.PostAsync(
            Path, new ByteArrayContent(Encoding.ASCII.GetBytes(file)), 201)).Items("receiptIds").Single().GetGuid();
        await using var command = app.Database.CreateCommand(
            "select data->'Charges'->'Amount'->>'amount' from mt_events where type = 'receipt_recorded' " +
            $"and stream_id = '{receipt}'");
        (await command.ExecuteScalarAsync() as string).ShouldBe(charges);
    }

    private Task BearAsync() => app.Client.PutAsync("/v1/cash-policies/US01", new
    {
        autoApplyThreshold = "0.90",
        bankCharges = new
        {
            of = new[] { "shared" },
            upTo = new { amounts = new[] { Usd("25.00") }, percent = "5" },
        },
    });

    private async Task<JsonElement> DayAsync(string account) =>
        (await app.Client.ReadAsync($"/v1/cash-days?from={Day:yyyy-MM-dd}&bankAccount={account}")).Items("days")
            .ShouldHaveSingleItem();

    private Task RegisterAsync(string code, string iban, string? chargesAccount, int status) => app.Client.PutAsync(
        $"/v1/bank-accounts/{code}",
        new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000", chargesAccount }, status);

    private Task<JsonElement> ImportAsync(Camt statement, int status = 201) =>
        app.Client.PostAsync(Path, Xml(statement.Xml()), status);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
