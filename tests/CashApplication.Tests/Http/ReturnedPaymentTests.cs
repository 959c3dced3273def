using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.ServiceDefaults;
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
            .Credit("RET4", 9m, "121042880000023", "OTHER-RENT").File()))
            .Items("receiptIds").Select(id => id.GetGuid()).ToArray();
        var import = await ImportAsync(BankFiles.Bai2("RET4", ("555", 10m, "MONTHLY-RENT")));
        app.Services.GetRequiredService<WakeUp<IntakeService>>().Wake();
        (await app.Client.ReadAsync("/v1/bank-statements/returns?status=open&bankAccount=US01-R4")).Items()
            .ShouldHaveSingleItem().Text("bankAccount").ShouldBe("US01-R4");
        var path = $"/v1/bank-statements/{import.Id()}/returns/1/1/0";
        (await app.Client.PostAsync(path, new { receiptId = receipts[2] }, 422)).ShouldHaveCode("other-amount");
        (await app.Client.PostAsync(path, new { receiptId = receipts[1] }, 200)).Text("foundBy").ShouldBe("person");
        (await app.Client.PostAsync(path, new { receiptId = receipts[0] }, 409)).ShouldHaveCode("return-already-found");
        (await app.Client.ReadAsync($"/v1/receipts/{receipts[1]}")).Text("status").ShouldBe("reversed");
        (await app.Client.ReadAsync($"/v1/receipts/{receipts[0]}")).Text("status").ShouldNotBe("reversed");
    }

    /// <summary>CASH-14: what is charged back in part is gone of the receipt in part, however often.</summary>
    [Fact]
    public async Task in_part_reverse_so_much_of_their_receipt()
    {
        await RegisterAsync("US01-R6", "RET6");
        var receipt = (await ImportAsync(new Nacha("RET6").Credit("RET6", 100m, "121042880000061").File()))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        var first = await ImportAsync(BankFiles.Bai2("RET6", "261105", ("555", 30m, "DISPUTE-1")));
        var second = await ImportAsync(BankFiles.Bai2("RET6", "261106", ("555", 80m, "DISPUTE-2")));
        var path = $"/v1/bank-statements/{first.Id()}/returns/1/1/0";
        (await app.Client.PostAsync(path, new { refundId = receipt }, 422)).ShouldHaveCode("receipt-missing");
        (await app.Client.PostAsync(path, new { receiptId = receipt }, 200)).Id("receiptId").ShouldBe(receipt);
        (await app.Client.PostAsync($"/v1/bank-statements/{second.Id()}/returns/1/1/0", new { receiptId = receipt },
            422)).ShouldHaveCode("other-amount");
        var reversed = await app.Client.PostAsync($"/v1/receipts/{receipt}/reverse",
            new { reason = "chargeback", amount = Usd("20.00"), reference = "DISPUTE-3" }, 202);
        (reversed.Amount("unapplied"), reversed.Amount("reversed"), reversed.Text("status"))
            .ShouldBe((50m, 50m, "unapplied"));
        (await app.ScalarAsync<decimal>($"select sum(amount) from bank_postings where receipt_id = '{receipt}'"))
            .ShouldBe(50m);
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
    }

    /// <summary>
    /// I-01: of several debits at the same moment no more is taken than the receipt has; the others stay open.
    /// </summary>
    [Fact]
    public async Task that_are_told_at_once_take_no_more_than_there_is()
    {
        await RegisterAsync("US01-R9", "RET9");
        var receipt = (await ImportAsync(new Nacha("RET9").Credit("RET9", 100m, "121042880000091").File()))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        var debits = new List<Guid>();
        foreach (var day in Enumerable.Range(5, 4))
        {
            debits.Add((await ImportAsync(
                BankFiles.Bai2("RET9", $"26110{day}", ("555", 60m + day, $"DISPUTE-9{day}")))).Id());
        }

        var answers = await Task.WhenAll(debits.Select(debit => app.Client.PostAsJsonAsync(
            new Uri($"/v1/bank-statements/{debit}/returns/1/1/0", UriKind.Relative), new { receiptId = receipt })));

        answers.Select(answer => answer.StatusCode).Order()
            .ShouldBe([HttpStatusCode.OK, .. Enumerable.Repeat(HttpStatusCode.UnprocessableEntity, 3)]);
        var taken = await app.ScalarAsync<decimal>(
            $"select sum(amount) from returned_payments where receipt_id = '{receipt}'");
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Amount("reversed").ShouldBe(taken);
        (await app.Client.ReadAsync("/v1/bank-statements/returns?status=open&bankAccount=US01-R9")).Items().Length
            .ShouldBe(3);
    }

    /// <summary>What a person reversed before its debit came is that debit's, and is not reversed again.</summary>
    [Fact]
    public async Task after_a_person_reversed_them_are_only_noted()
    {
        await RegisterAsync("US01-R7", "RET7");
        var receipts = (await ImportAsync(new Nacha("RET7").Credit("RET7", 110m, "121042880000071")
            .Credit("RET7", 120m, "121042880000072").File()))
            .Items("receiptIds").Select(id => id.GetGuid()).ToArray();
        await app.Client.PostAsync($"/v1/receipts/{receipts[0]}/reverse", new { reason = "return" }, 202);
        var whole = await ImportAsync(BankFiles.Bai2("RET7", "261105", ("555", 110m, "DISPUTE-71")));
        await app.Client.PostAsync($"/v1/bank-statements/{whole.Id()}/returns/1/1/0", new { receiptId = receipts[0] },
            200);
        (await LedgerAsync(receipts[0])).ShouldBe(0m);

        var part = new { reason = "chargeback", amount = Usd("30.00"), reference = "DISPUTE-72" };
        (await app.Client.PostAsync($"/v1/receipts/{receipts[1]}/reverse",
            new { reason = "chargeback", amount = Usd("30.00") }, 400)).ShouldHaveCode("validation-failed");
        await app.Client.PostAsync($"/v1/receipts/{receipts[1]}/reverse", part, 202);
        await app.Client.PostAsync($"/v1/receipts/{receipts[1]}/reverse", part, 202);
        (await LedgerAsync(receipts[1])).ShouldBe(90m);
        var reversal = (await app.Client.ReadAsync($"/v1/receipts/{receipts[1]}/history")).Items()
            .Single(item => item.Text("type") == "receipt-partly-reversed").GetProperty("data").Id("reversalId");
        var first = await ImportAsync(BankFiles.Bai2("RET7", "261106", ("555", 30m, "DISPUTE-73")));
        var path = $"/v1/bank-statements/{first.Id()}/returns/1/1/0";
        (await app.Client.PostAsync(path, new { receiptId = receipts[1] }, 409))
            .ShouldHaveCode("part-reversed-before");
        (await app.Client.PostAsync(path, new { receiptId = receipts[1], reversalId = receipts[1] }, 422))
            .ShouldHaveCode("no-such-reversal");
        await app.Client.PostAsync(path, new { receiptId = receipts[1], reversalId = reversal }, 200);
        (await LedgerAsync(receipts[1])).ShouldBe(90m);
        var second = await ImportAsync(BankFiles.Bai2("RET7", "261107", ("555", 30m, "DISPUTE-74")));
        path = $"/v1/bank-statements/{second.Id()}/returns/1/1/0";
        (await app.Client.PostAsync(path, new { receiptId = receipts[1], reversalId = reversal }, 409))
            .ShouldHaveCode("return-already-found");
        await app.Client.PostAsync(path, new { receiptId = receipts[1] }, 200);
        (await LedgerAsync(receipts[1])).ShouldBe(60m);

        Task<decimal> LedgerAsync(Guid receipt) => app.ScalarAsync<decimal>(
            $"select sum(amount) from bank_postings where receipt_id = '{receipt}'");
    }

    /// <summary>What a person says is a customer's money may be entered already: it is that receipt then.</summary>
    [Fact]
    public async Task of_ours_that_were_entered_are_the_receipt_there_is()
    {
        const string iban = "DE02120300000000202051";
        await app.Invoicing.IntroduceAsync();
        await app.Client.PutAsync("/v1/bank-accounts/US01-OURS2",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        var entered = (await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "wire",
            amount = Usd("77.00"),
            valueDate = "2026-11-09",
            processorReference = "PROC-770077",
        })).Id();
        var import = await app.Client.PostAsync("/v1/bank-statements", Xml(
            new Camt("OURS-2", new DateOnly(2026, 11, 9), 0m) { Iban = iban }.CameBack(77m, "PROC-770077").Xml()), 201);
        (await app.Client.PostAsync($"/v1/bank-statements/{import.Id()}/returns/1/1/0", new { isReceipt = true }, 200))
            .Id("receiptId").ShouldBe(entered);
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 77")).ShouldBe(1);
        (await app.Client.ReadAsync("/v1/bank-statements/returns?bankAccount=US01-OURS2")).Items()
            .ShouldHaveSingleItem().Id("receiptId").ShouldBe(entered);
    }

    /// <summary>A payment of ours that comes back and is no refund is what a person says it is.</summary>
    [Fact]
    public async Task of_ours_are_what_a_person_says_where_no_refund_is_found()
    {
        await app.Invoicing.IntroduceAsync();
        await app.Client.PutAsync("/v1/bank-accounts/US01-OURS", new
        {
            legalEntity = "US01",
            currency = "USD",
            iban = "DE02500105170137075030",
            ledgerAccount = "1000",
        }, 201);
        var import = await app.Client.PostAsync("/v1/bank-statements", Xml(
            new Camt("OURS-1", new DateOnly(2026, 11, 9), 0m) { Iban = "DE02500105170137075030" }
                .CameBack(55m, "SALARY-1").CameBack(66m, "SUPPLIER-1").Xml()), 201);
        import.Items("receiptIds").ShouldBeEmpty();
        (await DayAsync()).Text("status").ShouldBe("open");
        var path = $"/v1/bank-statements/{import.Id()}/returns/1";
        (await app.Client.PostAsync($"{path}/1/0", new { isReceipt = true, otherReason = "both" }, 422))
            .ShouldHaveCode("refund-missing");
        var receipt = (await app.Client.PostAsync($"{path}/1/0", new { isReceipt = true }, 200)).Id("receiptId");
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Amount("unapplied").ShouldBe(55m);
        (await app.Client.PostAsync($"{path}/1/0", new { isReceipt = true }, 409))
            .ShouldHaveCode("return-already-found");
        (await app.Client.PostAsync($"{path}/2/0", new { otherReason = "a supplier's account was closed" }, 200))
            .Text("closed").ShouldBe("a supplier's account was closed");
        var day = await DayAsync();
        (day.Text("status"), day.Amount("credits"), day.Amount("receipts")).ShouldBe(("balanced", 55m, 55m));
        var posting = (await app.Client.ReadAsync("/v1/reports/cash-posting?date=2026-11-09")).Items("rows")
            .Single(row => row.Text("bankAccount") == "US01-OURS");
        (posting.GetProperty("ties").GetBoolean(), posting.Amount("otherCredits")).ShouldBe((true, 66m));

        async Task<JsonElement> DayAsync() =>
            (await app.Client.ReadAsync("/v1/cash-days?from=2026-11-09&bankAccount=US01-OURS")).Items("days")
                .ShouldHaveSingleItem();
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

        // What is to be corrected is a list, for the legal entity's people, until one of them has done it.
        await app.Client.PutAsync(
            $"/v1/cash-profiles/{Invoicing.Globex}", new { accounts = new[] { "744-5678-99" } });
        const string path = "/v1/bank-statements/changes?bankAccount=US01-R5&status=";
        var open = (await app.Client.ReadAsync(path + "open")).Items().ShouldHaveSingleItem();
        (open.Text("code"), open.Text("meaning"), open.Text("account"), open.Text("correction")).ShouldBe(
            ("C01", "incorrect account number", "****8-99", "****1614"));
        (open.Id("customerId"), open.Text("correctBy")).ShouldBe((Invoicing.Globex, "2026-11-10"));
        var act = $"/v1/bank-statements/{import.Id()}/changes/1/1/act";
        using var outsider = app.ClientWith("cash:read cash:write", "CA01", "eve");
        (await outsider.ReadAsync(path + "open")).Items().ShouldBeEmpty();
        await outsider.PostAsync(act, new { note = "mine" }, 404);
        (await app.Client.PostAsync(act, new { note = " " }, 422)).ShouldHaveCode("note-missing");
        (await app.Client.PostAsync(act, new { note = "mandate corrected" }, 200)).Text("note")
            .ShouldBe("mandate corrected");
        (await app.Client.PostAsync(act, new { note = "again" }, 409)).ShouldHaveCode("notice-acted-on");
        await app.Client.PostAsync($"/v1/bank-statements/{import.Id()}/changes/1/2/act", new { note = "x" }, 404);
        (await app.Client.ReadAsync(path + "open")).Items().ShouldBeEmpty();
        (await app.Client.ReadAsync(path + "acted-on")).Items().ShouldHaveSingleItem().Text("note")
            .ShouldBe("mandate corrected");
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
