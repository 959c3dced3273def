using OrderToCash.CashApplication.Tests.Support;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

public sealed class Statements_over_http(CashApp app) : IClassFixture<CashApp>
{
    private static readonly DateOnly Monday = new(2026, 11, 2);

    [Fact]
    public async Task a_day_of_payments_is_booked_matched_and_tied_out()
    {
        await app.Invoicing.IntroduceAsync();
        await app.Client.RegisterMainAccountAsync();
        await app.Invoicing.InvoiceAsync("INV-US01-2026-000001", 100m);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-000002", 200m);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-000003", 300m);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-000004", 400m);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-000005", 500m);
        var monday = new Camt("S1", Monday, 1_000m)
            .Credit(100m, "INV-US01-2026-000001")
            .Credit(150m, "Inv US01/2026/2 short")
            .Credit(330m, "INV-US01-2026-000003 too much")
            .Credit(900m, "INV-US01-2026-000004 and INV-US01-2026-000005")
            .Credit(12.34m, "who am I", payer: null)
            .Credit(100m, "INV-US01-2026-000001")
            .Debit(4.50m, "MDOP", "CHRG");
        var import = await ImportAsync(monday.Xml(), 201);
        import.Text("format").ShouldBe("camt.053.001.08");
        import.Items("receiptIds").Length.ShouldBe(6);
        var statement = import.Items("statements").ShouldHaveSingleItem();
        statement.Amount("credits").ShouldBe(1_592.34m);
        statement.Amount("debits").ShouldBe(4.50m);
        (await AmountsAsync("sum(pending)")).ShouldBe(100m + 150m + 300m + 900m);
        (await AmountsAsync("sum(unapplied) filter (where customer_id is not null)")).ShouldBe(130m);
        (await AmountsAsync("sum(unapplied) filter (where customer_id is null)")).ShouldBe(12.34m);

        var posting = await app.Client.ReadAsync("/v1/reports/cash-posting?date=2026-11-02");
        posting.GetProperty("ties").GetBoolean().ShouldBeTrue(posting.ToString());
        posting.Items("rows").Single().Amount("fees").ShouldBe(4.50m);
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out?legalEntity=US01")).GetProperty("ties").GetBoolean()
            .ShouldBeTrue();

        await RefusalsAsync(import.Id(), monday);
        await OthersAsync(import.Id());
    }

    /// <summary>A bank's file is nobody's business but its legal entity's, whichever way it is asked for.</summary>
    private async Task OthersAsync(Guid import)
    {
        using var outsider = app.ClientWith("cash:read cash:write", "DE01", "eve");
        var refused = (await app.Client.ReadAsync("/v1/bank-statements?status=refused&limit=1")).Items()[0].Id();
        foreach (var id in new[] { import, refused })
        {
            foreach (var what in new[] { "", "/file", "/history" })
                await outsider.ReadAsync($"/v1/bank-statements/{id}{what}", 404);
        }

        (await outsider.ReadAsync("/v1/bank-statements")).Items().ShouldBeEmpty();
        using var sender = app.ClientWith("cash:read", "DE01");
        (await sender.ReadAsync($"/v1/bank-statements/{refused}")).Text("status").ShouldBe("refused");
        (await app.Client.ReadAsync($"/v1/bank-statements/{import}/history")).Items().Select(item => item.Text("type"))
            .ShouldBe(["statement-file-imported", "statement-lines-booked"]);
    }

    /// <summary>On the same books, for a refusal is known by what it leaves alone.</summary>
    private async Task RefusalsAsync(Guid import, Camt monday)
    {
        var before =
            await app.ScalarAsync<long>("select count(*) from mt_events where type <> 'statement_file_refused'");
        var again = await ImportAsync(monday.Xml(), 409);
        again.ShouldHaveCode("statement-already-imported");
        again.Text("detail").ShouldContain(import.ToString());
        (await ImportAsync(monday.Xml().Replace("><", ">\n<"), 409)).ShouldHaveCode("statement-already-imported");

        var tuesday = new Camt("S2", Monday.AddDays(1), monday.Closing).Credit(5m, "hello");
        var wrong = await ImportAsync(tuesday.Xml(closing: 9_999m), 422);
        wrong.ShouldHaveCode("statement-does-not-balance");
        wrong.Text("detail").ShouldContain("Line ");
        (await ImportAsync(tuesday.Xml(closing: 9_999m), 422)).Text("detail").ShouldBe(wrong.Text("detail"));
        (await ImportAsync(new Camt("S3", Monday.AddDays(1), 77m).Credit(5m, "x").Xml(), 422))
            .ShouldHaveCode("statement-gap");
        var stranger = await ImportAsync(
            (new Camt("S4", Monday, 0m) { Iban = "GB82WEST12345698765432" }).Credit(5m, "x").Xml(), 422);
        stranger.ShouldHaveCode("unknown-bank-account");
        stranger.Text("detail").ShouldContain("GB82WEST12345698765432");
        (await ImportAsync((new Camt("S5", Monday, 0m) { Currency = "EUR" }).Credit(5m, "x").Xml(), 422))
            .ShouldHaveCode("currency-differs");
        (await ImportAsync("<hello/>", 422)).ShouldHaveCode("unsupported-statement-type");
        (await ImportAsync("hello", 422)).ShouldHaveCode("unsupported-format");
        (await ImportAsync("", 422)).ShouldHaveCode("empty-file");
        (await ImportAsync(tuesday.Xml()[..400], 422)).ShouldHaveCode("not-well-formed");
        (await app.ScalarAsync<long>("select count(*) from mt_events where type <> 'statement_file_refused'"))
            .ShouldBe(before);

        var refused = (await app.Client.ReadAsync("/v1/bank-statements?status=refused&limit=100")).Items();
        refused.Length.ShouldBe(7);
        (await app.Client.ReadAsync("/v1/bank-statements?status=waiting")).Items().ShouldHaveSingleItem()
            .Text("waitsFor").ShouldBe("US01-MAIN");
        var kept = refused.Single(item => item.Text("code") == "unsupported-format");
        (await app.Client.GetStringAsync($"/v1/bank-statements/{kept.Id()}/file")).ShouldBe("hello");
        (await app.Client.ReadAsync($"/v1/bank-statements/{kept.Id()}")).Text("status").ShouldBe("refused");
        (await ImportAsync(tuesday.Xml(), 201)).Items("receiptIds").ShouldHaveSingleItem();
    }

    private Task<System.Text.Json.JsonElement> ImportAsync(string xml, int status) =>
        app.Client.PostAsync("/v1/bank-statements", Xml(xml), status);

    private Task<decimal> AmountsAsync(string what) => app.ScalarAsync<decimal>($"select {what} from receipts");
}

public sealed class Bank_accounts_over_http(CashApp app) : IClassFixture<CashApp>
{
    [Fact]
    public async Task are_registered_read_listed_and_refused()
    {
        await app.Invoicing.IntroduceAsync();
        await app.Client.RegisterMainAccountAsync();
        (await app.Client.ReadAsync("/v1/bank-accounts/US01-MAIN")).Text("iban").ShouldBe(Camt.Account);
        (await app.Client.ReadAsync("/v1/bank-accounts?legalEntity=US01")).Items().ShouldHaveSingleItem();
        (await app.Client.ReadAsync("/v1/bank-accounts/US01-MAIN/history")).Items().ShouldHaveSingleItem();
        (await app.Client.ReadAsync("/v1/bank-accounts/NOPE", 404)).ShouldHaveCode("not-found");
        (await PutAsync("A", Account("XX01", "USD", Camt.Account), 422)).ShouldHaveCode("unknown-legal-entity");
        (await PutAsync("A", Account("US01", "USD", "DE00370400440532013000"), 422)).ShouldHaveCode("invalid-iban");
        (await PutAsync("A", Account("US01", "USD", Camt.Account), 409)).ShouldHaveCode("identification-taken");
        await PutAsync("US01-EUR", Account("US01", "EUR", Camt.Account), 201);
        var ach = await PutAsync("US01-ACH", Account("US01", "USD", null, "000123 456", "021000021"), 201);
        ach.Text("accountNumber").ShouldBe("000123456");
        var moved = await PutAsync("US01-MAIN", Account("US01", "USD", Camt.Account, ledgerAccount: "1009"), 200);
        moved.Text("ledgerAccount").ShouldBe("1009");
        await PutAsync("US01-OLD", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = "OLD-1",
            ledgerAccount = "1000",
            closedOn = "2026-10-31",
        }, 201);
        (await app.Client.ReadAsync("/v1/bank-accounts?legalEntity=US01")).Items()
            .Single(account => account.TryGetProperty("closedOn", out _)).Text("closedOn").ShouldBe("2026-10-31");
    }

    private static object Account(
        string legalEntity, string currency, string? iban, string? accountNumber = null, string? bankCode = null,
        string ledgerAccount = "1000") => new { legalEntity, currency, iban, accountNumber, bankCode, ledgerAccount };

    private Task<System.Text.Json.JsonElement> PutAsync(string code, object body, int status) =>
        app.Client.PutAsync($"/v1/bank-accounts/{code}", body, status);
}
