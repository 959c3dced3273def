using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Payments that come one by one in a file, and as one sum on the statement, are money once.</summary>
public sealed class Payments_told_by_a_file(CashApp app) : IClassFixture<CashApp>
{
    [Theory]
    [InlineData("0000031", true)]
    [InlineData("0000032", false)]
    public async Task are_not_booked_again_by_the_sum_on_the_statement_whichever_came_first(
        string lockbox, bool isFileFirst)
    {
        var code = $"US01-{lockbox}";
        await RegisterAsync(code, lockbox, new { lockbox = true });
        var file = BankFiles.Lockbox(lockbox, ("1001", 100m), ("1002", 200m), ("1003", 250m));
        var statement = BankFiles.Bai2(lockbox, "261102", ("115", 550m, "DEPOSIT"), ("195", 70m, "WIRE"));
        JsonElement? told = isFileFirst ? await ImportAsync(file) : null;
        (await ImportAsync(statement)).Items("receiptIds").ShouldHaveSingleItem();
        if (!isFileFirst)
        {
            (await LumpsAsync(code, "open")).ShouldHaveSingleItem().Amount("amount").ShouldBe(550m);
            told = await ImportAsync(file);
        }

        (await app.ScalarAsync<decimal>($"select sum(amount) from receipts where bank_account = '{code}'"))
            .ShouldBe(620m);
        (await LumpsAsync(code, "open")).ShouldBeEmpty();
        (await LumpsAsync(code, "tied")).ShouldHaveSingleItem().Id("fileId").ShouldBe(told!.Value.Id());
        var posting = (await app.Client.ReadAsync("/v1/reports/cash-posting?date=2026-11-02")).Items("rows")
            .Single(row => row.Text("bankAccount") == code);
        (posting.Amount("receipts"), posting.Amount("lumps")).ShouldBe((620m, 550m));
        posting.GetProperty("ties").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task that_come_back_in_the_file_and_on_the_statement_come_back_once()
    {
        await RegisterAsync("US01-ONCE", "ONCE", new { ach = true });
        var receipts = (await ImportAsync(new Nacha("ONCE")
            .Credit("ONCE", 80m, "121042880000031")
            .Credit("ONCE", 80m, "121042880000032").File())).Items("receiptIds");
        receipts.Length.ShouldBe(2);
        await ImportAsync(new Nacha("ONCE")
            .Return("777", 80m, "R01", "121042880000031", "091000017611250").File("261104"));
        await ImportAsync(BankFiles.Bai2("ONCE", "261104", ("557", 80m, "121042880000032")));
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/receipts/{receipts[0].GetGuid()}")).Text("status")
                == "reversed", "the payment that came back is reversed");
        (await app.Client.ReadAsync("/v1/bank-statements/returns?bankAccount=US01-ONCE")).Items()
            .ShouldHaveSingleItem();
        (await app.Client.ReadAsync($"/v1/receipts/{receipts[1].GetGuid()}")).Text("status").ShouldNotBe("reversed");
        (await LumpsAsync("US01-ONCE", "tied")).ShouldHaveSingleItem().Amount("amount").ShouldBe(-80m);
    }

    [Fact]
    public async Task are_refused_for_an_account_whose_statements_book_them()
    {
        await RegisterAsync("US01-0000033", "0000033", null);
        var file = BankFiles.Lockbox("0000033", ("1001", 100m));
        (await ImportAsync(file, 422)).ShouldHaveCode("payments-not-by-file");
        (await ImportAsync(new Nacha("0000033").Credit("0000033", 5m, "121042880000041").File(), 422))
            .ShouldHaveCode("payments-not-by-file");
        await ImportAsync(BankFiles.Mt940("0000033", 3, 0m, 100m));
        await RegisterAsync("US01-0000033", "0000033", new { lockbox = true }, 200);
        var late = await ImportAsync(file, 422);
        late.ShouldHaveCode("booked-by-statement");
        late.Text("detail").ShouldContain("2026-11-03");
        (await app.ScalarAsync<decimal>("select sum(amount) from receipts where bank_account = 'US01-0000033'"))
            .ShouldBe(100m);
        (await app.Client.ReadAsync("/v1/bank-accounts/US01-0000033")).GetProperty("detailByFile")
            .GetProperty("lockbox").GetBoolean().ShouldBeTrue();
        (await app.Client.ReadAsync("/v1/bank-accounts?legalEntity=US01")).Items()
            .Single(account => account.Text("code") == "US01-0000033").GetProperty("detailByFile")
            .GetProperty("lockbox").GetBoolean().ShouldBeTrue();
    }

    /// <summary>A notification tells the payments of a batch that a statement shows as one sum.</summary>
    [Theory]
    [InlineData("DE02500105170137075030", true)]
    [InlineData("DE02300209000106531065", false)]
    public async Task of_notifications_are_booked_by_these_and_the_batch_is_a_lump(string iban, bool isStatementFirst)
    {
        var code = $"US01-N{iban[^4..]}";
        await RegisterAsync(code, iban, new { notifications = true }, isIban: true);
        var day = new DateOnly(2026, 11, 4);
        var statement = new Camt("N-053", day, 0m) { Iban = iban }.Lump(600m, 3).Credit(50m, "alone").Xml();
        var notification = new Camt("N-054", day, null) { Iban = iban }
            .Batch((100m, "first"), (200m, "second"), (300m, "third")).Credit(50m, "alone")
            .Xml(message: "BkToCstmrDbtCdtNtfctn", number: "054");
        foreach (var file in isStatementFirst ? new[] { statement, notification } : [notification, statement])
            await ImportAsync(System.Text.Encoding.UTF8.GetBytes(file));
        (await app.ScalarAsync<string>("select string_agg(amount::numeric(19,2)::text, ' ' order by amount) " +
            $"from receipts where bank_account = '{code}'")).ShouldBe("50.00 100.00 200.00 300.00");
        (await LumpsAsync(code, "tied")).ShouldHaveSingleItem().Amount("amount").ShouldBe(600m);
        var row = (await app.Client.ReadAsync("/v1/cash-days?from=2026-11-04&bankAccount=" + code)).Items("days")
            .ShouldHaveSingleItem();
        (row.Text("status"), row.Amount("credits")).ShouldBe(("balanced", 650m));
        (await ImportAsync(System.Text.Encoding.UTF8.GetBytes(notification), 409))
            .ShouldHaveCode("statement-already-imported");
    }

    /// <summary>Interim reports, and notifications that nobody says tell batches, are kept and book nothing.</summary>
    [Fact]
    public async Task not_booked_yet_are_kept_as_lines_and_booked_by_the_statement()
    {
        const string iban = "DE02100500000054540402";
        await RegisterAsync("US01-INFO", iban, null, isIban: true);
        var day = new DateOnly(2026, 11, 5);
        var report = System.Text.Encoding.UTF8.GetBytes(new Camt("I-052", day, null) { Iban = iban }
            .Credit(70m, "so far").Pending(80m, "expected").Xml(message: "BkToCstmrAcctRpt", number: "052"));
        var import = await ImportAsync(report);
        import.Items("receiptIds").ShouldBeEmpty();
        (await LinesAsync(import)).ShouldBe([("information", 70m), ("pending", 80m)]);
        (await ImportAsync(report, 409)).ShouldHaveCode("statement-already-imported");
        var notification = new Camt("I-054", day, null) { Iban = iban }.Credit(70m, "so far")
            .Xml(message: "BkToCstmrDbtCdtNtfctn", number: "054");
        var notified = await ImportAsync(System.Text.Encoding.UTF8.GetBytes(notification));
        (await LinesAsync(notified)).ShouldBe([("information", 70m)]);
        var interim = await ImportAsync(System.Text.Encoding.ASCII.GetBytes(
            $":20:I942\n:25:{iban}\n:28C:1/1\n:34F:USD0,\n:13D:2611051200+0100\n" +
            ":61:2611051105C90,00NTRFREF9//BANK9\n-\n"));
        interim.Text("format").ShouldBe("mt942");
        interim.Items("receiptIds").ShouldBeEmpty();
        (await app.ScalarAsync<long>("select count(*) from receipts where bank_account = 'US01-INFO'")).ShouldBe(0);

        var booked = await ImportAsync(System.Text.Encoding.UTF8.GetBytes(
            new Camt("I-053", day, 0m) { Iban = iban }.Credit(70m, "so far").Pending(80m, "expected").Xml()));
        (await LinesAsync(booked)).ShouldBe([("receipt", 70m), ("pending", 80m)]);
        (await app.Client.ReadAsync("/v1/bank-accounts/US01-INFO/statements")).Items("statements")
            .ShouldHaveSingleItem();
    }

    private async Task<(string, decimal)[]> LinesAsync(JsonElement import) =>
    [
        .. (await app.Client.ReadAsync($"/v1/bank-statements/{import.Id()}/lines")).Items()
            .Select(line => (line.Text("class"), line.Amount("amount"))),
    ];

    private async Task RegisterAsync(
        string code, string account, object? detailByFile, int status = 201, bool isIban = false)
    {
        await app.Invoicing.IntroduceAsync();
        await app.Client.PutAsync($"/v1/bank-accounts/{code}", new
        {
            legalEntity = "US01",
            currency = "USD",
            iban = isIban ? account : null,
            accountNumber = isIban ? null : account,
            ledgerAccount = "1000",
            detailByFile,
        }, status);
    }

    private async Task<JsonElement[]> LumpsAsync(string account, string status) =>
        (await app.Client.ReadAsync($"/v1/bank-statements/lumps?bankAccount={account}&status={status}")).Items();

    private Task<JsonElement> ImportAsync(byte[] content, int status = 201) =>
        app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(content), status);
}
