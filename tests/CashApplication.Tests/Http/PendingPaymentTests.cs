using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Money on its way: seen by all, applied by nobody, and money once when it comes.</summary>
public sealed class Money_on_its_way(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private const string Iban = "DE68210501700012345678";

    private const string PayerAccount = "FR7630006000011234567890189";

    private static readonly DateOnly Day = TimeProvider.System.Today("America/Chicago");

    public async ValueTask InitializeAsync()
    {
        await app.IntroducedAsync();
        await app.Client.SendAsync(HttpMethod.Put, "/v1/bank-accounts/US01-WAY",
            new { legalEntity = "US01", currency = "USD", iban = Iban, ledgerAccount = "1000" },
            await app.ScalarAsync<long>("select count(*) from bank_accounts where code = 'US01-WAY'") == 0 ? 201 : 200);
    }

    /// <summary>D-02, I-07: a processor that tells it often and at once has one payment pending, and one receipt.
    /// </summary>
    [Fact]
    public async Task d02_settles_once_with_the_receipt_of_its_processors_reference()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-900001", 51.20m);
        var wish = Wish("card", "authorized", "51.20", "INV-US01-2026-900001", processor: "ch_way_1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            using var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                app.Client, "/v1/pending-payments", wish);
            return (int)answer.StatusCode;
        }));
        answers.Count(status => status == 201).ShouldBe(1);
        answers.ShouldAllBe(status => status == 201 || status == 200);
        var pending = await app.Client.PostAsync("/v1/pending-payments", wish, 200);
        var item = pending.Items().ShouldHaveSingleItem();
        (item.Id("invoiceId"), item.Amount("amount")).ShouldBe((invoice, 51.20m));
        (await app.Client.PostAsync(
            "/v1/pending-payments", Wish("card", "authorized", "51.21", processor: "ch_way_1"), 409))
            .ShouldHaveCode("processor-reference-used");

        // It is seen, and nothing of it is applied or in the books.
        (await app.Client.ReadAsync("/v1/pending-payments?status=pending&legalEntity=US01")).Items()
            .ShouldContain(one => one.Id() == pending.Id());
        (await app.Client.ReadAsync("/v1/workbench/queues")).Items("pending")
            .ShouldContain(queue => queue.Text("stage") == "authorized");
        (await app.ScalarAsync<long>($"select count(*) from allocations where invoice_id = '{invoice}'")).ShouldBe(0);
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 51.20")).ShouldBe(0);

        var receipt = (await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "card",
            amount = Usd("51.20"),
            valueDate = Day,
            processorReference = "ch_way_1",
            reference = "INV-US01-2026-900001",
        })).Id();
        (await EndedAsync(pending.Id(), "settled")).Id("receiptId").ShouldBe(receipt);
        (await app.Client.PostAsync($"/v1/pending-payments/{pending.Id()}/fail", new { reason = "late" }, 409))
            .ShouldHaveCode("pending-payment-ended");
        await app.Client.PostAsync($"/v1/pending-payments/{pending.Id()}/settle", new { receiptId = receipt }, 200);
        (await app.Client.ReadAsync($"/v1/pending-payments/{pending.Id()}/history")).Items().Length.ShouldBe(2);
        (await app.Client.PostAsync(
            "/v1/pending-payments", Wish("card", "authorized", "51.20", processor: "ch_way_1"), 200))
            .Text("status").ShouldBe("settled");
    }

    /// <summary>What was told of it tells what the bank's line is for; its twin is another payment.</summary>
    [Fact]
    public async Task becomes_the_banks_line_and_is_applied_by_what_was_told()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-900011", 62.30m, Invoicing.Initech);
        var pending = (await app.Client.PostAsync("/v1/pending-payments", Wish(
            "wire", "initiated", "62.30", "INV-US01-2026-900011", Invoicing.Initech, PayerAccount))).Id();
        var receipts = (await ImportAsync(new Camt("WAY-1", Day, null) { Iban = Iban }
            .Credit(62.30m, "thanks", null, PayerAccount, "WAY-R1")
            .Credit(62.30m, "thanks", null, PayerAccount, "WAY-R2"))).Items("receiptIds");
        var settled = (await EndedAsync(pending, "settled")).Id("receiptId");
        receipts.Select(id => id.GetGuid()).ShouldContain(settled);
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/receipts/{settled}")).Items("allocations")
                .Any(one => one.Id("invoiceId") == invoice),
            "the bank's money pays what was told");
        var twin = receipts.Select(id => id.GetGuid()).Single(id => id != settled);
        (await app.Client.ReadAsync($"/v1/receipts/{twin}")).Items("allocations").ShouldBeEmpty();
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 62.30")).ShouldBe(2);
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
    }

    /// <summary>Told before it came and entered when it had come, it is one receipt; entered again, it is another.
    /// </summary>
    [Fact]
    public async Task is_one_receipt_with_money_that_is_entered_after_it_came()
    {
        var pending = (await app.Client.PostAsync("/v1/pending-payments", Wish(
            "wire", "initiated", "67.80", "WAYTOLD67", Invoicing.Initech, PayerAccount))).Id();
        var receipt = (await ImportAsync(new Camt("WAY-E1", Day, null) { Iban = Iban }
            .Credit(67.80m, "thanks", null, PayerAccount, "WAY-E1"))).Items("receiptIds")
            .ShouldHaveSingleItem().GetGuid();
        (await EndedAsync(pending, "settled")).Id("receiptId").ShouldBe(receipt);
        var wish = new
        {
            legalEntity = "US01",
            method = "wire",
            bankAccount = "US01-WAY",
            amount = Usd("67.80"),
            valueDate = Day,
            reference = "WAYTOLD67",
            payer = new { account = PayerAccount },
        };

        (await app.Client.PostAsync("/v1/receipts", wish, 200)).Id().ShouldBe(receipt);
        (await app.Client.PostAsync("/v1/receipts", wish, 201)).Id().ShouldNotBe(receipt);
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 67.80")).ShouldBe(2);
    }

    /// <summary>D-03: a payment that was unknown, was given up and comes after all is a receipt, once.</summary>
    [Fact]
    public async Task d03_is_a_receipt_and_stays_failed_where_it_comes_after_it_failed()
    {
        var pending = (await app.Client.PostAsync(
            "/v1/pending-payments", Wish("card", "unknown", "73.40", processor: "ch_way_3"))).Id();
        await app.Client.PostAsync($"/v1/pending-payments/{pending}/fail", new { reason = "timed out" }, 200);
        (await app.Client.PostAsync($"/v1/pending-payments/{pending}/fail", new { reason = "timed out" }, 200))
            .GetProperty("version").GetInt64().ShouldBe(2);
        var receipt = (await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "card",
            amount = Usd("73.40"),
            valueDate = Day,
            processorReference = "ch_way_3",
        })).Id();
        (await app.Client.PostAsync(
            $"/v1/pending-payments/{pending}/settle", new { receiptId = receipt }, 409))
            .ShouldHaveCode("pending-payment-ended");
        (await app.Client.ReadAsync($"/v1/pending-payments/{pending}")).Text("status").ShouldBe("failed");
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 73.40")).ShouldBe(1);
    }

    /// <summary>What the bank shows before it books it is pending once, in however many reports.</summary>
    [Fact]
    public async Task that_the_bank_shows_is_pending_until_it_is_booked()
    {
        await ImportAsync(new Camt("WAY-2", Day, null) { Iban = Iban }
            .Pending(84.50m, "one", PayerAccount, "WAY-P1").Pending(84.50m, "two", PayerAccount, "WAY-P2"));
        await ImportAsync(new Camt("WAY-3", Day, null) { Iban = Iban }
            .Pending(84.50m, "one", PayerAccount, "WAY-P1").Pending(84.50m, "two", PayerAccount, "WAY-P2"));
        var pending = await PendingAsync(84.50m);
        pending.Length.ShouldBe(2);
        pending.ShouldAllBe(one => one.Text("stage") == "announced" && one.Text("status") == "pending");
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 84.50")).ShouldBe(0);
        var receipt = (await ImportAsync(new Camt("WAY-4", Day, null) { Iban = Iban }
            .Credit(84.50m, "two", account: PayerAccount, reference: "WAY-P2"))).Items("receiptIds")
            .ShouldHaveSingleItem().GetGuid();
        var settled = pending.Single(one => one.Text("reference").Contains("two", StringComparison.Ordinal)).Id();
        (await EndedAsync(settled, "settled")).Id("receiptId").ShouldBe(receipt);
        (await PendingAsync(84.50m)).Count(one => one.Text("status") == "pending").ShouldBe(1);
    }

    [Fact]
    public async Task that_the_bank_shows_without_day_or_reference_is_pending_once_as_well()
    {
        foreach (var before in new[] { 2, 1, 0 })
        {
            var date = $"<Dt>{Day.AddDays(-before):yyyy-MM-dd}</Dt>";
            var file = new Camt($"WAY-U{before}", Day.AddDays(-before), null) { Iban = Iban }
                .Pending(86.70m, "undated", PayerAccount).Xml();
            await app.Client.PostAsync("/v1/bank-statements", Xml(file.Replace(
                $"<BookgDt>{date}</BookgDt><ValDt>{date}</ValDt>", "", StringComparison.Ordinal)), 201);
        }

        (await PendingAsync(86.70m)).ShouldHaveSingleItem();
    }

    /// <summary>CASH-08: the money of another bank's account of the same number is not its money.</summary>
    [Fact]
    public async Task cash08_is_of_its_account_at_its_bank()
    {
        await app.Client.PutAsync("/v1/bank-accounts/US01-WAYBOX", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = "823827",
            ledgerAccount = "1000",
            detailByFile = new { lockbox = true },
        }, 201);
        var pending = (await app.Client.PostAsync("/v1/pending-payments", new
        {
            legalEntity = "US01",
            method = "check",
            stage = "initiated",
            amount = Usd("97.35"),
            expectedOn = Day,
            payer = new { account = "6677", bank = "111000025" },
        })).Id();
        (await PendingAsync(97.35m)).ShouldHaveSingleItem().GetProperty("payer").Text("bank").ShouldBe("111000025");

        var receipts = (await app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(BankFiles.X12Lockbox(
            "823827", Day, ("222000022", "6677", 97.35m, "4001"), ("111000025", "6677", 97.35m, "4002"))), 201))
            .Items("receiptIds");

        (await EndedAsync(pending, "settled")).Id("receiptId").ShouldBe(receipts[1].GetGuid());
    }

    [Fact]
    public async Task that_the_bank_has_shown_long_ago_is_waited_for_no_longer()
    {
        await ImportAsync(new Camt("WAY-OLD", new DateOnly(2026, 2, 3), null) { Iban = Iban }
            .Pending(95.60m, "never came", PayerAccount, "WAY-P9"));
        var pending = (await PendingAsync(95.60m)).ShouldHaveSingleItem().Id();
        (await EndedAsync(pending, "expired")).GetProperty("receiptId").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    /// <summary>I-14: two payments that name nothing cover the oldest items, and none of them twice.</summary>
    [Fact]
    public async Task covers_what_is_due_first_and_nothing_twice()
    {
        var customer = Ids.From("test-customer", "on its way");
        await app.Invoicing.PublishAsync(new Contracts.Invoicing.V1.CustomerRegistered(
            customer, "CUST-US01-000900", "US01", "Hooli Way", null, "USD", "US", "en", null, "NET 30", null, []), 1);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>($"select count(*) from customers where id = '{customer}'") == 1,
            "the customer is known");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900021", 700m, customer);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900022", 800m, customer);
        var first = await app.Client.PostAsync(
            "/v1/pending-payments", Wish("ach", "initiated", "1111.11", customer: customer));
        var second = await app.Client.PostAsync(
            "/v1/pending-payments", Wish("ach", "initiated", "500.00", customer: customer));
        Covered(first).ShouldBe([("INV-US01-2026-900021", 700m), ("INV-US01-2026-900022", 411.11m)]);
        Covered(second).ShouldBe([("INV-US01-2026-900022", 388.89m)]);

        static (string, decimal)[] Covered(JsonElement pending) =>
            [.. pending.Items().Select(item => (item.Text("invoiceNumber"), item.Amount("amount")))];
    }

    [Fact]
    public async Task asks_for_rights_and_for_sense()
    {
        var wish = Wish("ach", "initiated", "3.00");
        using var reader = app.ClientWith(Scopes.CashRead);
        using var stranger = app.ClientWith($"{Scopes.CashRead} {Scopes.CashWrite}", "CA01");
        await reader.PostAsync("/v1/pending-payments", wish, 403);
        await stranger.PostAsync("/v1/pending-payments", wish, 403);
        var pending = (await app.Client.PostAsync("/v1/pending-payments", wish)).Id();
        await stranger.ReadAsync($"/v1/pending-payments/{pending}", 403);
        await stranger.PostAsync($"/v1/pending-payments/{pending}/fail", new { reason = "mine" }, 403);
        (await stranger.ReadAsync("/v1/pending-payments")).Items().ShouldBeEmpty();
        (await app.Client.PostAsync("/v1/pending-payments", Wish("ach", "announced", "3.00"), 422))
            .ShouldHaveCode("unknown-stage");
        await app.Client.SendAsync(HttpMethod.Post, $"/v1/pending-payments/{pending}/fail", new { reason = "no" }, 412,
            ifMatch: "\"7\"");
        (await app.Client.ReadAsync("/v1/pending-payments?status=gone", 400)).ShouldHaveCode("bad-status");
    }

    private static object Wish(
        string method, string stage, string amount, string? reference = null, Guid? customer = null,
        string? account = null, string? processor = null) => new
        {
            legalEntity = "US01",
            method,
            stage,
            amount = Usd(amount),
            expectedOn = Day,
            reference,
            customerId = customer,
            payer = new { account },
            processorReference = processor,
        };

    private Task<JsonElement> ImportAsync(Camt file) =>
        app.Client.PostAsync("/v1/bank-statements", Xml(file.Xml()), 201);

    private async Task<JsonElement[]> PendingAsync(decimal amount) =>
        [
            .. (await app.Client.ReadAsync("/v1/pending-payments?limit=200")).Items()
                .Where(one => one.Amount("amount") == amount),
        ];

    private async Task<JsonElement> EndedAsync(Guid pending, string outcome)
    {
        JsonElement now = default;
        await Eventually.BecomesTrue(
            async () => (now = await app.Client.ReadAsync($"/v1/pending-payments/{pending}")).Text("status") == outcome,
            $"the pending payment is {outcome}");
        return now;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
