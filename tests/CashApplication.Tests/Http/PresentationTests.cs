using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>CASH-17, COL-14, B-18: Collections asks for payment to be tried again, and it is presented here.</summary>
public sealed class Payments_presented_again(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task cash17_are_listed_taken_once_and_tied_to_the_receipt_that_comes()
    {
        var customer = await CustomerAsync("story", "CUST-US01-000901");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900901", 80m, customer);
        var message = Ids.Next(TimeProvider.System);
        await AskAsync(customer, 3, 2, 80m, message);
        await AskAsync(customer, 3, 2, 80m, message);
        await AskAsync(customer, 2, 1, 95m);
        var due = await ListedAsync(customer, "due");
        (due.Amount("asked"), due.Amount("payable"), due.GetProperty("attempt").GetInt32(), due.Text("customerNumber"))
            .ShouldBe((80m, 80m, 2, "CUST-US01-000901"));
        var path = $"/v1/presentations/{due.Id()}";
        var stranger = app.ClientWith("cash:read cash:write", "CA01");
        (await stranger.ReadAsync("/v1/presentations")).Items().ShouldBeEmpty();
        await stranger.ReadAsync(path, 403);
        await stranger.PostAsync($"{path}/take", Debit(), 403);
        (await app.Client.PostAsync($"{path}/take", Debit(amount: "80.01"), 422)).ShouldHaveCode("more-than-due");

        var taken = await app.Client.PostAsync($"{path}/take", Debit(), 200, "key-1");
        (taken.Text("status"), taken.GetProperty("last").Text("instrument")).ShouldBe(("waiting", "****0901"));
        (await app.Client.PostAsync($"{path}/take", Debit(), 200, "key-1")).ToString().ShouldBe(taken.ToString());
        (await app.Client.PostAsync($"{path}/take", Debit("9910901"), 409)).ShouldHaveCode("presentation-under-way");
        await AskAsync(customer, 4, 3, 80m);
        await StandsAsync(customer, "waiting", "under-way");
        var pending = taken.GetProperty("last").Id("pendingPaymentId");
        (await app.Client.ReadAsync($"/v1/pending-payments/{pending}")).Amount("amount").ShouldBe(80m);

        var receipt = (await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "ach",
            amount = Usd("80.00"),
            valueDate = TimeProvider.System.Today("America/Chicago"),
            customerId = customer,
            payer = new { account = "880901" },
        })).Id();
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/pending-payments/{pending}")).Text("status") == "settled",
            "its money is there");
        var stopped = await StandsAsync(customer, "stopped", "nothing-due");
        (stopped.GetProperty("last").Id("receiptId"), stopped.Amount("payable")).ShouldBe((receipt, 0m));
        stopped.Text("reason").ShouldContain("paid");

        // The customer leaves the state, and the word is over.
        await app.Invoicing.PublishAsync(Changed(customer, null), 5);
        await StandsAsync(customer, "stopped", "state-left");
        (await app.Client.ReadAsync($"{path}/history")).Items().ShouldHaveSingleItem().GetProperty("data")
            .Text("instrument").ShouldBe("****0901");
    }

    [Fact]
    public async Task cash17_of_one_account_are_debited_three_times_and_no_more()
    {
        var customer = await CustomerAsync("often", "CUST-US01-000902");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900902", 50m, customer);
        for (var time = 1; time <= 3; time++)
        {
            await AskAsync(customer, time, time, 50m);
            var due = await StandsAsync(customer, "due", "due");
            await app.Client.PostAsync($"/v1/presentations/{due.Id()}/take", Debit("880902"), 200);
            await app.Client.PostAsync(
                $"/v1/presentations/{due.Id()}/decline", new { reason = "insufficient funds" }, 200);
            (await StandsAsync(customer, "waiting", "failed")).Text("reason").ShouldContain("insufficient funds");
        }

        await AskAsync(customer, 4, 4, 50m);
        var stopped = await StandsAsync(customer, "stopped", "presented-often");
        var path = $"/v1/presentations/{stopped.Id()}/take";
        (await app.Client.PostAsync(path, Debit("880902"), 409)).ShouldHaveCode("presentation-presented-often");
        await app.Client.PostAsync(path, Debit("990902"), 200);
    }

    [Fact]
    public async Task cash17_wait_for_another_card_after_a_hard_decline_and_are_refused_with_a_reason()
    {
        var customer = await CustomerAsync("card", "CUST-US01-000903");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900903", 60m, customer);
        await AskAsync(customer, 1, 1, 60m);
        var path = $"/v1/presentations/{(await StandsAsync(customer, "due", "due")).Id()}";
        await app.Client.PostAsync($"{path}/take", Card("tok_one"), 200);
        await app.Client.PostAsync($"{path}/decline", new { reason = "stolen card", isFinal = true }, 200);
        await AskAsync(customer, 2, 2, 60m);
        (await StandsAsync(customer, "stopped", "declined-for-good")).Amount("payable").ShouldBe(0m);
        (await app.Client.PostAsync($"{path}/take", Card("tok_one"), 409))
            .ShouldHaveCode("presentation-declined-for-good");
        (await app.Client.PostAsync($"{path}/take", Card("4111111111111111"), 422)).ShouldHaveCode("card-number");

        (await app.Client.PostAsync($"{path}/refuse", new { reason = "" }, 422)).ShouldHaveCode("reason-required");
        await app.Client.PostAsync($"{path}/refuse", new { reason = "pays by wire on Friday" }, 200);
        (await StandsAsync(customer, "refused", "refused")).Text("reason")
            .ShouldBe("It is not presented (pays by wire on Friday).");
        (await app.Client.PostAsync($"{path}/take", Card("tok_two"), 409)).ShouldHaveCode("presentation-refused");
    }

    /// <summary>Eight who want to present it at once: one does, and the money is on its way once.</summary>
    [Fact]
    public async Task cash17_are_presented_by_one_of_many_at_once()
    {
        var customer = await CustomerAsync("race", "CUST-US01-000904");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900904", 70m, customer);
        await AskAsync(customer, 1, 1, 70m);
        var path = $"/v1/presentations/{(await StandsAsync(customer, "due", "due")).Id()}/take";
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async one =>
        {
            using var answer = await app.Client.PostAsJsonAsync(path, Debit($"88090{one}"));
            return (int)answer.StatusCode;
        }));
        answers.Order().ShouldBe([200, .. Enumerable.Repeat(409, 7)]);
        (await app.ScalarAsync<decimal>(
            $"select sum(amount) from pending_payments where customer_id = '{customer}'")).ShouldBe(70m);
    }

    /// <summary>Nobody knows whose payment came back, but from which account: it is listed as decided.</summary>
    [Fact]
    public async Task cash17_stop_with_what_came_back_from_the_account_whoever_paid_by_it()
    {
        var customer = await CustomerAsync("account", "CUST-US01-000915");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900915", 44m, customer);
        await app.Client.PutAsync("/v1/bank-accounts/US01-P6", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = "PRES6",
            ledgerAccount = "1000",
            detailByFile = new { ach = true },
        }, 201);
        await AskAsync(customer, 1, 1, 44m);
        var path = $"/v1/presentations/{(await StandsAsync(customer, "due", "due")).Id()}";
        await app.Client.PostAsync($"{path}/take", Debit("880915"), 200);
        await app.Client.PostAsync($"{path}/decline", new { reason = "insufficient funds" }, 200);
        await ImportAsync(new Nacha("PRES6").Return("880915", 12.12m, "R10", "091400600009151", "091000017691501")
            .File("261104"));
        await AskAsync(customer, 2, 2, 44m);
        (await StandsAsync(customer, "stopped", "debits-stopped")).Text("reason").ShouldContain("R10");
        (await app.Client.PostAsync($"{path}/take", Debit("880915"), 409))
            .ShouldHaveCode("presentation-debits-stopped");
        await app.Client.PostAsync($"{path}/take", Debit("990915"), 200);
    }

    /// <summary>A debit that nobody authorised stops it until somebody has looked; a promise does too.</summary>
    [Fact]
    public async Task cash17_stop_with_what_came_back_and_with_a_promise()
    {
        var customer = Invoicing.Globex;
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900905", 33.10m, customer);
        var open = await app.Invoicing.InvoiceAsync("INV-US01-2026-900906", 33.20m, customer);
        await app.Client.PutAsync("/v1/bank-accounts/US01-P5", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = "PRES5",
            ledgerAccount = "1000",
            detailByFile = new { ach = true },
        }, 201);
        const string trace = "091400600009051";
        await ImportAsync(new Nacha("PRES5").Credit(
            "PRES5", 33.10m, trace, addenda: "RMR*IV*INV-US01-2026-900905**33.10\\").File());
        var back = await ImportAsync(new Nacha("PRES5").Return("880905", 33.10m, "R10", trace, "091000017690501")
            .File("261104"));
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync("/v1/bank-statements/returns?bankAccount=US01-P5&status=found"))
                .Items().Length == 1, "the receipt of the debit is found");
        await AskAsync(customer, 1, 1, 33.20m);
        var stopped = await StandsAsync(customer, "stopped", "debits-stopped");
        stopped.Text("reason").ShouldContain("R10");
        (await app.Client.PostAsync($"/v1/presentations/{stopped.Id()}/take", Debit("880905"), 409))
            .ShouldHaveCode("presentation-debits-stopped");
        var row = (await app.Client.ReadAsync("/v1/bank-statements/returns?bankAccount=US01-P5")).Items()[0];
        await app.Client.PostAsync(
            $"/v1/bank-statements/{back.Id()}/returns/1/{row.GetProperty("entry")}/{row.GetProperty("detail")}/review",
            new { note = "new authorisation" }, 200);
        await StandsAsync(customer, "due", "due");

        await app.Invoicing.PublishAsync(new PromiseMade(new Promise(
            Ids.From("test-promise", "presented"), "US01", customer, Dollars(33.20m), Dollars(0m),
            new DateOnly(2026, 12, 24), new DateOnly(2026, 12, 27), 0, "open",
            [new PromisedItem(open, 1, "INV-US01-2026-900906", Dollars(33.20m))])), 1);
        await StandsAsync(customer, "stopped", "nothing-due");
    }

    /// <summary>Collections asks nothing while it leaves a customer alone; what it asked before waits, too.</summary>
    [Fact]
    public async Task cash17_are_not_presented_while_the_customer_is_left_alone()
    {
        var customer = await CustomerAsync("alone", "CUST-US01-000907");
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-900907", 41m, customer);
        await AskAsync(customer, 1, 1, 41m);
        var path = $"/v1/presentations/{(await StandsAsync(customer, "due", "due")).Id()}";
        await HoldAsync("blocked", "dunning-block", 1);
        var hold = await HoldAsync("bankrupt", "bankruptcy", 2);
        (await StandsAsync(customer, "stopped", "left-alone")).Text("reason").ShouldContain("bankruptcy");
        (await app.Client.PostAsync($"{path}/take", Debit("880907"), 409)).ShouldHaveCode("presentation-left-alone");

        await app.Invoicing.PublishAsync(new DunningHoldEnded(hold, "US01", customer, "bankruptcy", "released"), 3);
        await StandsAsync(customer, "due", "due");
        await HoldAsync("bankrupt", "bankruptcy", 2);
        await HoldAsync("past", "legal-hold", 1, until: new DateOnly(2026, 1, 31));
        await HoldAsync("item", "dunning-block", 1, invoice);
        await StandsAsync(customer, "stopped", "nothing-due");

        async Task<Guid> HoldAsync(string name, string kind, long version, Guid? item = null, DateOnly? until = null)
        {
            var id = Ids.From("test-hold", name);
            await app.Invoicing.PublishAsync(new DunningHoldPlaced(
                id, "US01", customer, kind, item, null, null, until, "as the court says"), version);
            return id;
        }
    }

    /// <summary>Collections names the currency no more, its money being on its way: it may still be declined.</summary>
    [Fact]
    public async Task cash17_are_declined_also_where_collections_asks_for_another_currency_by_now()
    {
        var customer = await CustomerAsync("currencies", "CUST-US01-000908");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900908", 42m, customer);
        await AskAsync(customer, 1, 1, 42m);
        var path = $"/v1/presentations/{(await StandsAsync(customer, "due", "due")).Id()}";
        await app.Client.PostAsync($"{path}/take", Debit("880908"), 200);
        await app.Invoicing.PublishAsync(
            new PaymentRetryRequested(customer, "US01", "reminded", 2, [new MoneyAmount(7m, "EUR")]), 2);
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/presentations?customerId={customer}")).Items().Length == 2,
            "both are listed");
        (await app.Client.ReadAsync(path)).Text("standing").ShouldBe("under-way");
        await app.Client.PostAsync($"{path}/decline", new { reason = "account blocked", isFinal = true }, 200);
        (await app.Client.ReadAsync(path)).Text("standing").ShouldBe("failed");
    }

    /// <summary>What was presented again before Collections asked counts, whatever is debited now.</summary>
    [Fact]
    public async Task cash17_count_what_came_back_before_they_were_asked_for()
    {
        var customer = await CustomerAsync("before", "CUST-US01-000909");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900909", 20.20m, customer);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-900910", 33.30m, customer);
        await app.Client.PutAsync("/v1/bank-accounts/US01-P9", new
        {
            legalEntity = "US01",
            currency = "USD",
            accountNumber = "PRES9",
            ledgerAccount = "1000",
            detailByFile = new { ach = true },
        }, 201);
        for (var time = 1; time <= 2; time++)
        {
            var trace = $"09140060000909{time}";
            await ImportAsync(new Nacha("PRES9") { Name = "Presented before" }.Credit(
                "PRES9", 20.20m, trace, addenda: "RMR*IV*INV-US01-2026-900909**20.20\\").File($"26110{time * 2}"));
            await ImportAsync(new Nacha("PRES9").Return("880909", 20.20m, "R01", trace, $"09100001769091{time}")
                .File($"26110{time * 2 + 1}"));
            await Eventually.BecomesTrue(
                async () => (await app.Client.ReadAsync("/v1/bank-statements/returns?bankAccount=US01-P9&status=found"))
                    .Items().Length == time, "the receipt of the debit is found");
        }

        await AskAsync(customer, 1, 1, 33.30m);
        var path = $"/v1/presentations/{(await StandsAsync(customer, "due", "due")).Id()}";
        await app.Client.PostAsync($"{path}/take", Debit("880909", "12.34"), 200);
        await app.Client.PostAsync($"{path}/decline", new { reason = "insufficient funds" }, 200);
        await AskAsync(customer, 2, 2, 33.30m);
        await StandsAsync(customer, "stopped", "presented-often");
    }

    private static object Debit(string account = "880901", string? amount = null) => new
    {
        method = "ach",
        instrument = account,
        amount = amount is null ? null : Usd(amount),
    };

    private static object Card(string token) => new { method = "card", instrument = token };

    private static MoneyAmount Dollars(decimal amount) => new(amount, "USD");

    private static OverdueStateChanged Changed(Guid customer, string? to) =>
        new(customer, "US01", "reminded", to, false, 0, [], 0);

    private Task AskAsync(Guid customer, long version, int attempt, decimal amount, Guid? messageId = null) =>
        app.Invoicing.PublishAsync(
            new PaymentRetryRequested(customer, "US01", "reminded", attempt, [Dollars(amount)]), version, messageId);

    private async Task<JsonElement> ListedAsync(Guid customer, string status)
    {
        var path = $"/v1/presentations?customerId={customer}&status={status}&legalEntity=US01";
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync(path)).Items().Length == 1, $"one is {status}");
        return (await app.Client.ReadAsync(path)).Items()[0];
    }

    private async Task<JsonElement> StandsAsync(Guid customer, string status, string standing)
    {
        var path = $"/v1/presentations?customerId={customer}";
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync(path)).Items().Any(one => one.Text("standing") == standing),
            $"it stands at {standing}");
        return await ListedAsync(customer, status);
    }

    private async Task<Guid> CustomerAsync(string name, string number)
    {
        var id = Ids.From("test-customer-presented", name);
        await app.Invoicing.PublishAsync(new CustomerRegistered(
            id, number, "US01", $"Presented {name}", null, "USD", "US", "en", null, "NET 30", null, []), 1);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>($"select count(*) from customers where id = '{id}'") == 1,
            "the customer is known");
        return id;
    }

    private Task<JsonElement> ImportAsync(byte[] file) =>
        app.Client.PostAsync("/v1/bank-statements", new ByteArrayContent(file), 201);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
