using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// CASH-14: payers who pay the same amount month by month. What comes back is the payment that it names, and never
/// another one of the same mandate, account and amount.
/// </summary>
public sealed class Monthly_debits_that_come_back(CashApp app) : IClassFixture<CashApp>
{
    private const string Iban = "DE75512108001245126199";
    private const string OtherIban = "DE27100777770209299700";
    private const string PayerAccount = "FR7630006000011234567890189";

    [Fact]
    public async Task are_told_by_their_reference_from_end_to_end()
    {
        await RegisterAsync("US01-DD1", new { iban = Iban });
        var receipts = new List<Guid>();
        foreach (var month in Enumerable.Range(8, 3))
        {
            var file = new Camt($"DD-{month}", new DateOnly(2026, month, 3), null) { Iban = Iban }
                .DirectDebit(100m, $"E2E-{month:00}", "MANDATE-1", account: PayerAccount);
            receipts.Add((await ImportAsync(Xml(file.Xml()))).Items("receiptIds").ShouldHaveSingleItem().GetGuid());
        }

        await ImportAsync(Xml(new Camt("DD-BACK", new DateOnly(2026, 10, 8), null) { Iban = Iban }
            .DirectDebit(100m, "E2E-09", "MANDATE-1", "AM04", PayerAccount).Xml()));
        await BecomesAsync(receipts[1], "reversed");
        (await ReturnsAsync("US01-DD1")).ShouldHaveSingleItem().Text("foundBy").ShouldBe("reference");
        foreach (var other in new[] { receipts[0], receipts[2] })
            (await app.Client.ReadAsync($"/v1/receipts/{other}")).Text("status").ShouldNotBe("reversed");
    }

    /// <summary>
    /// January was told singly, February in one sum: February's return names the mandate, the payer's account and its
    /// own reference. January's receipt is not the one, though it is the only one that fits otherwise.
    /// </summary>
    [Fact]
    public async Task leave_the_receipt_of_another_month_alone()
    {
        await RegisterAsync("US01-DD2", new { iban = OtherIban });
        var january = (await ImportAsync(Xml(new Camt("DD-JAN", new DateOnly(2026, 1, 28), null) { Iban = OtherIban }
            .DirectDebit(100m, "E2E-JAN", "MANDATE-2", account: PayerAccount).Xml())))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        var import = await ImportAsync(Xml(new Camt("DD-FEB", new DateOnly(2026, 2, 12), null) { Iban = OtherIban }
            .Lump(5_000m, 50).DirectDebit(100m, "E2E-FEB", "MANDATE-2", "MD01", PayerAccount)
            .DirectDebit(30m, "E2E-FEX", "MANDATE-3", "MD01").Xml()));

        // Another one that can be told shows that all were looked at.
        var told = (await ImportAsync(Xml(new Camt("DD-MAR", new DateOnly(2026, 2, 13), null) { Iban = OtherIban }
            .DirectDebit(77m, "E2E-77", "MANDATE-4").DirectDebit(77m, "E2E-77", "MANDATE-4", "AM04").Xml())))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        await BecomesAsync(told, "reversed");
        (await app.Client.ReadAsync($"/v1/receipts/{january}")).Text("status").ShouldNotBe("reversed");
        var open = (await ReturnsAsync("US01-DD2", "open")).OrderByDescending(row => row.Amount("amount")).ToArray();
        open.Length.ShouldBe(2);

        // A person says that it is none of our receipts: it is open no longer, and nothing looks for it.
        var path = $"/v1/bank-statements/{import.Id()}/returns/1/2/0";
        (await app.Client.PostAsync(path, new { otherReason = " ", receiptId = january }, 422))
            .ShouldHaveCode("receipt-missing");
        (await app.Client.PostAsync(path, new { otherReason = "a supplier took its refund back" }, 200))
            .Text("closed").ShouldBe("a supplier took its refund back");
        (await app.Client.PostAsync(path, new { receiptId = january }, 409)).ShouldHaveCode("return-already-found");
        (await ReturnsAsync("US01-DD2", "open")).ShouldHaveSingleItem().Amount("amount").ShouldBe(30m);
        (await ReturnsAsync("US01-DD2", "found")).Length.ShouldBe(2);
    }

    /// <summary>
    /// January's debit was told without a reference of its own: February's return, which has one, may be of another
    /// debit of the mandate. A person says which.
    /// </summary>
    [Fact]
    public async Task leave_a_receipt_without_a_reference_of_its_own_to_a_person()
    {
        const string iban = "DE02120300000000202051";
        await RegisterAsync("US01-DD4", new { iban });
        var january = (await ImportAsync(Xml(new Camt("DD-NP", new DateOnly(2026, 1, 5), null) { Iban = iban }
            .DirectDebit(100m, "NOTPROVIDED", "MANDATE-6", account: PayerAccount).Xml())))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        var import = await ImportAsync(Xml(new Camt("DD-NP2", new DateOnly(2026, 2, 8), null) { Iban = iban }
            .DirectDebit(100m, "E2E-NP-FEB", "MANDATE-6", "MD01", PayerAccount).Xml()));

        // Another one that can be told shows that all were looked at.
        var told = (await ImportAsync(Xml(new Camt("DD-NP3", new DateOnly(2026, 2, 9), null) { Iban = iban }
            .DirectDebit(78m, "E2E-78", "MANDATE-7").DirectDebit(78m, "E2E-78", "MANDATE-7", "AM04").Xml())))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        await BecomesAsync(told, "reversed");
        (await app.Client.ReadAsync($"/v1/receipts/{january}")).Text("status").ShouldNotBe("reversed");
        (await ReturnsAsync("US01-DD4", "open")).ShouldHaveSingleItem().Amount("amount").ShouldBe(100m);
        await app.Client.PostAsync(
            $"/v1/bank-statements/{import.Id()}/returns/1/1/0", new { receiptId = january }, 200);
        await BecomesAsync(january, "reversed");
    }

    /// <summary>
    /// The individual's identification of an ACH file is the payer's, month by month; the return was read before the
    /// file of its own entry.
    /// </summary>
    [Fact]
    public async Task of_the_ach_are_told_by_their_trace_numbers()
    {
        const string first = "091000010000001", second = "091000010000002";
        await RegisterAsync(
            "US01-DD3", new { accountNumber = "DD3", detailByFile = new { lockbox = true, ach = true } });
        var old = (await ImportAsync(new ByteArrayContent(new Nacha("DD3")
            .Credit("DD3", 55m, first, "CUSTOMER-77").File("261002"))))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        await ImportAsync(new ByteArrayContent(new Nacha("DD3")
            .Return("777", 55m, "R01", second, "091000017611242", "CUSTOMER-77").File("261104")));
        app.Services.GetRequiredService<WakeUp<IntakeService>>().Wake();
        var own = (await ImportAsync(new ByteArrayContent(new Nacha("DD3")
            .Credit("DD3", 55m, second, "CUSTOMER-77").File("261102"))))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        await BecomesAsync(own, "reversed");
        (await app.Client.ReadAsync($"/v1/receipts/{old}")).Text("status").ShouldNotBe("reversed");
    }

    /// <summary>The books say on every day what the bank's statement says, whenever the file comes.</summary>
    [Fact]
    public async Task are_posted_on_the_day_the_bank_booked_them()
    {
        const string iban = "DE89370400440532013000";
        await RegisterAsync("US01-DD5", new { iban });
        var receipt = (await ImportAsync(Xml(new Camt("DD-POST", new DateOnly(2026, 3, 31), null) { Iban = iban }
            .DirectDebit(41m, "E2E-41", "MANDATE-5").Xml()))).Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Text("postingDate").ShouldBe("2026-03-31");
        await ImportAsync(Xml(new Camt("DD-POST2", new DateOnly(2026, 4, 2), null) { Iban = iban }
            .DirectDebit(41m, "E2E-41", "MANDATE-5", "AM04").Xml()));
        await BecomesAsync(receipt, "reversed");
        (await app.ScalarAsync<string>(
            "select string_agg(kind || ' ' || posting_date, ', ' order by posting_date) from bank_postings " +
            $"where receipt_id = '{receipt}'")).ShouldBe("receipt-booked 2026-03-31, receipt-reversed 2026-04-02");
    }

    private async Task RegisterAsync(string code, object identification)
    {
        await app.Invoicing.IntroduceAsync();
        var account = JsonSerializer.SerializeToNode(identification)!.AsObject();
        account["legalEntity"] = "US01";
        account["currency"] = "USD";
        account["ledgerAccount"] = "1000";
        await app.Client.PutAsync($"/v1/bank-accounts/{code}", account, 201);
    }

    private async Task<JsonElement[]> ReturnsAsync(string account, string status = "found") =>
        (await app.Client.ReadAsync($"/v1/bank-statements/returns?status={status}&bankAccount={account}")).Items();

    private Task BecomesAsync(Guid receipt, string status) => Eventually.BecomesTrue(
        async () => (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Text("status") == status,
        $"{receipt} is {status}");

    private Task<JsonElement> ImportAsync(HttpContent content) =>
        app.Client.PostAsync("/v1/bank-statements", content, 201);
}
