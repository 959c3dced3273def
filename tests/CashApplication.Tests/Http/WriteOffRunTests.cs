using System.Globalization;
using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// Rests up to 5.00 of many receipts, given up together: up to 20.00 alone, above it with a controller. Every test has
/// a currency of its own, for a run takes all that is small enough.
/// </summary>
public sealed class Small_rests_of_many_receipts(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private const string Path = "/v1/receipts/write-off-runs";
    private static readonly Guid Matrix = Guid.Parse("0199e000-0000-7000-8000-000000000002");

    public async ValueTask InitializeAsync()
    {
        await app.IntroducedAsync();
        await app.Invoicing.PublishAsync(
            new ApprovalMatrixDefined("US01",
                [
                    new ApprovalRule("write-off", 20m, 0, null, null),
                    new ApprovalRule("write-off", null, 1, "controller", null),
                ],
                "USD"),
            1, Matrix);
        await Eventually.BecomesTrue(
            () => app.ScalarAsync<bool>("select exists (select 1 from mt_streams where type = 'approval_matrix')"),
            "the approval matrix is known");
        await app.Client.PutAsync("/v1/cash-policies/US01", new
        {
            autoApplyThreshold = "0.90",
            writeOffLimits = new[] { Usd("5.00"), In("EUR", "5.00"), In("GBP", "5.00") },
        });
    }

    [Fact]
    public async Task are_shown_first_and_given_up_with_a_word_about_each()
    {
        const string givenUp = "select sum(written_off) from receipts where legal_entity = 'CA01'";
        await app.Client.PutAsync("/v1/cash-policies/CA01", new
        {
            autoApplyThreshold = "0.90",
            writeOffLimits = new[] { In("CAD", "5.00") },
        });
        var (one, two, kept) = (await ReceiptAsync("1.00"), await ReceiptAsync("4.99"), await ReceiptAsync("2.50"));
        await ReceiptAsync("5.01");
        await HeldAsync("CAD", 1.50m);
        var preview = await app.Client.PostAsync(
            Path, new { legalEntity = "CA01", limit = In("CAD", "5.00"), skip = new[] { kept }, preview = true }, 200);
        preview.Items().Select(item => item.Id("receiptId")).ShouldBe([one, two], ignoreOrder: true);
        (preview.Amount("total"), preview.GetProperty("hasMore").GetBoolean()).ShouldBe((5.99m, false));
        (await app.ScalarAsync<long>("select count(*) from write_off_runs where legal_entity = 'CA01'")).ShouldBe(0);
        (await app.ScalarAsync<decimal>(givenUp)).ShouldBe(0m);

        (await app.Client.PostAsync(Path, Asked("6.00"), 409)).ShouldHaveCode("total-changed");
        var run = await app.Client.PostAsync(Path, Asked("5.99"), 202, "tidy-up");
        (await app.Client.PostAsync(Path, Asked("5.99"), 202, "tidy-up")).Id().ShouldBe(run.Id());
        var finished = await FinishedAsync(run);
        (finished.GetProperty("writtenOffCount").GetInt32(), finished.Amount("writtenOff")).ShouldBe((2, 5.99m));
        (await app.Client.ReadAsync($"{Path}/{run.Id()}/items?outcome=written-off")).Items()
            .Select(item => item.Id("receiptId")).ShouldBe([one, two], ignoreOrder: true);
        (await app.ScalarAsync<decimal>(givenUp)).ShouldBe(5.99m);
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
        (await app.Client.PostAsync(Path, Asked(null), 422)).ShouldHaveCode("nothing-to-write-off");

        // Each of them is a decision on its receipt, and is undone there.
        (await app.Client.PostAsync($"/v1/receipts/{two}/undo", new { reason = "it was a deposit" }, 202))
            .Amount("unapplied").ShouldBe(4.99m);

        object Asked(string? total) =>
            Wish("CAD", total: total is null ? null : In("CAD", total), legalEntity: "CA01", skip: kept);

        Task<Guid> ReceiptAsync(string amount) => this.ReceiptAsync("CAD", amount, "who knows", "CA01");
    }

    /// <summary>Money of a file whose effects are held.</summary>
    private async Task HeldAsync(string currency, decimal amount)
    {
        const string iban = "FR1420041010050500013M02606";
        await app.Client.PutAsync("/v1/bank-accounts/CA01-HELD", new
        {
            legalEntity = "CA01",
            currency,
            iban,
            ledgerAccount = "1000",
        }, 201);
        var statement = new Camt("HELD", new DateOnly(2026, 11, 2), 0m) { Currency = currency, Iban = iban }
            .Credit(amount, "long ago", payer: null);
        await app.Client.PostAsync("/v1/bank-statements?effects=held", Xml(statement.Xml()), 201);
    }

    /// <summary>
    /// I-19, D-64: many small rests are no way around an authority; what was touched meanwhile is left alone.
    /// </summary>
    [Fact]
    public async Task i19_need_the_authority_for_their_sum_whoever_may_give_up_each()
    {
        var receipts = new List<Guid>();
        foreach (var amount in new[] { "4.00", "4.10", "4.20", "4.30", "4.40" })
            receipts.Add(await ReceiptAsync("USD", amount, "CUST-US01-000002"));
        await app.Client.PostAsync($"/v1/receipts/{await ReceiptAsync("USD", "3.00")}/on-account", new { }, 200);
        var dropped = await app.Client.PostAsync(Path, Wish("USD"), 202);
        dropped.Text("status").ShouldBe("waiting");
        using var controller = app.Approver("con", "controller");
        using var ana = app.Approver("ana", "controller");
        (await ana.PostAsync($"/v1/approvals/{dropped.Id("approvalId")}/approve", new { reason = "mine" }, 403))
            .ShouldHaveCode("own-request");
        await controller.PostAsync($"/v1/approvals/{dropped.Id("approvalId")}/reject", new { reason = "not now" }, 200);
        (await app.Client.ReadAsync($"{Path}/{dropped.Id()}")).Text("status").ShouldBe("dropped");
        (await FreeAsync(receipts)).ShouldBe(21m);

        var run = await app.Client.PostAsync(Path, Wish("USD"), 202);
        await app.Client.PostAsync($"/v1/receipts/{receipts[2]}/assign", new { owner = "bob" }, 200);
        await controller.PostAsync($"/v1/approvals/{run.Id("approvalId")}/approve", new { reason = "ok" }, 200);
        var finished = await FinishedAsync(run);
        (finished.Amount("writtenOff"), finished.GetProperty("leftCount").GetInt32()).ShouldBe((16.80m, 1));
        var left = (await app.Client.ReadAsync($"{Path}/{run.Id()}/items?outcome=left")).Items().ShouldHaveSingleItem();
        (left.Id("receiptId"), left.Text("code")).ShouldBe((receipts[2], "receipt-changed"));
        (await FreeAsync(receipts)).ShouldBe(4.20m);
    }

    /// <summary>
    /// I-24: a run that breaks off goes on where it was, and gives nothing up twice. What is in no currency of the
    /// bands needs the highest one.
    /// </summary>
    [Fact]
    public async Task i24_are_dealt_with_in_parts_that_stand_or_fall_with_their_log()
    {
        await app.Client.PutAsync("/v1/bank-accounts/US01-GBP", new
        {
            legalEntity = "US01",
            currency = "GBP",
            iban = "GB82WEST12345698765432",
            ledgerAccount = "1000",
        }, 201);
        var statement = new Camt("RESTS", new DateOnly(2026, 11, 2), 0m)
        {
            Currency = "GBP",
            Iban = "GB82WEST12345698765432",
        };
        for (var cents = 1; cents <= 230; cents++)
            statement = statement.Credit(cents / 100m, $"rest {cents}", payer: null);
        await app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201);
        await ExecuteAsync("""
            create sequence breaks;
            create function break_off() returns trigger language plpgsql as $$
            begin
                if new.outcome <> 'waiting' and new.ordinal = 150 and nextval('breaks') = 1 then
                    raise exception 'broken off' using errcode = '53100';
                end if;
                return new;
            end $$;
            create trigger break_off before update on write_off_run_items for each row execute function break_off();
            """);

        var run = await app.Client.PostAsync(Path, Wish("GBP"), 202);
        run.GetProperty("count").GetInt32().ShouldBe(230);
        using var controller = app.Approver("con", "controller");
        await controller.PostAsync($"/v1/approvals/{run.Id("approvalId")}/approve", new { reason = "ok" }, 200);
        (await FinishedAsync(run)).Amount("writtenOff").ShouldBe(265.65m);
        (await app.ScalarAsync<long>("select last_value from breaks")).ShouldBeGreaterThan(1);
        (await app.Client.ReadAsync($"{Path}/{run.Id()}/history")).Items()
            .Count(item => item.Text("type") == "write-off-run-advanced").ShouldBe(3);
        (await app.ScalarAsync<long>(
            "select count(*) from mt_events where type = 'rest_written_off' and stream_id in " +
            "(select id from receipts where currency = 'GBP')")).ShouldBe(230);
    }

    [Fact]
    public async Task are_refused_with_the_reason()
    {
        var receipt = await ReceiptAsync("EUR", "1.00");
        (await app.Client.PostAsync(Path, Wish("EUR", limit: "5.01"), 422)).ShouldHaveCode("exceeds-write-off-limit");
        (await app.Client.PostAsync(Path, Wish("EUR", limit: "0.00"), 422)).ShouldHaveCode("amount-not-positive");
        (await app.Client.PostAsync(Path, Wish("CHF"), 422)).ShouldHaveCode("exceeds-write-off-limit");
        (await app.Client.PostAsync(Path, Wish("EUR", reason: " "), 422)).ShouldHaveCode("reason-required");
        (await app.Client.PostAsync(Path, Wish("EUR", date: "2999-01-01"), 422))
            .ShouldHaveCode("effective-date-in-future");

        // On a day before the receipt was touched last, its rest was another one.
        (await app.Client.PostAsync(Path, Wish("EUR", date: "2026-11-02"), 422))
            .ShouldHaveCode("nothing-to-write-off");
        using var canadian = app.ClientWith("cash:read cash:write", "CA01");
        (await canadian.PostAsync(Path, Wish("EUR"), 403)).ShouldHaveCode("entity-not-allowed");
        using var reader = app.ClientWith("cash:read");
        (await reader.PostAsync(Path, Wish("EUR"), 403)).ShouldHaveCode("scope-missing");
        (await app.Client.ReadAsync($"{Path}/{Guid.Empty}", 404)).ShouldHaveCode("not-found");
        (await app.Client.ReadAsync($"{Path}/{Guid.Empty}/items", 404)).ShouldHaveCode("not-found");
        (await canadian.ReadAsync(Path)).Items().ShouldAllBe(run => run.Text("legalEntity") == "CA01");
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Amount("unapplied").ShouldBe(1.00m);
    }

    private async Task<Guid> ReceiptAsync(
        string currency, string amount, string reference = "CUST-US01-000001", string legalEntity = "US01") =>
        (await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity,
            method = "wire",
            amount = In(currency, amount),
            valueDate = "2026-11-02",
            reference,
        })).Id();

    private async Task<decimal> FreeAsync(IEnumerable<Guid> receipts)
    {
        var free = 0m;
        foreach (var receipt in receipts)
            free += (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Amount("unapplied");
        return free;
    }

    private async Task<JsonElement> FinishedAsync(JsonElement run) => await Eventually.Becomes(
        () => app.Client.ReadAsync($"{Path}/{run.Id()}"), now => now.Text("status") == "finished", "the run is over");

    private async Task ExecuteAsync(string sql)
    {
        await using var command = app.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static object In(string currency, string amount) => new { amount, currency };

    private static object Wish(
        string currency, string limit = "5.00", string reason = "too small", string? date = null, object? total = null,
        string legalEntity = "US01", params Guid[] skip) => new
        {
            legalEntity,
            limit = In(currency, limit),
            reason,
            effectiveDate = date,
            total,
            skip,
        };

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
