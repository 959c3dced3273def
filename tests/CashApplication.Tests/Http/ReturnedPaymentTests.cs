using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>CASH-14, CASH-15: what a bank takes back reverses the receipt it came by, and that one only.</summary>
public sealed class Payments_that_come_back(CashApp app) : IClassFixture<CashApp>
{
    private const string Trace = "091400600000001";

    [Fact]
    public async Task by_an_ach_return_reverse_their_receipt_with_the_code_and_free_its_invoice()
    {
        await RegisterAsync("US01-R1", "RET1");
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-000701", 123.54m);
        var receipt = (await ImportAsync(new Nacha("RET1")
            .Credit("RET1", 123.54m, Trace, addenda: "RMR*IV*INV-US01-2026-000701**123.54\\").File()))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        var before = await app.Client.ReadAsync($"/v1/receipts/{receipt}");
        before.Text("method").ShouldBe("ach");
        before.Items("allocations").ShouldHaveSingleItem().Id("invoiceId").ShouldBe(invoice);

        await ImportAsync(new Nacha("RET1").Return("777", 123.54m, "R01", Trace, "091000017611242").File("261104"));
        await BecomesAsync(receipt, "reversed");
        var row = (await app.Client.ReadAsync("/v1/bank-statements/returns?bankAccount=US01-R1")).Items()
            .ShouldHaveSingleItem();
        (row.Text("reason"), row.Text("code"), row.Text("action"), row.Text("foundBy"))
            .ShouldBe(("nsf", "R01", "re-present", "reference"));
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}/history")).Items()
            .Single(item => item.Text("type") == "receipt-reversed").GetProperty("data").GetProperty("returnCode")
            .GetString().ShouldBe("R01");
    }

    /// <summary>B-21: one of several checks of one deposit comes back; the others stay.</summary>
    [Fact]
    public async Task b21_as_one_check_of_a_deposit_leave_the_other_checks_alone()
    {
        await RegisterAsync("US01-R2", "0000077");
        var receipts = (await ImportAsync(BankFiles.Lockbox("0000077", ("1001", 100m), ("1002", 200m), ("1003", 200m))))
            .Items("receiptIds").Select(id => id.GetGuid()).ToArray();
        receipts.Length.ShouldBe(3);
        (await app.Client.ReadAsync($"/v1/receipts/{receipts[0]}")).Text("method").ShouldBe("lockbox");
        await ImportAsync(BankFiles.Bai2("0000077", ("555", 200m, "1003")));
        await BecomesAsync(receipts[2], "reversed");
        (await app.Client.ReadAsync($"/v1/receipts/{receipts[0]}")).Text("status").ShouldNotBe("reversed");
        (await app.Client.ReadAsync($"/v1/receipts/{receipts[1]}")).Text("status").ShouldNotBe("reversed");
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task before_the_money_is_known_find_it_when_it_comes()
    {
        await RegisterAsync("US01-R3", "RET3");
        await ImportAsync(new Nacha("RET3")
            .Return("777", 45.65m, "R03", "121042880000009", "091000017611249").File("261104"));
        (await app.Client.ReadAsync("/v1/bank-statements/returns?status=open&bankAccount=US01-R3")).Items()
            .ShouldHaveSingleItem();
        var receipt = (await ImportAsync(new Nacha("RET3").Credit("RET3", 45.65m, "121042880000009").File()))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        await BecomesAsync(receipt, "reversed");
        (await app.Client.ReadAsync("/v1/bank-statements/returns?status=open&bankAccount=US01-R3")).Items()
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task that_fit_two_receipts_are_left_to_a_person()
    {
        await RegisterAsync("US01-R4", "RET4");
        var receipts = (await ImportAsync(new Nacha("RET4")
            .Credit("RET4", 10m, "121042880000021", "MONTHLY-RENT")
            .Credit("RET4", 10m, "121042880000022", "MONTHLY-RENT")
            .Credit("RET4", 11m, "121042880000023", "OTHER-RENT").File()))
            .Items("receiptIds").Select(id => id.GetGuid()).ToArray();
        var import = await ImportAsync(BankFiles.Bai2("RET4", ("555", 10m, "MONTHLY-RENT")));
        app.Services.GetRequiredService<IntakeSignal>().Wake();
        (await app.Client.ReadAsync("/v1/bank-statements/returns?status=open&bankAccount=US01-R4")).Items()
            .ShouldHaveSingleItem().Text("bankAccount").ShouldBe("US01-R4");
        var path = $"/v1/bank-statements/{import.Id()}/returns/1/1/0";
        (await app.Client.PostAsync(path, new { receiptId = receipts[2] }, 422)).ShouldHaveCode("other-amount");
        (await app.Client.PostAsync(path, new { receiptId = receipts[1] }, 200)).Text("foundBy").ShouldBe("person");
        (await app.Client.PostAsync(path, new { receiptId = receipts[0] }, 409)).ShouldHaveCode("return-already-found");
        (await app.Client.ReadAsync($"/v1/receipts/{receipts[1]}")).Text("status").ShouldBe("reversed");
        (await app.Client.ReadAsync($"/v1/receipts/{receipts[0]}")).Text("status").ShouldNotBe("reversed");
    }

    [Fact]
    public async Task as_notices_of_change_move_no_money_and_are_read()
    {
        await RegisterAsync("US01-R5", "RET5");
        var import = await ImportAsync(new Nacha("RET5") { Kind = "COR" }
            .Change("744-5678-99", "C01", "1918171614", "121042880000001").File());
        import.Items("receiptIds").ShouldBeEmpty();
        var lines = await app.Client.ReadAsync($"/v1/bank-statements/{import.Id()}/lines");
        var line = lines.Items().ShouldHaveSingleItem();
        (line.Text("class"), line.Text("text")).ShouldBe(
            ("information", "C01 incorrect account number: 1918171614"));
    }

    private async Task RegisterAsync(string code, string account)
    {
        await app.Invoicing.IntroduceAsync();
        await app.Client.PutAsync($"/v1/bank-accounts/{code}",
            new
            {
                legalEntity = "US01",
                currency = "USD",
                accountNumber = account,
                ledgerAccount = "1000",
                detailByFile = new { lockbox = true, ach = true },
            }, 201);
    }

    private Task BecomesAsync(Guid receipt, string status) => Eventually.BecomesTrue(
        async () => (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Text("status") == status,
        $"{receipt} is {status}");

    private Task<JsonElement> ImportAsync(byte[] content) =>
        app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(content), 201);
}
