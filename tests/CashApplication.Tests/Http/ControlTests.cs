using System.Globalization;
using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>What shows that all money is where it should be: days, customers, the quality of matching.</summary>
public sealed class Controls_of_cash(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task close_a_day_that_ties_and_open_it_again_for_what_comes_late()
    {
        await app.Client.RegisterMainAccountAsync();
        var day = new DateOnly(2026, 11, 2);
        await ImportAsync(
            new Camt("S-1", day, 0m).Credit(120m, "unknown", payer: null).Credit(80m, "CUST-US01-000001"));
        var row = await DayAsync();
        (row.Text("status"), row.GetProperty("count").GetInt32(), row.GetProperty("unidentified").GetInt32())
            .ShouldBe(("balanced", 2, 1));
        (row.Amount("credits"), row.Amount("receipts"), row.Amount("ledger")).ShouldBe((200m, 200m, 200m));
        row.Text("postedBy").ShouldBe("ana");
        var wires = row.Items("methods").ShouldHaveSingleItem();
        (wires.Text("method"), wires.GetProperty("entries").GetInt32(), wires.GetProperty("count").GetInt32())
            .ShouldBe(("wire", 2, 2));
        (wires.Amount("credits"), wires.Amount("receipts"), wires.Amount("ledger")).ShouldBe((200m, 200m, 200m));
        using var canadian = app.ClientWith("cash:read cash:write", "CA01");
        (await canadian.PostAsync("/v1/cash-days/US01-MAIN/2026-11-02/close", null, 403))
            .ShouldHaveCode("entity-not-allowed");
        var closed = await app.Client.PostAsync("/v1/cash-days/US01-MAIN/2026-11-02/close", null, 200);
        closed.Text("closedBy").ShouldBe("ana");
        (await DayAsync()).Text("status").ShouldBe("closed");

        // Two ways of paying that are wrong by as much the other way: the day ties, they do not.
        await ExecuteAsync(
            "update receipts set method = 'check' where amount = 80 and bank_account = 'US01-MAIN' " +
            "and booking_date = '2026-11-02'");
        await ExecuteAsync(Moved(10m));
        (await DayAsync()).Text("status").ShouldBe("open");
        (await app.Client.PostAsync("/v1/cash-days/US01-MAIN/2026-11-02/close", null, 409)).ShouldHaveCode("day-open");
        await ExecuteAsync(Moved(-10m));
        (await DayAsync()).Text("status").ShouldBe("closed");
        (await app.Client.PostAsync("/v1/cash-days/US01-MAIN/2026-11-05/close", null, 404)).ShouldHaveCode("not-found");

        await ImportAsync(new Camt("S-2", day.AddDays(1), 200m).Credit(5m, "late", payer: null, day: day));
        (await DayAsync()).Text("status").ShouldBe("balanced");

        async Task<JsonElement> DayAsync() =>
            (await app.Client.ReadAsync("/v1/cash-days?from=2026-11-02&bankAccount=US01-MAIN")).Items("days")
                .ShouldHaveSingleItem();

        static string Moved(decimal amount) => string.Create(CultureInfo.InvariantCulture, $"""
            update bank_postings p set amount = p.amount + case r.method when 'check' then {amount} else {-amount} end
            from receipts r where r.id = p.receipt_id and p.bank_account = 'US01-MAIN' and r.booking_date = '2026-11-02'
            """);
    }

    /// <summary>
    /// The customer's side ties at every moment of a handshake; what Invoicing did is held against it.
    /// </summary>
    [Fact]
    public async Task tie_a_customer_and_name_what_does_not()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-700001", 100m, Invoicing.Initech);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("60.00", "INV-US01-2026-700001 in part"));
        var asked = receipt.Items("allocations") is [var own]
            ? own
            : (await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/allocations",
                new { allocations = new[] { new { invoiceId = invoice, amount = Usd("60.00") } } }, 202))
                .Items("allocations").Single();
        (await StandsAsync()).GetProperty("ties").GetBoolean().ShouldBeTrue();
        var paid = (PaymentApplied)app.Invoicing.Answer(receipt.Id(), asked.Id(), invoice, 60m);
        await app.Invoicing.PublishAsync(paid, 2);
        var tied = await Eventually.Becomes(StandsAsync,
            now => now.Items("currencies") is [var row] && row.Amount("paid") == 60m, "the payment is applied");
        tied.GetProperty("ties").GetBoolean().ShouldBeTrue(tied.ToString());
        tied.Items("currencies").Single().Amount("open").ShouldBe(40m);

        // What was kept back is owed on a chargeback instead, and then here again.
        foreach (var (kind, balance, version) in new[] { ("charged-back", 0m, 3L), ("chargeback-reversed", 40m, 4L) })
        {
            await app.Invoicing.PublishAsync(new OpenItemsChanged(
                invoice, kind, new MoneyAmount(40m, "USD"), new DateOnly(2026, 11, 5), "short", null,
                [paid.Item with { Balance = new MoneyAmount(balance, "USD") }]), version);
            await app.Invoicing.KnowsAsync(invoice, balance);
            (await StandsAsync()).GetProperty("ties").GetBoolean().ShouldBeTrue(kind);
        }

        await using (var spoil = app.Database.CreateCommand(
            $"update open_items set balance = balance - 1 where invoice_id = '{invoice}'"))
        {
            await spoil.ExecuteNonQueryAsync();
        }

        var spoilt = await StandsAsync();
        spoilt.GetProperty("ties").GetBoolean().ShouldBeFalse();
        spoilt.Items("differences").ShouldHaveSingleItem().Id().ShouldBe(invoice);

        Task<JsonElement> StandsAsync() => app.Client.ReadAsync($"/v1/customers/{Invoicing.Initech}/reconciliation");
    }

    /// <summary>What is owed is what is open less all that is the customer's, wherever it stands.</summary>
    [Fact]
    public async Task tell_what_a_customer_owes_less_credits_and_refunds_under_way()
    {
        var customer = Ids.From("test-customer", "hooli");
        await app.Invoicing.PublishAsync(new CustomerRegistered(
            customer, "CUST-US01-000778", "US01", "Hooli", null, "USD", "US", "en", null, "NET 30", null, []), 1);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>($"select count(*) from customers where id = '{customer}'") == 1,
            "the customer is known");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-700011", 100m, customer);
        var (memo, total) = (Ids.From("test-memo", "700012"), new MoneyAmount(30m, "USD"));
        await app.Invoicing.PublishAsync(new CreditMemoIssued(
            memo, "CM-US01-2026-700012", "US01", customer, new DateOnly(2026, 10, 20), "goodwill", null, total,
            total with { Amount = 0m }, total), 1);
        var receipt = await app.Client.PostAsync("/v1/receipts", new
        {
            legalEntity = "US01",
            method = "wire",
            amount = Usd("50.00"),
            valueDate = "2026-11-02",
            customerId = customer,
        });
        await app.Client.PostAsync("/v1/refunds", new
        {
            receiptId = receipt.Id(),
            amount = Usd("20.00"),
            reason = "paid too much",
            payee = new { name = "Hooli", iban = "DE89370400440532013000" },
        });
        var row = (await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/customers/{customer}/reconciliation"),
            now => now.Items("currencies") is [var one] && one.Amount("openCredits") > 0, "the credit memo is known"))
            .Items("currencies").Single();
        (row.Amount("open"), row.Amount("unapplied"), row.Amount("openCredits"), row.Amount("refunds"),
            row.Amount("creditRefunds"), row.Amount("owed")).ShouldBe((100m, 30m, 30m, 20m, 0m, 20m));
    }

    /// <summary>
    /// CASH-22: five payments of one day. One goes straight through; one was applied by a person, one taken back by a
    /// person, of one nothing is known; and one is returned by the bank, which is no envelope any more.
    /// </summary>
    [Fact]
    public async Task count_envelopes_and_lines_apart_and_what_was_wrong()
    {
        const string iban = "DE21301204000000015228";
        await app.Client.PutAsync("/v1/bank-accounts/US01-RATE",
            new { legalEntity = "US01", currency = "USD", iban, ledgerAccount = "1000" }, 201);
        var amounts = new[] { 101.01m, 102.02m, 103.03m, 104.04m };
        var invoices = new List<Guid>();
        foreach (var (index, amount) in amounts.Index())
            invoices.Add(await app.Invoicing.InvoiceAsync($"INV-US01-2026-72000{index}", amount));
        var import = await app.Client.PostAsync("/v1/bank-statements", (object)Xml(
            new Camt("RATE", new DateOnly(2026, 6, 15), 0m) { Iban = iban }
                .Credit(101.01m, "INV-US01-2026-720000").Credit(102.02m, "INV-US01-2026-720001")
                .Credit(103.03m, "INV-US01-2026-720002").Credit(99.99m, "no idea", payer: null)
                .Credit(1_104.04m, "no idea either", payer: null).Xml()), 201);
        var receipts = import.Items("receiptIds").Select(id => id.GetGuid()).ToArray();
        await app.Client.PostAsync($"/v1/receipts/{receipts[4]}/allocations",
            new { allocations = new[] { new { invoiceId = invoices[3], amount = Usd("104.04") } } }, 202);
        foreach (var (index, receipt) in new[] { receipts[0], receipts[1], receipts[2], receipts[4] }.Index())
            await AnswerAsync(receipt, invoices[index], amounts[index]);
        var corrected = (await app.Client.ReadAsync($"/v1/receipts/{receipts[1]}")).Items("allocations")[0].Id();
        await app.Client.PostAsync(
            $"/v1/receipts/{receipts[1]}/allocations/{corrected}/reverse", new { reason = "wrong" }, 202);
        await app.Client.PostAsync($"/v1/receipts/{receipts[2]}/reverse", new { reason = "nsf", code = "R01" }, 202);

        var row = (await app.Client.ReadAsync("/v1/reports/match-quality?from=2026-06-15&legalEntity=US01"))
            .Items("rows").ShouldHaveSingleItem();
        (Count("envelopes"), Count("straightThrough")).ShouldBe((4, 1));
        (Count("lines"), Count("automaticLines"), Count("wrongLines")).ShouldBe((3, 2, 1));
        (Rate("envelopeRate"), Rate("lineRate"), Rate("wrongMatchRate")).ShouldBe((0.25m, 0.6667m, 0.5m));
        (await app.Client.ReadAsync("/v1/reports/match-quality?from=2026-06-16")).Items("rows").ShouldBeEmpty();
        using var canadian = app.ClientWith("cash:read", "CA01");
        (await canadian.ReadAsync("/v1/reports/match-quality?from=2026-01-01&to=2027-12-31")).Items("rows")
            .ShouldBeEmpty();

        const string path = "/v1/reports/straight-through?from=2026-06-15&legalEntity=US01&by=";
        foreach (var by in new[] { "cause", "customer", "method" })
        {
            var report = await app.Client.ReadAsync(path + by);
            var parts = report.Items("rows");
            report.GetProperty("isWhole").GetBoolean().ShouldBeTrue();
            parts.Sum(part => part.GetProperty("envelopes").GetInt32()).ShouldBe(4);
            parts.Sum(part => part.GetProperty("straightThrough").GetInt32()).ShouldBe(1);
            (parts.Sum(part => part.Amount("amount")), parts.Sum(part => part.Amount("straightThroughAmount")))
                .ShouldBe((101.01m + 102.02m + 99.99m + 1_104.04m, 101.01m));
        }

        var causes = (await app.Client.ReadAsync(path + "cause")).Items("rows").Select(part => part.Text("key"));
        causes.ShouldContain("straight-through");
        causes.ShouldContain("unidentified");
        (await app.Client.ReadAsync(path + "customer")).Items("rows").Select(part => part.Text("key"))
            .ShouldContain("CUST-US01-000001");
        (await app.Client.ReadAsync(path + "payer", 400)).ShouldHaveCode("bad-by");
        (await app.Client.ReadAsync(path + "cause&to=2027-06-16", 400)).ShouldHaveCode("bad-days");
        using var request = new HttpRequestMessage(HttpMethod.Get, path + "method");
        request.Headers.Accept.ParseAdd("text/csv");
        using var answer = await app.Client.SendAsync(request);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("legalEntity,key,envelopes");
        (await canadian.ReadAsync("/v1/reports/straight-through?from=2026-06-15")).Items("rows").ShouldBeEmpty();

        int Count(string name) => row.GetProperty(name).GetInt32();

        decimal Rate(string name) => decimal.Parse(row.Text(name), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task AnswerAsync(Guid receipt, Guid invoice, decimal amount)
    {
        var asked = (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Items("allocations").Single();
        asked.Id("invoiceId").ShouldBe(invoice);
        await app.Invoicing.PublishAsync(app.Invoicing.Answer(receipt, asked.Id(), invoice, amount), 2);
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Amount("applied") == amount,
            $"{amount} are applied");
    }

    [Fact]
    public async Task hear_from_an_advice_what_money_is_for_whichever_comes_first()
    {
        var first = await app.Invoicing.InvoiceAsync("INV-US01-2026-710001", 30m);
        var second = await app.Invoicing.InvoiceAsync("INV-US01-2026-710002", 31m);
        await AdviseAsync("PAY-100001", "30.00", "INV-US01-2026-710001");
        var after = await app.Client.PostAsync("/v1/receipts", Receipt("30.00", "PAY-100001"));
        after.Items("allocations").ShouldHaveSingleItem().Id("invoiceId").ShouldBe(first);

        var waiting = await app.Client.PostAsync("/v1/receipts", Receipt("31.00", "PAY-100002"));
        var advice = await AdviseAsync("PAY-100002", "31.00", "INV-US01-2026-710002");
        advice.Id("receiptId").ShouldBe(waiting.Id());
        (await app.Client.ReadAsync($"/v1/receipts/{waiting.Id()}")).Items("allocations").ShouldHaveSingleItem()
            .Id("invoiceId").ShouldBe(second);
        (await app.Client.PostAsync("/v1/remittances", Advice("PAY-100002", "31.00", "INV-US01-2026-710002"), 409))
            .ShouldHaveCode("remittance-already-received");
    }

    /// <summary>Advices whose money never came, thousands of one amount, hide none whose money is here.</summary>
    [Fact]
    public async Task hear_from_an_advice_behind_any_number_of_stale_ones()
    {
        await app.Invoicing.InvoiceAsync("INV-US01-2026-710011", 46m);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-710012", 46m);
        var stale = (await AdviseAsync("PAY-100010", "46.00", "INV-US01-2026-719999")).Id();
        await using (var copies = app.Database.CreateCommand($"""
            insert into remittances select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),
                'content_hash', n::text, 'received_at', r.received_at - n * interval '1 minute'))).*
            from remittances r, generate_series(1, 1500) n where r.id = '{stale}'
            """))
        {
            await copies.ExecuteNonQueryAsync();
        }

        var advice = (await AdviseAsync("PAY-100011", "46.00", "INV-US01-2026-710012")).Id();
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("46.00", "PAY-100011"));
        (await app.Client.ReadAsync($"/v1/remittances/{advice}")).Id("receiptId").ShouldBe(receipt.Id());
    }

    /// <summary>I-08: two payments at the same moment cannot both follow one advice.</summary>
    [Fact]
    public async Task let_one_payment_follow_an_advice()
    {
        await app.Invoicing.InvoiceAsync("INV-US01-2026-710003", 90m);
        var advice = (await AdviseAsync("PAY-100003", "45.00", "INV-US01-2026-710003")).Id();
        var receipts = await Task.WhenAll(Enumerable.Range(0, 2)
            .Select(_ => app.Client.PostAsync("/v1/receipts", Receipt("45.00", "PAY-100003"))));
        receipts.Count(receipt => receipt.Items("allocations").Length == 1).ShouldBe(1);
        var now = await app.Client.ReadAsync($"/v1/remittances/{advice}");
        (now.Text("status"), now.Id("receiptId")).ShouldBe(
            ("matched", receipts.Single(receipt => receipt.Items("allocations").Length == 1).Id()));
        (await app.Client.PostAsync($"/v1/remittances/{advice}/close", new { reason = "x" }, 409))
            .ShouldHaveCode("remittance-not-waiting");
        using var canadian = app.ClientWith("cash:read cash:write", "CA01");
        (await canadian.ReadAsync($"/v1/remittances/{advice}", 403)).ShouldHaveCode("entity-not-allowed");
        (await canadian.PostAsync("/v1/remittances", Advice("PAY-100004", "1.00", "INV-US01-2026-710003"), 403))
            .ShouldHaveCode("entity-not-allowed");
        (await canadian.ReadAsync($"/v1/customers/{Invoicing.Initech}/reconciliation", 403))
            .ShouldHaveCode("entity-not-allowed");
    }

    private Task<JsonElement> AdviseAsync(string reference, string amount, string document) =>
        app.Client.PostAsync("/v1/remittances", Advice(reference, amount, document));

    private static object Advice(string reference, string amount, string document) => new
    {
        legalEntity = "US01",
        amount = Usd(amount),
        paymentReference = reference,
        lines = new[] { new { documentNumber = document, paid = Usd(amount) } },
    };

    private Task<JsonElement> ImportAsync(Camt statement) =>
        app.Client.PostAsync("/v1/bank-statements", Xml(statement.Xml()), 201);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = app.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
