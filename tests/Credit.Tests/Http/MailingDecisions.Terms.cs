using System.Net;
using System.Net.Http.Json;
using OrderToCash.Credit.Policies;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>What becomes of requests for terms is mailed to sales like the decisions on cases.</summary>
public sealed partial class MailingDecisions
{
    [Fact]
    public async Task sales_is_told_of_terms_that_are_offered_approved_and_rejected()
    {
        const string address = "ventas@contoso.example";
        await MailingAsync("SM05", new SalesAddresses(
            address, Languages: new Dictionary<string, string> { [address] = "es" }));
        var customer = await bed.CustomerAsync(entity: "SM05");
        using var sales = bed.App.ClientFor("credit:read credit:write", "sales");
        var path = await AskForTermsAsync(sales, customer, "NET 90");
        await OkAsync(bed.Client, $"{path}/counter-offer", new
        {
            terms = "NET 45",
            billingSchedule = "on the first of each quarter",
            reason = "90 is too long",
        });
        await OkAsync(sales, $"{path}/accept", new { });
        await OkAsync(bed.Client, $"{path}/approve", new { reason = "a good name" });
        var other = await AskForTermsAsync(sales, customer, "NET 120");
        await OkAsync(bed.Client, $"{other}/counter-offer", new
        {
            terms = "NET 35",
            billingSchedule = "by months",
            billingPlan = new { interval = "monthly", from = "2030-01-15" },
            reason = "120 is too long",
        });
        await OkAsync(sales, $"{other}/accept", new { });
        await OkAsync(bed.Client, $"{other}/reject", new { reason = "no" });

        await Eventually.BecomesTrue(
            async () => await ToldAsync(path) == 2 && await ToldAsync(other) == 2, "sales is told of all");
        (await MailsAsync(path)).Select(mail => mail.GetProperty("decision").GetInt64())
            .ShouldBe([4, 2], "the answer of the customer is no decision of ours");
        var texts = bed.Mail.Mails.Where(mail => mail.To.Contains(address)).Select(Text).ToList();
        texts.Count.ShouldBe(4);
        texts.ShouldContain(text => Says(text, "se ofrecen las condiciones NET 45 (ahora NET 30)", "90 is too long"));
        texts.ShouldContain(text => Says(
            text, "se aprueban las condiciones NET 45", "Facturación: on the first of each quarter",
            "Solicitado: NET 90, por sales", "Decidido por: ana", "Motivo: a good name"));
        texts.ShouldContain(text => Says(
            text, "se rechazan las condiciones NET 35", "by months (mensualmente por anticipado desde el",
            "Solicitado: NET 120", "Motivo: no"));
        using var stranger = bed.App.ClientFor("credit:read", "eve", "MX01");
        await (await stranger.GetAsync($"{path}/mails"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    private static async Task<string> AskForTermsAsync(HttpClient sales, Guid customer, string terms)
    {
        var asked = await (await sales.PostAsJsonAsync("/v1/credit/terms-requests", new
        {
            customerId = customer,
            terms,
            annualBilling = new { amount = "100000", currency = "USD" },
            reason = "They would buy more.",
        })).ShouldBeAsync(HttpStatusCode.Created);
        return $"/v1/credit/terms-requests/{asked.Text("id")}";
    }

    private static async Task OkAsync(HttpClient client, string path, object body) =>
        await (await client.PostAsJsonAsync(path, body)).ShouldBeAsync(HttpStatusCode.OK);

    private static bool Says(string text, params string[] words) =>
        words.All(word => text.Contains(word, StringComparison.Ordinal));
}
