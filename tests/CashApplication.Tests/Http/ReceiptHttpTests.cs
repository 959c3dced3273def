using OrderToCash.CashApplication.Tests.Support;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

public sealed class Receipts_over_http(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly Lock Gate = new();
    private static Task? _introduced;

    public async ValueTask InitializeAsync()
    {
        Task introduced;
        lock (Gate)
            introduced = _introduced ??= IntroduceAsync();
        await introduced;
    }

    [Fact]
    public async Task a_receipt_that_names_its_invoice_is_applied_without_a_person()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-100001", 120m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("120.00", "inv us01 2026 100001"));
        receipt.Text("status").ShouldBe("unapplied");
        receipt.Amount("pending").ShouldBe(120m);
        receipt.Id("customerId").ShouldBe(Invoicing.Globex);
        receipt.Text("number").ShouldStartWith("RCT-US01-");
        var allocation = receipt.Items("allocations").ShouldHaveSingleItem();
        allocation.Text("status").ShouldBe("pending");
        allocation.Text("rule").ShouldBe("invoice-number");
        allocation.Items("reasons").ShouldNotBeEmpty();

        var answer = app.Invoicing.Answer(receipt.Id(), allocation.Id(), invoice, 120m);
        var messageId = Guid.Parse("0197a000-0000-7000-8000-000000000001");
        await app.Invoicing.PublishAsync(answer, 2, messageId);
        await app.Invoicing.PublishAsync(answer, 2, messageId);
        await app.Invoicing.PublishAsync(answer, 2);
        await EventuallyAsync(receipt.Id(), applied => applied.Text("status") == "applied");
        await app.Invoicing.KnowsAsync(invoice, 0m);
        (await app.ScalarAsync<long>(
            $"select count(*) from allocations where receipt_id = '{receipt.Id()}' and status = 'pending'"))
            .ShouldBe(0);
        var history = await app.Client.ReadAsync($"/v1/receipts/{receipt.Id()}/history");
        history.Items().Select(item => item.Text("type"))
            .ShouldBe(["receipt-recorded", "allocations-requested", "allocation-confirmed"]);
    }

    /// <summary>CASH-08: the payer's text names the customer whose profile says so, as long as it does.</summary>
    [Fact]
    public async Task a_payer_is_told_by_what_the_customers_profile_says_of_its_texts()
    {
        var path = $"/v1/cash-profiles/{Invoicing.Initech}";
        (await app.Client.SendAsync(HttpMethod.Put, path, new { textRules = new[] { new { words = "abc" } } }, 422))
            .ShouldHaveCode("invalid-cash-policy");
        (await app.Client.PutAsync(path, new { textRules = new[] { new { words = "Tower lease" } } }))
            .Items("textRules").ShouldHaveSingleItem().Text("words").ShouldBe("Tower lease");
        var told = await app.Client.PostAsync("/v1/receipts", Receipt("27.18", "rent, TOWER-LEASE 11/26"));
        (told.Id("customerId"), told.Text("identifiedBy")).ShouldBe((Invoicing.Initech, "text-rule"));
        await app.Client.PutAsync(path, new { });
        (await app.Client.PostAsync("/v1/receipts", Receipt("27.19", "rent, TOWER-LEASE 12/26"))).Text("status")
            .ShouldBe("unidentified");
    }

    [Fact]
    public async Task an_unknown_payer_stays_unidentified_until_somebody_says_who_it_is_and_is_then_known()
    {
        var account = "GB82WEST12345698765432";
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("31.41", "thanks", account));
        receipt.Text("status").ShouldBe("unidentified");
        var identified = await app.Client.PostAsync(
            $"/v1/receipts/{receipt.Id()}/customer", new { customerId = Invoicing.Initech }, 200);
        identified.Text("status").ShouldBe("unapplied");
        var next = await app.Client.PostAsync("/v1/receipts", Receipt("31.42", "thanks again", account));
        next.Id("customerId").ShouldBe(Invoicing.Initech);
        next.Text("identifiedBy").ShouldBe("payer-account");
    }

    [Fact]
    public async Task invoicing_may_refuse_and_the_money_comes_back()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-100002", 200m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("200.00", "INV-US01-2026-100002"));
        var allocation = receipt.Items("allocations").Single();
        app.Invoicing.Answer(Guid.Empty, Guid.Empty, invoice, 150m);
        await app.Invoicing.PublishAsync(app.Invoicing.Answer(receipt.Id(), allocation.Id(), invoice, 200m), 3);
        var back = await EventuallyAsync(receipt.Id(), now => now.Amount("unapplied") == 200m);
        back.Items("allocations").Single().Text("status").ShouldBe("rejected");
    }

    [Fact]
    public async Task a_person_applies_takes_back_and_reverses()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-100003", 75m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("1000.01", "no number"));
        var path = $"/v1/receipts/{receipt.Id()}";
        var asked = await app.Client.PostAsync($"{path}/allocations",
            new { allocations = new[] { new { invoiceId = invoice, installment = 1, amount = Usd("75.00") } } }, 202);
        asked.Amount("pending").ShouldBe(75m);
        asked.Id("customerId").ShouldBe(Invoicing.Globex);
        var allocation = asked.Items("allocations").Single().Id();
        await app.Invoicing.PublishAsync(app.Invoicing.Answer(receipt.Id(), allocation, invoice, 75m), 2);
        await EventuallyAsync(receipt.Id(), now => now.Text("status") == "partially-applied");
        await app.Client.PostAsync($"{path}/allocations/{allocation}/reverse", new { reason = "wrong item" }, 202);
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(receipt.Id(), allocation, invoice, 75m), 3);
        await EventuallyAsync(receipt.Id(), now => now.Amount("unapplied") == 1000.01m);
        await app.Invoicing.KnowsAsync(invoice, 75m);
        var reversed = await app.Client.PostAsync($"{path}/reverse", new { reason = "nsf", code = "R01" }, 202);
        reversed.Text("status").ShouldBe("reversed");
        reversed.Amount("reversed").ShouldBe(1000.01m);
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out?legalEntity=US01")).GetProperty("ties").GetBoolean()
            .ShouldBeTrue();
    }

    [Fact]
    public async Task a_receipt_reversed_before_the_answer_is_asked_back_after_it()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-100004", 61m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("61.00", "INV-US01-2026-100004"));
        var allocation = receipt.Items("allocations").Single().Id();
        await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/reverse", new { reason = "return", code = "R02" },
            202);
        await app.Invoicing.PublishAsync(app.Invoicing.Answer(receipt.Id(), allocation, invoice, 61m), 2);
        await EventuallyAsync(receipt.Id(), now =>
            now.Items("allocations").Single().Text("status") == "reversal-pending");
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(receipt.Id(), allocation, invoice, 61m), 3);
        var gone = await EventuallyAsync(receipt.Id(), now => now.Amount("reversed") == 61m);
        gone.Amount("pending").ShouldBe(0m);
    }

    [Fact]
    public async Task what_cannot_be_applied_is_refused_with_its_reason()
    {
        var mine = await app.Invoicing.InvoiceAsync("INV-US01-2026-100005", 10m);
        var canadian = await app.Invoicing.InvoiceAsync("INV-CA01-2026-100005", 10m, legalEntity: "CA01",
            currency: "CAD");
        var foreign = await app.Invoicing.InvoiceAsync("INV-US01-2026-100006", 10m, currency: "EUR");
        var others = await app.Invoicing.InvoiceAsync("INV-US01-2026-100007", 10m, Invoicing.Initech);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("5.55", "CUST-US01-000001"));
        receipt.Text("identifiedBy").ShouldBe("customer-number");
        (await AskAsync(Guid.Empty, "1.00")).ShouldHaveCode("unknown-open-item");
        (await AskAsync(canadian, "1.00")).ShouldHaveCode("other-legal-entity");
        (await AskAsync(foreign, "1.00")).ShouldHaveCode("other-currency");
        (await AskAsync(others, "1.00")).ShouldHaveCode("other-customer");
        (await AskAsync(mine, "5.56")).ShouldHaveCode("exceeds-unapplied");
        (await AskAsync(mine, "10.01")).ShouldHaveCode("exceeds-open-item");
        (await AskAsync(mine, "0.00")).ShouldHaveCode("amount-not-positive");
        (await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/allocations",
            new { allocations = Array.Empty<int>() }, 422))
            .ShouldHaveCode("nothing-to-apply");

        Task<System.Text.Json.JsonElement> AskAsync(Guid invoice, string amount) => app.Client.PostAsync(
            $"/v1/receipts/{receipt.Id()}/allocations",
            new { allocations = new[] { new { invoiceId = invoice, amount = Usd(amount) } } }, 422);
    }

    [Fact]
    public async Task what_cannot_be_recorded_is_refused_with_its_reason()
    {
        (await app.Client.PostAsync("/v1/receipts", With("legalEntity", "XX01"), 422))
            .ShouldHaveCode("unknown-legal-entity");
        (await app.Client.PostAsync("/v1/receipts", With("method", "shells"), 422)).ShouldHaveCode("unknown-method");
        (await app.Client.PostAsync("/v1/receipts", With("bankAccount", "NOPE"), 422))
            .ShouldHaveCode("unknown-bank-account");
        (await app.Client.PostAsync("/v1/receipts", With("amount", Usd("0.00")), 422))
            .ShouldHaveCode("amount-not-positive");
        (await app.Client.PostAsync("/v1/receipts", With("amount", Usd("1.001")), 400))
            .ShouldHaveCode("malformed-request");
        foreach (var slip in new[] { "2006-11-02", "2062-11-02" })
        {
            (await app.Client.PostAsync("/v1/receipts", With("valueDate", slip), 400))
                .ShouldHaveCode("validation-failed");
        }

        (await app.Client.PostAsync("/v1/receipts", With("customerId", Guid.Empty), 422))
            .ShouldHaveCode("unknown-customer");
        (await app.Client.ReadAsync($"/v1/receipts/{Guid.Empty}", 404)).ShouldHaveCode("not-found");
        (await app.Client.PostAsync($"/v1/receipts/{Guid.Empty}/reverse", new { reason = "nsf" }, 404))
            .ShouldHaveCode("not-found");
        (await app.Client.ReadAsync("/v1/receipts?status=odd", 400)).ShouldHaveCode("bad-status");

        static Dictionary<string, object> With(string field, object value) => new()
        {
            ["legalEntity"] = "US01",
            ["method"] = "wire",
            ["amount"] = Usd("1.00"),
            ["valueDate"] = "2026-11-02",
            [field] = value,
        };
    }

    [Fact]
    public async Task a_repeated_request_records_once()
    {
        var body = Receipt("77.77", "once");
        var first = await app.Client.PostAsync("/v1/receipts", body, key: "once-only");
        var again = await app.Client.PostAsync("/v1/receipts", body, key: "once-only");
        again.Id().ShouldBe(first.Id());
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 77.77")).ShouldBe(1);
        (await app.Client.PostAsync("/v1/receipts", Receipt("77.78"), 422, "once-only"))
            .ShouldHaveCode("idempotency-key-reused");
    }

    [Fact]
    public async Task a_version_that_is_not_the_present_one_is_refused()
    {
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("8.88"));
        var answer = await app.Client.SendAsync(HttpMethod.Post, $"/v1/receipts/{receipt.Id()}/reverse",
            new { reason = "error" }, 412, ifMatch: "\"7\"");
        answer.ShouldHaveCode("version-mismatch");
        (await app.Client.SendAsync(HttpMethod.Post, $"/v1/receipts/{receipt.Id()}/write-off",
            new { reason = "too small" }, 412, ifMatch: "\"7\"")).ShouldHaveCode("version-mismatch");
    }

    [Fact]
    public async Task rights_are_asked_for()
    {
        using var reader = app.ClientWith("cash:read");
        (await reader.PostAsync("/v1/receipts", Receipt("1.00"), 403)).ShouldHaveCode("scope-missing");
        using var canadian = app.ClientWith("cash:read cash:write", "CA01");
        (await canadian.PostAsync("/v1/receipts", Receipt("1.00"), 403)).ShouldHaveCode("entity-not-allowed");
        using var nobody = app.ClientFor(null);
        (await nobody.ReadAsync("/v1/receipts", 401)).ShouldHaveCode("unauthenticated");
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("9.99"));
        (await canadian.ReadAsync($"/v1/receipts/{receipt.Id()}", 403)).ShouldHaveCode("entity-not-allowed");
        (await canadian.ReadAsync("/v1/receipts")).Items().ShouldBeEmpty();
        (await canadian.ReadAsync("/v1/receipts?legalEntity=CA01")).Items().ShouldBeEmpty();
        (await canadian.ReadAsync("/v1/receipts?legalEntity=US01", 403)).ShouldHaveCode("entity-not-allowed");
    }

    [Fact]
    public async Task the_workbench_lists_by_status_page_by_page()
    {
        for (var index = 0; index < 3; index++)
            await app.Client.PostAsync("/v1/receipts", Receipt($"4.0{index}"));
        var seen = new List<Guid>();
        for (var path = "/v1/receipts?status=unidentified&limit=2&sort=amount"; ;)
        {
            var page = await app.Client.ReadAsync(path);
            seen.AddRange(page.Items().Select(item => item.Id()));
            if (page.GetProperty("next").GetString() is not { } next)
                break;
            path = $"/v1/receipts?status=unidentified&limit=2&sort=amount&cursor={next}";
        }

        seen.Distinct().Count().ShouldBe(seen.Count);
        seen.Count.ShouldBeGreaterThanOrEqualTo(3);
    }

    private async Task IntroduceAsync() => await app.Invoicing.IntroduceAsync();

    private async Task<System.Text.Json.JsonElement> EventuallyAsync(Guid id, Func<System.Text.Json.JsonElement,
        bool> wished) =>
        await TestKit.Eventually.Becomes(() =>
            app.Client.ReadAsync($"/v1/receipts/{id}"), wished, "the receipt has moved on");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
