using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrderToCash.Credit.Policies;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>Decisions can be mailed to sales: one mail per decision, where the policy says.</summary>
public sealed partial class MailingDecisions(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task sales_is_told_once_of_each_decision_at_the_address_of_the_segment()
    {
        await MailingAsync("SM01", new SalesAddresses(
            "sales@contoso.example", new Dictionary<string, string> { ["retail"] = "retail@contoso.example" }));
        await using var other = await bed.StartAnotherAsync();
        var retail = await ApplyAsync("SM01", "retail");
        var some = await ApplyAsync("SM01", segment: null);
        bed.Mail.Mails.ShouldBeEmpty("nothing is decided yet");
        var away = 1;
        bed.Mail.Refuse = _ => Interlocked.Exchange(ref away, 0) == 1 ? "421 4.3.2 closing down" : null;

        await DecideAsync(retail, "decline", "Too little is known.");
        await DecideAsync(some, "decline", "No.");
        await DecideAsync(retail, "reopen", "They ask again.");
        await StatusBecomesAsync(retail, "in-review");
        await DecideAsync(retail, "decline", "Still too little.");

        await Eventually.BecomesTrue(
            async () => await ToldAsync(retail) == 2 && await ToldAsync(some) == 1, "all decisions are told");
        bed.Mail.Mails.Select(mail => mail.To.ShouldHaveSingleItem()).Order().ShouldBe(
            ["retail@contoso.example", "retail@contoso.example", "sales@contoso.example"]);
        bed.Mail.Mails.Select(MessageId).Distinct().Count().ShouldBe(3);
        bed.Mail.Mails.Select(Text).ShouldContain(text => text.Contains("Still too little.", StringComparison.Ordinal));
        bed.Mail.Refuse = null;
    }

    [Fact]
    public async Task an_address_that_does_not_exist_is_an_alert_and_stops_nobody()
    {
        await MailingAsync("SM02", new SalesAddresses("nobody@contoso.example"));
        bed.Mail.Refuse = to => to.StartsWith("nobody", StringComparison.Ordinal) ? "550 5.1.1 no such mailbox" : null;
        var id = await ApplyAsync("SM02", segment: null);

        await DecideAsync(id, "decline", "No.");

        var alerts = await Eventually.Becomes(
            () => bed.Client.GetFromJsonAsync<JsonElement>(
                "/v1/credit/alerts?kind=decision-not-mailed&legalEntity=SM02"),
            list => list.GetProperty("items").GetArrayLength() == 1, "somebody hears of it");
        alerts.GetProperty("items")[0].Text("detail")!.ShouldContain("nobody@contoso.example");
        bed.Mail.Refuse = null;
    }

    private async Task MailingAsync(string entity, SalesAddresses sales)
    {
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Applications = policy.Applications with { Sales = sales },
        });
    }

    private async Task<string> ApplyAsync(string entity, string? segment)
    {
        var applied = await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = await bed.CustomerAsync(entity: entity, segment: segment),
            requestedLimit = new { amount = "1000000", currency = "USD" },
        })).ShouldBeAsync(HttpStatusCode.Created);
        var path = $"/v1/credit/applications/{applied.Text("id")}";
        await StatusBecomesAsync(path, "in-review");
        return path;
    }

    private async Task DecideAsync(string path, string how, string reason)
    {
        using var reviewer = bed.App.ClientFor("credit:read credit:write", "ben");
        await (await reviewer.PostAsJsonAsync($"{path}/{how}", new { reason })).ShouldBeAsync(HttpStatusCode.OK);
    }

    private Task StatusBecomesAsync(string path, string status) => Eventually.BecomesTrue(
        async () => (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status") == status,
        $"the case is {status}");

    /// <summary>How often the history of a case says that sales was told.</summary>
    private async Task<int> ToldAsync(string path) =>
        (await bed.Client.GetStringAsync($"{path}/history")).Split("\"decision-mailed\"").Length - 1;

    /// <summary>The bodies; the mailer writes them in base64.</summary>
    private static string Text(OrderToCash.Local.Servers.ReceivedMail mail) => string.Join('\n', Part()
        .Matches(mail.Content)
        .Select(part => Encoding.UTF8.GetString(Convert.FromBase64String(part.Groups["body"].Value))));

    [GeneratedRegex(
        @"^Content-Transfer-Encoding: base64\r?\n(\S[^\r\n]*\r?\n)*\r?\n(?<body>([A-Za-z0-9+/=]+\r?\n)+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Part();

    private static string MessageId(OrderToCash.Local.Servers.ReceivedMail mail) => mail.Content.Split('\n')
        .Single(line => line.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase));
}
