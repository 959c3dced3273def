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

    private async Task RegisterAsync(string code, string account, object? detailByFile, int status = 201)
    {
        await app.Invoicing.IntroduceAsync();
        await app.Client.PutAsync($"/v1/bank-accounts/{code}", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = account,
            ledgerAccount = "1000",
            detailByFile,
        }, status);
    }

    private async Task<JsonElement[]> LumpsAsync(string account, string status) =>
        (await app.Client.ReadAsync($"/v1/bank-statements/lumps?bankAccount={account}&status={status}")).Items();

    private Task<JsonElement> ImportAsync(byte[] content, int status = 201) =>
        app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(content), status);
}
