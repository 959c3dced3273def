using System.Globalization;
using System.Text.Json;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>CASH-15: what comes back says whether and how often it may be debited again.</summary>
public sealed class Returned_debits(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly DateOnly Day = TimeProvider.System.Today("America/Chicago");

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task cash15_that_nobody_authorised_stop_debits_until_somebody_has_looked()
    {
        await RegisterAsync("US01-S1", "STOP1");
        await ReturnAsync("STOP1", "880001", 31.10m, "R10", 1);
        var row = (await ReturnsAsync("US01-S1", "to-review")).ShouldHaveSingleItem();
        (row.Text("action"), row.Text("returnableUntil")).ShouldBe(("stop-and-review", "2027-01-01"));
        (await app.Client.PostAsync("/v1/pending-payments", Debit("880001", "31.10"), 409))
            .ShouldHaveCode("debits-stopped");
        await app.Client.PostAsync("/v1/pending-payments", Debit("880009", "31.10"));
        await app.Client.PostAsync("/v1/pending-payments", Debit("880001", "31.10", "wire"));

        var path = $"/v1/bank-statements/{row.Id("importId")}/returns/1/{row.GetProperty("entry")}/" +
            $"{row.GetProperty("detail")}/review";
        (await app.Client.PostAsync(path, new { note = " " }, 422)).ShouldHaveCode("note-missing");
        (await app.Client.PostAsync(path, new { note = "new authorisation of today" }, 200)).Text("reviewed")
            .ShouldBe("new authorisation of today");
        (await app.Client.PostAsync(path, new { note = "again" }, 409)).ShouldHaveCode("nothing-to-review");
        (await ReturnsAsync("US01-S1", "to-review")).ShouldBeEmpty();
        (await ReturnsAsync("US01-S1", "found")).ShouldHaveSingleItem().GetProperty("isToReview").GetBoolean()
            .ShouldBeFalse();
        await app.Client.PostAsync("/v1/pending-payments", Debit("880001", "31.10"));
    }

    [Fact]
    public async Task cash15_are_presented_twice_again_and_no_more()
    {
        await RegisterAsync("US01-S2", "STOP2");
        for (var time = 1; time <= 3; time++)
        {
            await app.Client.PostAsync("/v1/pending-payments", Debit("880002", "42.20"));
            await ReturnAsync("STOP2", "880002", 42.20m, time == 2 ? "R09" : "R01", time);
        }

        (await ReturnsAsync("US01-S2", "found")).OrderBy(row => row.GetProperty("presentments").GetInt32())
            .Select(row => row.GetProperty("presentments").GetInt32()).Last().ShouldBe(3);
        (await ReturnsAsync("US01-S2", "to-review")).ShouldNotBeEmpty();
        (await app.Client.PostAsync("/v1/pending-payments", Debit("880002", "42.20"), 409))
            .ShouldHaveCode("debits-stopped");
    }

    /// <summary>A closed account is not debited again; the customer's other account is.</summary>
    [Fact]
    public async Task cash15_of_a_closed_account_stop_that_account()
    {
        await RegisterAsync("US01-S3", "STOP3");
        await ReturnAsync("STOP3", "880003", 53.30m, "R02", 1);
        (await ReturnsAsync("US01-S3", "to-review")).ShouldBeEmpty();
        (await app.Client.PostAsync("/v1/pending-payments", Debit("880003", "1.00"), 409))
            .ShouldHaveCode("debits-stopped");
        await app.Client.PostAsync("/v1/pending-payments", Debit("880004", "1.00"));
    }

    /// <summary>CASH-08: another bank's account of the same number is not stopped, where both banks are told.</summary>
    [Fact]
    public async Task cash15_of_a_closed_account_stop_it_at_its_bank()
    {
        await RegisterAsync("US01-S7", "STOP7");
        await ReturnAsync("STOP7", "880007", 57.30m, "R02", 1);
        await app.ScalarAsync<string>("update receipts set payer_account = '880007', payer_bank = '111000025' " +
            "where bank_account = 'US01-S7' returning number");

        await app.Client.PostAsync("/v1/pending-payments", Debit("880007", "1.01", bank: "222000022"));
        foreach (var bank in new[] { "111000025", null })
        {
            (await app.Client.PostAsync("/v1/pending-payments", Debit("880007", "1.02", bank: bank), 409))
                .ShouldHaveCode("debits-stopped");
        }
    }

    [Theory]
    [InlineData("R01", "2026-11-06", "2026-11-10")]
    [InlineData("R03", "2026-11-02", "2026-11-04")]
    [InlineData("R29", "2026-11-02", "2026-11-04")]
    [InlineData("R10", "2026-11-02", "2027-01-01")]
    [InlineData("AC04", "2026-11-02", "2026-11-09")]
    [InlineData("MD06", "2026-11-02", "2026-12-28")]
    [InlineData("MD01", "2026-11-02", "2027-12-02")]
    [InlineData("0412", "2026-11-02", null)]
    public void cash15_come_back_within_their_window(string code, string settled, string? until)
    {
        var day = ReturnReasons.ReturnableUntil(code, DateOnly.Parse(settled, CultureInfo.InvariantCulture));
        (day is { } known ? known.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null).ShouldBe(until);
    }

    /// <summary>Thanksgiving and Christmas of 2026: banks that do not work return a day later.</summary>
    [Theory]
    [InlineData("R01", "2026-11-25", "2026-11-30")]
    [InlineData("R03", "2026-12-24", "2026-12-29")]
    [InlineData("AC04", "2026-12-23", "2026-12-31")]
    [InlineData("R10", "2026-12-24", "2027-02-22")]
    public void cash15_come_back_later_where_banks_have_a_holiday(string code, string settled, string until)
    {
        var banking = (MatchPolicy.Default with { BankHolidays = [new(2026, 11, 26), new(2026, 12, 25)] }).BankingDays;
        ReturnReasons.ReturnableUntil(code, DateOnly.Parse(settled, CultureInfo.InvariantCulture), banking)
            .ShouldBe(DateOnly.Parse(until, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task cash15_know_the_bank_holidays_of_the_policy()
    {
        await app.Client.PutAsync("/v1/cash-policies/US01", new
        {
            autoApplyThreshold = "0.9",
            bankHolidays = new[] { "2026-11-03", "2026-11-05" },
        });
        await RegisterAsync("US01-S6", "STOP6");
        await ReturnAsync("STOP6", "880006", 77.70m, "R02", 1);
        (await ReturnsAsync("US01-S6", "found")).ShouldHaveSingleItem().Text("returnableUntil").ShouldBe("2026-11-06");
        (await app.Client.SendAsync(HttpMethod.Put, "/v1/cash-policies/US01", new
        {
            autoApplyThreshold = "0.9",
            bankHolidays = new[] { "2026-11-03", "2026-11-03" },
        }, 422)).ShouldHaveCode("invalid-cash-policy");
    }

    [Theory]
    [InlineData("MD01", "stop-and-review", "return")]
    [InlineData("MD06", "stop-and-review", "return")]
    [InlineData("MS02", "stop-and-review", "return")]
    [InlineData("AC04", "new-account-data", "return")]
    [InlineData("AG01", "new-account-data", "return")]
    [InlineData("AM04", "re-present", "nsf")]
    [InlineData("RR04", "review", "return")]
    public void cash15_have_their_action_by_the_codes_of_iso_20022(string code, string action, string reason)
    {
        ReturnReasons.Of(code).ShouldNotBeNull().Action.ShouldBe(action);
        ReturnReasons.ReasonOf(code, isCard: false).ShouldBe(reason);
        ReturnReasons.Stopping.Contains(code).ShouldBe(action == "stop-and-review");
        ReturnReasons.OfAccount.Contains(code).ShouldBe(action == "new-account-data");
        ReturnReasons.Representable.Contains(code).ShouldBe(action == "re-present");
    }

    /// <summary>As banks write it into the text of BAI2; a word that is no code tells nothing.</summary>
    [Theory]
    [InlineData("Return From: Company1, SEC: CCD, Reason: \"R02\", Return of Client Ref ID: 028000020000335", "R02")]
    [InlineData("RETURN REASON: AC04 XYZ", "AC04")]
    [InlineData("Return Reason: \"Payee does not exist\"", null)]
    [InlineData("Reason: R99", null)]
    [InlineData(null, null)]
    public void cash15_tell_their_code_in_the_text(string? text, string? code) =>
        ReturnReasons.In(text).ShouldBe(code);

    /// <summary>Debits of three months that came back once each are three entries, each presented once.</summary>
    [Fact]
    public async Task cash15_of_one_amount_for_different_invoices_are_different_entries()
    {
        await RegisterAsync("US01-S4", "STOP4");
        for (var month = 1; month <= 3; month++)
        {
            var number = $"INV-US01-2026-88400{month}";
            await app.Invoicing.InvoiceAsync(number, 64.40m);
            await ReturnAsync("STOP4", "880005", 64.40m, "R01", month, number);
        }

        (await ReturnsAsync("US01-S4", "found")).Select(row => row.GetProperty("presentments").GetInt32())
            .ShouldBe([1, 1, 1]);
        (await ReturnsAsync("US01-S4", "to-review")).ShouldBeEmpty();
        await app.Client.PostAsync("/v1/pending-payments", Debit("880005", "64.40"));
    }

    private static object Debit(string account, string amount, string method = "ach", string? bank = null) => new
    {
        legalEntity = "US01",
        method,
        stage = "initiated",
        amount = Usd(amount),
        expectedOn = Day,
        payer = new { account, bank },
    };

    private async Task ReturnAsync(
        string company, string payer, decimal amount, string code, int time, string? pays = null)
    {
        var trace = $"09140060000{payer[^3..]}{time}";
        var addenda = pays is null ? null : $"RMR*IV*{pays}**{amount}\\";
        var receipt = (await ImportAsync(new Nacha(company).Credit(company, amount, trace, addenda: addenda).File()))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        await ImportAsync(new Nacha(company).Return(payer, amount, code, trace, $"0910000176{payer[^3..]}0{time}")
            .File("261104"));
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Text("status") == "reversed",
            "the debit that came back is reversed");
    }

    private async Task<JsonElement[]> ReturnsAsync(string account, string status) =>
        (await app.Client.ReadAsync($"/v1/bank-statements/returns?bankAccount={account}&status={status}")).Items();

    private Task<JsonElement> ImportAsync(byte[] file) =>
        app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(file), 201);

    private Task RegisterAsync(string code, string number) => app.Client.PutAsync($"/v1/bank-accounts/{code}", new
    {
        legalEntity = "US01",
        currency = "USD",
        accountNumber = number,
        ledgerAccount = "1000",
        detailByFile = new { ach = true },
    }, 201);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
