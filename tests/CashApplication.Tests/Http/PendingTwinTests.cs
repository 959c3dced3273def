using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Money on its way that a caller and the bank tell is pending once, and found however much else is.</summary>
public sealed class Money_on_its_way_that_two_tell(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private const string Iban = "DE44500105175407324931";
    private const string PayerAccount = "FR7630006000011234567890189";

    private static readonly DateOnly Day = TimeProvider.System.Today("America/Chicago");

    public async ValueTask InitializeAsync()
    {
        await app.IntroducedAsync();
        await app.Client.SendAsync(HttpMethod.Put, "/v1/bank-accounts/US01-TWO",
            new { legalEntity = "US01", currency = "USD", iban = Iban, ledgerAccount = "1000" },
            await app.ScalarAsync<long>("select count(*) from bank_accounts where code = 'US01-TWO'") == 0 ? 201 : 200);
    }

    /// <summary>The bank showed it first, and nobody could tell whose it is: what the caller tells takes its place.
    /// </summary>
    [Fact]
    public async Task is_what_the_caller_tells_where_the_bank_showed_it_before()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-910001", 141.20m, Invoicing.Initech);
        await ImportAsync(new Camt("TWO-1", Day, null) { Iban = Iban }
            .Pending(141.20m, "ref 7001", PayerAccount, "TWO-P1", payer: null));
        var shown = (await PendingAsync(141.20m)).ShouldHaveSingleItem().Id();
        var told = await app.Client.PostAsync("/v1/pending-payments", Wish(
            "wire", "initiated", "141.20", "INV-US01-2026-910001", Invoicing.Initech, PayerAccount, "ch_two_1"));
        told.Items().ShouldHaveSingleItem().Id("invoiceId").ShouldBe(invoice);
        (await app.Client.ReadAsync($"/v1/pending-payments/{shown}")).Text("status").ShouldBe("replaced");
        (await app.Client.ReadAsync("/v1/pending-payments?status=replaced")).Items()
            .ShouldContain(one => one.Id() == shown);

        // Reports that still show it are of the same money.
        await ImportAsync(new Camt("TWO-2", Day, null) { Iban = Iban }
            .Pending(141.20m, "ref 7001", PayerAccount, "TWO-P1", payer: null));
        (await PendingAsync(141.20m)).Count(one => one.Text("status") == "pending").ShouldBe(1);
        var receipt = (await ImportAsync(new Camt("TWO-3", Day, null) { Iban = Iban }
            .Credit(141.20m, "ref 7001", null, PayerAccount, "TWO-P1"))).Items("receiptIds")
            .ShouldHaveSingleItem().GetGuid();
        await EndedAsync(told.Id(), "settled");
        (await app.Client.ReadAsync($"/v1/pending-payments/{told.Id()}")).Id("receiptId").ShouldBe(receipt);
        (await PendingAsync(141.20m)).ShouldAllBe(one => one.Text("status") != "pending");
    }

    [Fact]
    public async Task is_what_the_caller_told_where_the_bank_shows_it_afterwards()
    {
        await app.Client.PostAsync(
            "/v1/pending-payments", Wish("wire", "initiated", "142.30", "TWOREF1423", null, PayerAccount));
        await ImportAsync(new Camt("TWO-4", Day, null) { Iban = Iban }
            .Pending(142.30m, "TWOREF1423 thanks", null, "TWO-P4", payer: null));
        (await PendingAsync(142.30m)).ShouldHaveSingleItem().Text("stage").ShouldBe("initiated");
    }

    /// <summary>Both instances hear of it at the same moment: the second looks again.</summary>
    [Fact]
    public async Task is_pending_once_where_both_tell_it_at_the_same_moment()
    {
        foreach (var round in Enumerable.Range(0, 5))
        {
            var amount = 150m + round;
            await Task.WhenAll(
                ImportAsync(new Camt($"TWO-R{round}", Day, null) { Iban = Iban }
                    .Pending(amount, "at once", PayerAccount, $"TWO-R{round}", payer: null)),
                app.Client.PostAsync("/v1/pending-payments", Wish(
                    "wire", "initiated", $"{amount}.00", null, null, PayerAccount)));
            (await PendingAsync(amount)).Count(one => one.Text("status") == "pending").ShouldBe(1);
        }
    }

    /// <summary>An entry that says the same as one of last month is another one; NONREF is no reference.</summary>
    [Fact]
    public async Task is_another_payment_where_the_bank_shows_the_same_a_month_later()
    {
        foreach (var (before, file) in new[] { (40, "TWO-5"), (39, "TWO-6"), (2, "TWO-7"), (1, "TWO-8") })
        {
            var day = Day.AddDays(-before);
            var date = $"<Dt>{day:yyyy-MM-dd}</Dt>";
            await app.Client.PostAsync("/v1/bank-statements", Xml(
                new Camt(file, day, null) { Iban = Iban }.Pending(143.40m, "rent", PayerAccount, "NONREF")
                    .Pending(143.40m, "parking", PayerAccount, "NONREF").Xml().Replace(
                        $"<BookgDt>{date}</BookgDt><ValDt>{date}</ValDt>", "", StringComparison.Ordinal)), 201);
            if (before == 39)
            {
                foreach (var one in await PendingAsync(143.40m))
                    await EndedAsync(one.Id(), "expired");
            }
        }

        var all = await PendingAsync(143.40m);
        all.Length.ShouldBe(4);
        all.Count(one => one.Text("status") == "pending").ShouldBe(2);
    }

    /// <summary>Head office's payment covers a branch's item; the branch's own covers the next one.</summary>
    [Fact]
    public async Task covers_nothing_that_anothers_payment_covers()
    {
        var branch = await CustomerAsync("branch", "CUST-US01-000911", "Vandelay Branch");
        await app.Invoicing.InvoiceAsync("INV-US01-2026-910011", 310m, branch);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-910012", 320m, branch);
        (await app.Client.PostAsync("/v1/pending-payments", Wish(
            "wire", "initiated", "310.00", "INV-US01-2026-910011", Invoicing.Globex))).Items()
            .ShouldHaveSingleItem().Text("invoiceNumber").ShouldBe("INV-US01-2026-910011");
        (await app.Client.PostAsync("/v1/pending-payments", Wish("ach", "initiated", "200.00", null, branch)))
            .Items().ShouldHaveSingleItem().Text("invoiceNumber").ShouldBe("INV-US01-2026-910012");
    }

    /// <summary>Many that rival each other hold up nothing: of 33 alike there are more pairs than are read.</summary>
    [Fact]
    public async Task is_found_behind_any_number_of_rivals()
    {
        const int alike = 33;
        var receipts = new Camt("TWO-9", Day, null) { Iban = Iban };
        foreach (var index in Enumerable.Range(0, alike))
        {
            await app.Client.PostAsync("/v1/pending-payments", new
            {
                legalEntity = "US01",
                method = "wire",
                stage = "initiated",
                amount = Usd("9.99"),
                expectedOn = Day,
                payer = new { name = "Nakatomi Trading" },
            });
            receipts.Credit(9.99m, $"subscription {index}", "Nakatomi Trading");
        }

        var told = (await app.Client.PostAsync("/v1/pending-payments", new
        {
            legalEntity = "US01",
            method = "wire",
            stage = "initiated",
            amount = Usd("144.50"),
            expectedOn = Day.AddDays(3),
            payer = new { name = "Wernham Hogg Paper" },
        })).Id();
        await ImportAsync(receipts.Credit(144.50m, "paper", "Wernham Hogg Paper"));
        app.Services.GetRequiredService<WakeUp<IntakeService>>().Wake();
        await EndedAsync(told, "settled");
        (await PendingAsync(9.99m)).ShouldAllBe(one => one.Text("status") == "pending");
    }

    private async Task<Guid> CustomerAsync(string key, string number, string name)
    {
        var customer = Ids.From("test-customer", key);
        await app.Invoicing.PublishAsync(new Contracts.Invoicing.V1.CustomerRegistered(
            customer, number, "US01", name, null, "USD", "US", "en", null, "NET 30", Invoicing.Globex, []), 1);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>($"select count(*) from customers where id = '{customer}'") == 1,
            "the customer is known");
        return customer;
    }

    private static object Wish(
        string method, string stage, string amount, string? reference, Guid? customer = null, string? account = null,
        string? processor = null) => new
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

    private Task EndedAsync(Guid pending, string outcome) => Eventually.BecomesTrue(
        async () => (await app.Client.ReadAsync($"/v1/pending-payments/{pending}")).Text("status") == outcome,
        $"the pending payment is {outcome}");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
