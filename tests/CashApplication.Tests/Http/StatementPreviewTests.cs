using System.Text;
using System.Text.Json;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Tests.Support;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>GW-14, B-20: what a file would do is known before it does it.</summary>
public sealed class Previews_of_bank_files(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly DateOnly Monday = new(2026, 11, 2);

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task gw14_tell_what_would_be_booked_matched_and_left_out_and_write_nothing()
    {
        await app.Client.RegisterMainAccountAsync();
        await app.Invoicing.InvoiceAsync("INV-US01-2026-930001", 100m);
        var monday = new Camt("P1", Monday, 1_000m)
            .Credit(100m, "INV-US01-2026-930001")
            .Credit(12.34m, "who am I", payer: null)
            .Debit(4.50m, "MDOP", "CHRG");
        var before = await WrittenAsync();
        var preview = await PreviewAsync(monday.Xml());
        (preview.GetProperty("alreadyImported").GetBoolean(), preview.GetProperty("receipts").GetInt32())
            .ShouldBe((false, 2));
        var statement = preview.Items("statements").ShouldHaveSingleItem();
        statement.Text("chain").ShouldBe("follows");
        statement.GetProperty("statement").Amount("closing").ShouldBe(1_107.84m);
        statement.Items("lines").Select(line =>
            (line.Text("class"), line.GetProperty("count").GetInt32(), line.Amount("sum")))
            .ShouldBe([("receipt", 2, 112.34m), ("fee", 1, -4.50m)]);
        var matching = preview.GetProperty("matching");
        (matching.GetProperty("applied").GetInt32(), matching.GetProperty("unidentified").GetInt32()).ShouldBe((1, 1));
        matching.Items("appliedSums").ShouldHaveSingleItem().Text("amount").ShouldBe("100.00");
        matching = (await app.Client.PostAsync(
            "/v1/bank-statements?preview=true&effects=held", Xml(monday.Xml()), 200)).GetProperty("matching");
        (matching.GetProperty("lookedAt").GetInt32(), matching.GetProperty("applied").GetInt32()).ShouldBe((2, 0));
        (await WrittenAsync()).ShouldBe(before);

        // The import does what was told, and the same file would do nothing more.
        (await app.Client.PostAsync("/v1/bank-statements", Xml(monday.Xml()), 201)).Items("receiptIds").Length
            .ShouldBe(2);
        before = await WrittenAsync();
        preview = await PreviewAsync(monday.Xml());
        (preview.GetProperty("alreadyImported").GetBoolean(), preview.GetProperty("receipts").GetInt32())
            .ShouldBe((true, 0));
        preview.Items("statements").ShouldHaveSingleItem().Text("chain").ShouldBe("repeated");

        var gap = await PreviewAsync(new Camt("P3", Monday.AddDays(2), 5m).Credit(1m, "x").Xml(), 422);
        gap.ShouldHaveCode("statement-gap");
        gap.Text("detail").ShouldContain("would wait");
        (await PreviewAsync(monday.Xml()[..400], 422)).ShouldHaveCode("not-well-formed");
        (await PreviewAsync("hello", 422)).ShouldHaveCode("unsupported-format");
        using var outsider = app.ClientWith("cash:read cash:write", "CA01", "eve");
        await outsider.PostAsync("/v1/bank-statements?preview=true", Xml(monday.Xml()), 403);
        (await WrittenAsync()).ShouldBe(before);
    }

    /// <summary>A large file is read part by part; nothing of it stays.</summary>
    [Fact]
    public async Task gw14_of_large_files_keep_no_part_of_them()
    {
        await app.Client.PutAsync("/v1/bank-accounts/US01-P2", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = "PREVIEW2",
            ledgerAccount = "1000",
            detailByFile = new { ach = true },
        }, 201);
        var file = new Nacha("PREVIEW2");
        for (var entry = 1; entry <= 3_000; entry++)
            file.Credit("PREVIEW2", 1m + entry, $"0914006{entry:D8}");
        var bytes = file.File();
        bytes.Length.ShouldBeGreaterThan(StatementFiles.PartBytes);
        var before = await WrittenAsync();
        var preview = await PreviewAsync(Encoding.ASCII.GetString(bytes));
        preview.GetProperty("receipts").GetInt32().ShouldBe(3_000);
        preview.GetProperty("matching").GetProperty("lookedAt").GetInt32().ShouldBe(1_000);
        preview.Items("statements")[0].Items("lines").ShouldHaveSingleItem().GetProperty("count").GetInt32()
            .ShouldBe(3_000);
        (await WrittenAsync()).ShouldBe(before);
    }

    private Task<JsonElement> PreviewAsync(string text, int status = 200) =>
        app.Client.PostAsync("/v1/bank-statements?preview=true", Xml(text), status);

    private Task<long> WrittenAsync() => app.ScalarAsync<long>(
        "select (select count(*) from mt_events) + (select count(*) from statement_files) + " +
        "(select count(*) from receipts) + (select count(*) from statement_imports)");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
