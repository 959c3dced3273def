using System.Text.Json.Nodes;
using OrderToCash.TestKit;
using static OrderToCash.Handshake.Tests.TwoServices;

namespace OrderToCash.Handshake.Tests;

/// <summary>
/// From the clause of the contract at Invoicing to the notice that Collections sends, to the debit memo at Invoicing,
/// and back (INV-08, COL-23).
/// </summary>
public sealed class The_fee_of_a_notice(Servers servers)
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    [Fact]
    public async Task is_billed_once_and_the_debit_memo_leads_to_no_other()
    {
        await using var services = new TwoServices(servers);
        await services.StartAsync();
        var customer = await OwingAsync(services.Invoicing);
        await DefinePlaybookAsync(services.Collections);
        await Eventually.Passes(async () =>
            Fees(await RunAsync(services.Collections, preview: true)).ShouldBe(["4.00"]));

        var notice = (await RunAsync(services.Collections))["notices"]!.AsArray().ShouldHaveSingleItem()!;

        var memo = (await Eventually.Becomes(
            () => ListAsync(services.Invoicing, $"/v1/invoices?customerId={customer}"),
            all => all.Count(IsMemo) == 1, "the fee is billed")).Single(IsMemo)!;
        Text(memo["total"]!["amount"]).ShouldBe("4.00");
        services.Mail.Mails.ShouldHaveSingleItem();
        var shown = await Eventually.Becomes(
            () => ListAsync(services.Collections, $"/v1/collections/notices?customerId={customer}"),
            all => all is [{ } row] && row["feeDocument"] is not null, "the notice shows what it was billed with");
        (Text(shown[0]!["feeDocument"]), Text(shown[0]!["id"])).ShouldBe(
            (Text(memo["number"]), Text(notice["noticeId"])));

        // The debit memo falls due, and comes to the step that costs something.
        var later = await Eventually.Becomes(
            () => RunAsync(services.Collections, preview: true, Today.AddDays(60)),
            run => run["notices"]!.AsArray().Count == 1, "Collections knows the debit memo");
        Fees(later).ShouldBe([null]);
        later["notices"]![0]!["items"]![0]!["kind"]!.GetValue<string>().ShouldBe("debit-memo");
        (await RunAsync(services.Collections))["notices"]!.AsArray().ShouldBeEmpty();
        (await ListAsync(services.Invoicing, $"/v1/invoices?customerId={customer}")).Count.ShouldBe(2);
    }

    private static async Task<string> OwingAsync(HttpClient invoicing)
    {
        await SendAsync(invoicing, HttpMethod.Put, "/v1/legal-entities/US01", new
        {
            name = "Acme Inc.",
            baseCurrency = "USD",
            country = "US",
            timeZone = "UTC",
            taxRounding = "line",
        });
        var contacts = new[] { new { name = "Ana Ruiz", role = "accounts-payable", email = "ap@globex.example" } };
        var customer = Text((await SendAsync(invoicing, HttpMethod.Post, "/v1/customers", new
        {
            legalEntity = "US01",
            name = "Globex",
            currency = "USD",
            country = "US",
            language = "en",
            terms = "NET 30",
            contacts,
            clauses = new { reminderFee = "4" },
        }))["id"]);
        var line = new { description = "Widget", quantity = "1", unitPrice = "100" };
        await SendAsync(invoicing, HttpMethod.Post, "/v1/invoices", new
        {
            customerId = customer,
            invoiceDate = Today.AddDays(-40),
            lines = new[] { line },
        });
        return customer;
    }

    private static Task<JsonNode> DefinePlaybookAsync(HttpClient collections)
    {
        var step = new
        {
            code = "notice",
            offsetDays = 1,
            channel = "email",
            minimumAmounts = Array.Empty<object>(),
            wording = new { en = new { subject = "Overdue", opening = "Please pay.", closing = "Thank you." } },
            fees = new[] { new { amount = "9.00", currency = "USD" } },
        };
        return SendAsync(
            collections, HttpMethod.Put, "/v1/collections/playbooks/with-a-fee",
            new { name = "With a fee", steps = new[] { step } });
    }

    private static Task<JsonNode> RunAsync(HttpClient collections, bool preview = false, DateOnly? date = null) =>
        SendAsync(
            collections, HttpMethod.Post, "/v1/collections/dunning-runs",
            new { legalEntity = "US01", playbook = "with-a-fee", preview, date });

    private static string?[] Fees(JsonNode run) =>
        [.. run["notices"]!.AsArray().Select(notice => notice!["fee"]?["amount"]?.GetValue<string>())];

    private static bool IsMemo(JsonNode? document) => document!["kind"]!.GetValue<string>() == "debit-memo";

    private static string Text(JsonNode? value) => value!.GetValue<string>();
}
