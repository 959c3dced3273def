using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>GW-14, B-20: a historical file is in the books, and nothing follows from it until it is armed.</summary>
public sealed class Files_whose_effects_are_held(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly DateOnly Monday = new(2026, 11, 2);

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task gw14_are_booked_and_act_as_any_other_once_they_are_armed()
    {
        await RegisterAsync("US01-H1", "HELD1");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-940001", 77.01m);
        var bounced = (await ImportAsync(new Nacha("HELD1").Credit("HELD1", 31.10m, "091400600940001").File()))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        var file = new Nacha("HELD1")
            .Credit("HELD1", 77.01m, "091400600940002", addenda: "RMR*IV*INV-US01-2026-940001**77.01\\")
            .Credit("HELD1", 78.02m, "091400600940003", addenda: "RMR*IV*INV-US01-2026-940002**78.02\\")
            .Return("990001", 31.10m, "R10", "091400600940001", "091000017694001").File("261104");
        (await app.Client.PostAsync("/v1/bank-statements?effects=off", new ByteArrayContent(file), 400))
            .ShouldHaveCode("bad-effects");
        var import = await ImportAsync(file, "?effects=held");
        import.Text("effects").ShouldBe("held");
        (await app.Client.ReadAsync("/v1/bank-statements?effects=held")).Items()
            .ShouldContain(one => one.Id() == import.Id());

        // Nor when something new points to its money: its invoice comes, and who may debit asks.
        await app.Invoicing.InvoiceAsync("INV-US01-2026-940002", 78.02m);
        await LookedAtAsync();
        await NothingFollowedAsync(import.Id());
        (await app.Client.ReadAsync($"/v1/receipts/{bounced}")).Text("status").ShouldNotBe("reversed");
        await app.Client.PostAsync("/v1/pending-payments", Debit("990001"));
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();

        var arm = $"/v1/bank-statements/{import.Id()}/arm";
        var before = await app.ScalarAsync<long>("select count(*) from mt_events");
        var told = await app.Client.ReadAsync($"/v1/bank-statements/{import.Id()}/held");
        (told.GetProperty("receipts").GetInt32(), told.GetProperty("matching").GetProperty("applied").GetInt32())
            .ShouldBe((2, 2));
        told.Items("returns").ShouldHaveSingleItem().Id("receiptId").ShouldBe(bounced);
        (await app.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(before);
        using var outsider = app.ClientWith("cash:read cash:write", "CA01", "eve");
        await outsider.PostAsync(arm, new { reason = "mine" }, 404);
        await outsider.ReadAsync($"/v1/bank-statements/{import.Id()}/held", 404);

        foreach (var _ in Enumerable.Range(0, 2))
            (await app.Client.PostAsync(arm, new { reason = "checked" }, 200)).Text("effects").ShouldBe("armed");
        (await app.ScalarAsync<long>("select count(*) from mt_events where type = 'statement_effects_armed' " +
            $"and stream_id = '{import.Id()}'")).ShouldBe(1);
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/receipts/{bounced}")).Text("status") == "reversed",
            "what came back takes its receipt back");
        foreach (var receipt in import.Items("receiptIds").Select(id => id.GetGuid()))
        {
            await Eventually.BecomesTrue(
                async () => (await app.Client.ReadAsync($"/v1/receipts/{receipt}")) is var now
                    && now.Items("allocations").Length == 1 && now.Amount("unapplied") == 0m,
                "its money is applied");
        }

        (await app.Client.PostAsync("/v1/pending-payments", Debit("990001"), 409)).ShouldHaveCode("debits-stopped");
    }

    /// <summary>A file that waits for another is imported by itself, and held all the same.</summary>
    [Fact]
    public async Task gw14_stay_held_while_they_wait_for_a_missing_statement()
    {
        await app.Client.RegisterMainAccountAsync();
        var before = new Camt("H0", Monday.AddDays(-1), 90m).Credit(10m, "what is booked", payer: null);
        await app.Client.PostAsync("/v1/bank-statements", Xml(before.Xml()), 201);
        var first = new Camt("H1", Monday, 100m).Credit(10m, "a wire", payer: null);
        var second = new Camt("H2", Monday.AddDays(1), 110m).Credit(11m, "another", payer: null).Pending(12m, "soon");
        var third = new Camt("H3", Monday.AddDays(2), 121m).Credit(13m, "the third", payer: null);
        await app.Client.PostAsync("/v1/bank-statements?effects=held", Xml(second.Xml()), 422);

        // Sent plainly before, and not imported yet: whoever wants it held is heard.
        await app.Client.PostAsync("/v1/bank-statements", Xml(third.Xml()), 422);
        await app.Client.PostAsync("/v1/bank-statements?effects=held", Xml(third.Xml()), 422);
        var waiting = (await app.Client.ReadAsync("/v1/bank-statements?status=waiting")).Items();
        waiting.Select(one => one.Text("effects")).ShouldBe(["held", "held"]);
        (await app.Client.PostAsync($"/v1/bank-statements/{waiting[0].Id()}/arm", new { reason = "x" }, 409))
            .ShouldHaveCode("statement-not-booked");

        var plain = await app.Client.PostAsync("/v1/bank-statements", Xml(first.Xml()), 201);
        (await app.Client.PostAsync($"/v1/bank-statements/{plain.Id()}/arm", new { reason = "x" }, 409))
            .ShouldHaveCode("effects-not-held");
        foreach (var import in waiting.Select(one => one.Id()))
        {
            await Eventually.BecomesTrue(
                async () => (await app.Client.ReadAsync($"/v1/bank-statements/{import}")).Text("status") == "imported",
                "what waited is imported");
            await NothingFollowedAsync(import);
        }

        (await app.ScalarAsync<long>("select count(*) from pending_payments where amount = 12")).ShouldBe(0);
    }

    /// <summary>The bank's feed sends a file plainly, and a person wants it held, before or after.</summary>
    [Fact]
    public async Task gw14_are_held_for_who_wants_them_held_whoever_sent_the_file()
    {
        const string iban = "GB82WEST12345698765432";
        await app.Client.PutAsync("/v1/bank-accounts/US01-HGBP", new
        {
            legalEntity = "US01",
            currency = "GBP",
            iban,
            ledgerAccount = "1000",
        }, 201);
        using var feed = app.ClientWith("cash:read cash:write", "*", "bank-feed");
        await feed.PostAsync("/v1/bank-statements", Pounds(0, 0m), 201);
        await feed.PostAsync("/v1/bank-statements", Pounds(2, 2m), 422);
        await app.Client.PostAsync("/v1/bank-statements?effects=held", Pounds(2, 2m), 422);
        const string waiting = "select count(*) from statement_imports where status = 'waiting' and effects = 'held'" +
            " and received_by in ('bank-feed', 'ana') and waits_for = 'US01-HGBP'";
        (await app.ScalarAsync<long>(waiting)).ShouldBe(2);
        await feed.PostAsync("/v1/bank-statements", Pounds(1, 1m), 201);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(waiting) == 0, "one is imported, the other has nothing new");
        await NothingFollowedAsync(await ImportedAsync("GB2"));

        // What comes plainly once it is to be held is held as well, however it is imported.
        await app.Client.PostAsync("/v1/bank-statements?effects=held", Pounds(5, 9m), 422);
        await feed.PostAsync("/v1/bank-statements", Pounds(5, 9m), 422);
        var plain = await app.ScalarAsync<Guid>("select id from statement_imports where status = 'waiting' " +
            "and effects is null and received_by = 'bank-feed' and waits_for = 'US01-HGBP'");
        var import = await feed.PostAsync(
            $"/v1/bank-statements/{plain}/import", new { reason = "it is all", acceptGap = true }, 201);
        import.Text("effects").ShouldBe("held");
        await NothingFollowedAsync(plain);
        await feed.PostAsync("/v1/bank-statements", Pounds(4, 8m), 201);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(waiting) == 0, "the other has nothing new");

        static HttpContent Pounds(int day, decimal opening) => Xml(
            new Camt($"GB{day}", Monday.AddDays(day), opening) { Currency = "GBP", Iban = iban }
                .Credit(1m, $"pound {day}", payer: null).Xml());

        Task<Guid> ImportedAsync(string statement) => app.ScalarAsync<Guid>(
            $"select import_id from statements where statement_id = '{statement}' and not repeated");
    }

    /// <summary>Whose money came back is asked first: its debits are stopped, and its fee is asked for.</summary>
    [Fact]
    public async Task gw14_are_matched_before_what_came_back_takes_their_receipts_back()
    {
        await RegisterAsync("US01-H3", "HELD3");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-940021", 41.11m);
        var held = await ImportAsync(new Nacha("HELD3")
            .Credit("HELD3", 41.11m, "091400600940021", addenda: "RMR*IV*INV-US01-2026-940021**41.11\\")
            .File(), "?effects=held");
        var receipt = held.Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        await ImportAsync(
            new Nacha("HELD3").Return("990021", 41.11m, "R01", "091400600940021", "091000017694021").File("261104"));
        var returns = app.Services.GetRequiredService<ReturnedPayments>();
        (await returns.FindAsync(CancellationToken.None)).ShouldNotContain(found => found.ReceiptId == receipt);
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Text("status").ShouldBe("unidentified");

        await app.Client.PostAsync($"/v1/bank-statements/{held.Id()}/arm", new { reason = "checked" }, 200);
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Text("status") == "reversed",
            "it is taken back once it is matched");
        (await app.ScalarAsync<bool>(
            $"select customer_id is not null and exists (select 1 from allocations where receipt_id = '{receipt}') " +
            $"from receipts where id = '{receipt}'")).ShouldBeTrue();
    }

    /// <summary>What a person decides about a held file by hand holds at once.</summary>
    [Fact]
    public async Task gw14_stop_debits_where_a_person_tells_what_came_back()
    {
        await RegisterAsync("US01-H4", "HELD4");
        var bounced = (await ImportAsync(new Nacha("HELD4").Credit("HELD4", 32.10m, "091400600940031").File()))
            .Items("receiptIds").ShouldHaveSingleItem().GetGuid();
        var held = await ImportAsync(
            new Nacha("HELD4").Return("990031", 32.10m, "R10", "091400600940031", "091000017694031").File("261104"),
            "?effects=held");
        await app.Client.PostAsync("/v1/pending-payments", Debit("990031"));
        var row = (await app.Client.ReadAsync($"/v1/bank-statements/{held.Id()}/held")).Items("returns")
            .ShouldHaveSingleItem();
        await app.Client.PostAsync(
            $"/v1/bank-statements/{held.Id()}/returns/{row.GetProperty("statement")}/{row.GetProperty("entry")}/" +
            $"{row.GetProperty("detail")}", new { receiptId = bounced }, 200);
        (await app.Client.PostAsync("/v1/pending-payments", Debit("990031"), 409)).ShouldHaveCode("debits-stopped");
    }

    /// <summary>The process dies between two writes of a large file: the rest is held, too.</summary>
    [Fact]
    public async Task gw14_stay_held_where_their_booking_broke_off()
    {
        await RegisterAsync("US01-H2", "HELD2");
        var nacha = new Nacha("HELD2");
        for (var entry = 1; entry <= StatementBooker.MostAtOnce + 1; entry++)
            nacha.Credit("HELD2", 1m + entry, $"0914009{entry:D8}");
        using var body = new MemoryStream(nacha.File());
        var file = await StatementFiles.ReceiveAsync(app.Database, Ids.Next(TimeProvider.System), body,
            TimeProvider.System.GetUtcNow(), CancellationToken.None);
        using (var plan = await app.Services.GetRequiredService<StatementImporter>().PlanAsync(
            new ImportOrder(file, new FileReading(StatementFormat.Nacha), HoldsEffects: true),
            new EventMetadata("ana"), CancellationToken.None))
        {
            await app.Store.CommitAsync(plan.Batch!);
        }

        app.Services.GetRequiredService<WakeUp<IntakeService>>().Wake();
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<string>(
                $"select status from statement_imports where id = '{file.ImportId}'") == "imported",
            "the rest is booked");
        await NothingFollowedAsync(file.ImportId);
        (await app.ScalarAsync<long>(
            $"select count(*) from receipts where import_id = '{file.ImportId}' and aside = 'held'"))
            .ShouldBe(StatementBooker.MostAtOnce + 1);
    }

    /// <summary>Its receipts are recorded and wait, and the rounds that look for receipts pass over it.</summary>
    private async Task NothingFollowedAsync(Guid importId)
    {
        (await app.ScalarAsync<string>(
            "select string_agg(distinct e.type, ' ' order by e.type) from mt_events e join receipts r " +
            $"on r.id = e.stream_id where r.import_id = '{importId}'")).ShouldBe("receipt_recorded receipt_set_aside");
        var returns = app.Services.GetRequiredService<ReturnedPayments>();
        (await returns.FindAsync(CancellationToken.None)).ShouldNotContain(found => found.ImportId == importId);
    }

    private Task LookedAtAsync() => Eventually.BecomesTrue(
        async () => await app.ScalarAsync<long>("select count(*) from match_news where looked_at is null") == 0,
        "all news are looked at");

    private static object Debit(string account) => new
    {
        legalEntity = "US01",
        method = "ach",
        stage = "initiated",
        amount = Usd("5.00"),
        expectedOn = TimeProvider.System.Today("America/Chicago"),
        payer = new { account },
    };

    private Task<JsonElement> ImportAsync(byte[] content, string how = "") =>
        app.Client.PostAsync("/v1/bank-statements" + how, new ByteArrayContent(content), 201);

    private Task RegisterAsync(string code, string account) => app.Client.PutAsync($"/v1/bank-accounts/{code}", new
    {
        legalEntity = "US01",
        currency = "USD",
        accountNumber = account,
        ledgerAccount = "1000",
        detailByFile = new { ach = true },
    }, 201);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
