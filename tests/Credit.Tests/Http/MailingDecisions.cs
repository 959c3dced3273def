using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Local.Servers;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>Decisions can be mailed to sales: one mail per decision, where the policy says.</summary>
public sealed partial class MailingDecisions(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task sales_is_told_once_of_each_decision_at_the_address_of_the_segment()
    {
        await MailingAsync("SM01", new SalesAddresses(
            "sales@contoso.example", new Dictionary<string, string> { ["retail"] = "retail@contoso.example" },
            new Dictionary<string, string> { ["retail@contoso.example"] = "fr" }));
        await using var other = await bed.StartAnotherAsync();
        var retail = await ApplyAsync("SM01", "retail");
        var some = await ApplyAsync("SM01", segment: null);
        Mails().ShouldBeEmpty("nothing is decided yet");
        var away = 1;
        bed.Mail.Refuse = _ => Interlocked.Exchange(ref away, 0) == 1 ? "421 4.3.2 closing down" : null;

        await DecideAsync(retail, "decline", "Too little is known.");
        await DecideAsync(some, "decline", "No.");
        await DecideAsync(retail, "reopen", "They ask again.");
        await StatusBecomesAsync(retail, "in-review");
        var etag = await DecideAsync(retail, "decline", "Still too little.");

        await Eventually.BecomesTrue(
            async () => await ToldAsync(retail) == 2 && await ToldAsync(some) == 1, "all decisions are told");
        Mails().Select(mail => mail.To.ShouldHaveSingleItem()).Order().ShouldBe(
            ["retail@contoso.example", "retail@contoso.example", "sales@contoso.example"]);
        Mails().Select(MessageId).Distinct().Count().ShouldBe(3);
        Mails().Select(Text).ShouldContain(
            text => text.Contains("Motif : Still too little.", StringComparison.Ordinal));
        Mails().Where(mail => mail.To is ["retail@contoso.example"]).Select(Text).ShouldAllBe(text =>
            text.Contains("un crédit de 1\u00A0000\u00A0000,00\u00A0USD est refusé", StringComparison.Ordinal));
        Text(Mails().Single(mail => mail.To is ["sales@contoso.example"])).ShouldContain("Reason: No.");
        bed.Mail.Refuse = null;
        (await bed.Client.GetAsync(retail)).Headers.ETag.ShouldNotBeNull()
            .ShouldBe(etag, "who has the case open goes on");
        using var stranger = bed.App.ClientFor("credit:read", "eve", "MX01");
        await (await stranger.GetAsync($"{retail}/mails"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");

        List<ReceivedMail> Mails() => [.. bed.Mail.Mails.Where(
            mail => mail.To is ["retail@contoso.example" or "sales@contoso.example"])];
    }

    /// <summary>A server that asks to come later is asked later, so often; others' do not wait.</summary>
    [Fact]
    public async Task a_mail_that_is_not_taken_for_the_moment_is_put_off_and_keeps_no_other_waiting()
    {
        await MailingAsync("SM03", new SalesAddresses("sales3@contoso.example", new Dictionary<string, string>
        {
            ["grey"] = "grey@contoso.example",
            ["cut"] = "cut@contoso.example",
        }));
        bed.Mail.Refuse = to => to switch
        {
            "grey@contoso.example" => "451 4.7.1 greylisted",
            "cut@contoso.example" => "421 4.3.2 closing down",
            _ => null,
        };
        var (grey, cut, other) =
            (await ApplyAsync("SM03", "grey"), await ApplyAsync("SM03", "cut"), await ApplyAsync("SM03", null));

        // Another one between them, or a server that says no to all counts as away.
        await DecideAsync(grey, "decline", "No.");
        await TriedAsync(grey);
        await DecideAsync(other, "decline", "No.");
        await Eventually.BecomesTrue(async () => await ToldAsync(other) == 1, "the other one is told");
        await DecideAsync(cut, "decline", "No.");
        foreach (var path in new[] { grey, cut })
        {
            await TriedAsync(path);
            (await MailAsync(path)).Text("givenUpAt").ShouldBeNull("it is put off");
        }

        bed.Mail.Refuse = to => to == "cut@contoso.example" ? "421 4.3.2 closing down" : null;
        await SqlAsync("update credit_decision_mails set next_try_at = now() where address = 'grey@contoso.example'");
        await Eventually.BecomesTrue(async () => await ToldAsync(grey) == 1, "it is taken at last");
        await SqlAsync(
            $"update credit_decision_mails set next_try_at = now(), tries = {MailRetries.Most} " +
            "where address = 'cut@contoso.example'");
        (await AlertAsync("SM03")).Text("detail")!.ShouldContain("cut@contoso.example");
        (await MailAsync(cut)).Text("failure")!.ShouldContain("closing down");
        bed.Mail.Refuse = null;
    }

    [Fact]
    public async Task an_instance_without_a_mail_server_leaves_mails_to_others_for_some_days()
    {
        await bed.EntityAsync("SM04");
        var path = await ApplyAsync("SM04", segment: null);
        await SqlAsync(
            "insert into credit_decision_mails (mail_id, application_id, decision, customer_id, address, from_name, " +
            "subject, content, queued_at, next_try_at) select gen_random_uuid(), application_id, 1, customer_id, " +
            "'sales4@contoso.example', 'Credit SM04', 'declined', 'declined', now(), now() + interval '1 day' " +
            $"from credit_applications where application_id = '{path.Split('/')[^1]}'");
        var services = bed.App.Services;
        using var without = new DecisionMailer(
            bed.App.Store, Options.Create(new SmtpOptions()), TimeProvider.System,
            services.GetRequiredKeyedService<NpgsqlDataSource>(EventStoreRegistration.Sessions),
            NullLogger<DecisionMailer>.Instance);

        await without.SendDueAsync();
        (await MailAsync(path)).Text("givenUpAt").ShouldBeNull("another may send it");
        await SqlAsync(
            "update credit_decision_mails set queued_at = now() - interval '6 days' " +
            "where address = 'sales4@contoso.example'");
        await without.SendDueAsync();

        (await MailAsync(path)).Text("givenUpAt").ShouldNotBeNull("nobody has");
    }

    [Fact]
    public async Task an_address_that_does_not_exist_is_an_alert_and_stops_nobody()
    {
        await MailingAsync("SM02", new SalesAddresses("nobody@contoso.example"));
        bed.Mail.Refuse = to => to.StartsWith("nobody", StringComparison.Ordinal) ? "550 5.1.1 no such mailbox" : null;
        var id = await ApplyAsync("SM02", segment: null);

        await DecideAsync(id, "decline", "No.");

        var alert = await AlertAsync("SM02");
        alert.Text("detail")!.ShouldContain("nobody@contoso.example");
        bed.Mail.Refuse = null;
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/alerts/{alert.Text("id")}/acknowledge", new { reason = "Told by phone." }))
            .ShouldBeAsync(HttpStatusCode.OK);
        (await AlertsAsync("SM02")).GetArrayLength().ShouldBe(0, "somebody has looked at it");
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

    private async Task<EntityTagHeaderValue?> DecideAsync(string path, string how, string reason)
    {
        using var reviewer = bed.App.ClientFor("credit:read credit:write", "ben");
        var answer = await reviewer.PostAsJsonAsync($"{path}/{how}", new { reason });
        await answer.ShouldBeAsync(HttpStatusCode.OK);
        return answer.Headers.ETag;
    }

    private Task StatusBecomesAsync(string path, string status) => Eventually.BecomesTrue(
        async () => (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status") == status,
        $"the case is {status}");

    /// <summary>Of how many decisions of a case sales was told.</summary>
    private async Task<int> ToldAsync(string path) =>
        (await MailsAsync(path)).Count(mail => mail.Text("sentAt") is not null);

    private Task TriedAsync(string path) => Eventually.BecomesTrue(
        async () => (await MailsAsync(path)) is [var mail] && mail.GetProperty("tries").GetInt32() > 0, "it is tried");

    private async Task<JsonElement> MailAsync(string path) => (await MailsAsync(path)).ShouldHaveSingleItem();

    private async Task<JsonElement[]> MailsAsync(string path) =>
        [.. (await bed.Client.GetFromJsonAsync<JsonElement>($"{path}/mails")).EnumerateArray()];

    private async Task<JsonElement> AlertsAsync(string entity) => (await bed.Client.GetFromJsonAsync<JsonElement>(
        $"/v1/credit/alerts?kind=decision-not-mailed&legalEntity={entity}")).GetProperty("items");

    private async Task<JsonElement> AlertAsync(string entity) => (await Eventually.Becomes(
        () => AlertsAsync(entity), list => list.GetArrayLength() == 1, "somebody hears of it"))[0];

    private async Task SqlAsync(string sql)
    {
        await using var command = bed.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The bodies; the mailer writes them in base64.</summary>
    private static string Text(ReceivedMail mail) => string.Join('\n', Part()
        .Matches(mail.Content)
        .Select(part => Encoding.UTF8.GetString(Convert.FromBase64String(part.Groups["body"].Value))));

    [GeneratedRegex(
        @"^Content-Transfer-Encoding: base64\r?\n(\S[^\r\n]*\r?\n)*\r?\n(?<body>([A-Za-z0-9+/=]+\r?\n)+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Part();

    private static string MessageId(ReceivedMail mail) => mail.Content.Split('\n')
        .Single(line => line.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase));
}
