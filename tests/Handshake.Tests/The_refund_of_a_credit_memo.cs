using System.Text.Json.Nodes;
using OrderToCash.TestKit;
using static OrderToCash.Handshake.Tests.TwoServices;

namespace OrderToCash.Handshake.Tests;

/// <summary>
/// From the refund that Invoicing approves to the payment file and the ledger, and back when it is not paid (I-18,
/// CASH-20).
/// </summary>
public sealed class The_refund_of_a_credit_memo(Servers servers)
{
    [Fact]
    public async Task is_paid_by_a_file_comes_back_and_is_open_again()
    {
        await using var services = new TwoServices(servers);
        await services.StartWithCashAsync();
        var memo = await CreditAsync(services.Invoicing);
        await SendAsync(services.Invoicing, HttpMethod.Post, $"/v1/credit-memos/{memo}/refunds", Refund("E2E-1", "60"));
        var refund = await RefundAsync(services.Cash, memo, "approved");
        await SendAsync(services.Invoicing, HttpMethod.Post, $"/v1/credit-memos/{memo}/refunds", Refund("E2E-2", "40"));
        await Eventually.Passes(async () => (await services.Cash.ListedAsync(memo)).Count.ShouldBe(2));
        await ShowsAsync(services.Invoicing, memo, open: "100.00", available: "0.00");

        await SendAsync(services.Cash, HttpMethod.Put, "/v1/bank-accounts/US01-MAIN", new
        {
            legalEntity = "US01",
            currency = "USD",
            iban = "DE89370400440532013000",
            ledgerAccount = "1000",
        });
        await SendAsync(services.Cash, HttpMethod.Post, "/v1/payment-files", new
        {
            bankAccount = "US01-MAIN",
            refunds = new[] { refund },
        });

        await ShowsAsync(services.Invoicing, memo, open: "40.00", available: "0.00");
        await BooksAsync(services.Invoicing, receivables: -40m, bank: -60m);
        var other = (await services.Cash.ListedAsync(memo)).Single(one => Text(one!["id"]) != refund)!;
        await SendAsync(
            services.Cash, HttpMethod.Post, $"/v1/refunds/{Text(other["id"])}/cancel", new { reason = "not wanted" });
        await ShowsAsync(services.Invoicing, memo, open: "40.00", available: "40.00");

        await SendAsync(services.Cash, HttpMethod.Post, $"/v1/refunds/{refund}/return", new { reason = "closed" });
        await ShowsAsync(services.Invoicing, memo, open: "100.00", available: "100.00");
        await BooksAsync(services.Invoicing, receivables: -100m, bank: 0m);
    }

    private static async Task<string> CreditAsync(HttpClient invoicing)
    {
        await SendAsync(invoicing, HttpMethod.Put, "/v1/legal-entities/US01", new
        {
            name = "Acme Inc.",
            baseCurrency = "USD",
            country = "US",
            timeZone = "UTC",
            taxRounding = "line",
        });
        await SendAsync(
            invoicing, HttpMethod.Put, "/v1/legal-entities/US01/automation-policy", new { payRefunds = true });
        var customer = Text((await SendAsync(invoicing, HttpMethod.Post, "/v1/customers", new
        {
            legalEntity = "US01",
            name = "Globex",
            currency = "USD",
            country = "US",
            terms = "NET 30",
        }))["id"]);
        return Text((await SendAsync(invoicing, HttpMethod.Post, "/v1/credit-memos", new
        {
            customerId = customer,
            reason = "return",
            lines = new[] { new { description = "Returned", quantity = "1", unitPrice = "100" } },
        }))["id"]);
    }

    private static object Refund(string reference, string amount) => new
    {
        reason = "goods came back",
        reference,
        amount,
        payee = new { name = "Globex", iban = "DE02500105170137075030" },
    };

    private static async Task<string> RefundAsync(HttpClient cash, string memo, string status) => Text((await Eventually
        .Becomes(
            () => cash.ListedAsync(memo), all => all is [{ } one] && Text(one["status"]) == status,
            $"cash application has the refund {status}"))[0]!["id"]);

    private static Task ShowsAsync(HttpClient invoicing, string memo, string open, string available) =>
        Eventually.Passes(async () =>
        {
            var now = JsonNode.Parse(await invoicing.GetStringAsync($"/v1/credit-memos/{memo}"))!;
            (Text(now["open"]!["amount"]), Text(now["available"]!["amount"])).ShouldBe((open, available));
        });

    /// <summary>The journal of both services as Invoicing has it: what is on its way is nothing.</summary>
    private static Task BooksAsync(HttpClient invoicing, decimal receivables, decimal bank) =>
        Eventually.Passes(async () =>
        {
            var lines = (await ListAsync(invoicing, "/v1/journal-entries?legalEntity=US01&limit=200"))
                .SelectMany(entry => entry!["lines"]!.AsArray()).ToLookup(
                    line => Text(line!["role"]),
                    line => Amount(line!["debit"]) - Amount(line!["credit"]));
            (lines["receivables"].Sum(), lines["cash-clearing"].Sum(), lines["bank"].Sum())
                .ShouldBe((receivables, 0m, bank));
            var tie = JsonNode.Parse(await invoicing.GetStringAsync("/v1/reports/tie-out?legalEntity=US01"))!;
            tie["ties"]!.GetValue<bool>().ShouldBeTrue();
        });

    private static decimal Amount(JsonNode? money) => money is null
        ? 0m
        : decimal.Parse(Text(money["amount"]), System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(JsonNode? value) => value!.GetValue<string>();
}

/// <summary>Reads of cash application.</summary>
file static class CashReads
{
    /// <summary>Refunds of a credit memo.</summary>
    public static Task<JsonArray> ListedAsync(this HttpClient cash, string memo) =>
        ListAsync(cash, $"/v1/refunds?creditMemoId={memo}");
}
