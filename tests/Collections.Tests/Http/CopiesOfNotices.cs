using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>COL-17: others than its reader get a copy of a notice, each for themselves.</summary>
public sealed partial class CopiesOfNotices(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Playbook = "with-copies";

    [Fact]
    public async Task a_copy_goes_to_its_reader_in_their_language_with_a_link_of_their_own()
    {
        var story = await BeginAsync();
        var (first, copy) = (Address("ap"), Address("cfo"));
        var customer = await story.CustomerWithAsync(Payable(first), Chief(copy, "fr"));
        await story.InvoiceAsync(customer, 5);

        var sent = await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent);

        sent.Copied.ShouldBe([new CopyOutcome(copy)]);
        sent.Mail!.To.ShouldBe(first);
        var written = sent.Copies.ShouldHaveSingleItem();
        (written.To, written.Language, written.OptOut).ShouldBe((copy, "fr", null));
        var mails = (story.MailsTo(first).ShouldHaveSingleItem(), story.MailsTo(copy).ShouldHaveSingleItem());
        mails.Item2.Subject.ShouldStartWith("Copie : ");
        mails.Item2.MessageId.ShouldNotBe(mails.Item1.MessageId);
        var link = Link().Match(
            app.Mail.Mails.Single(mail => mail.To.Contains(copy)).Content.Replace("\r\n ", "")).Groups["link"].Value;
        using (var reader = app.Client("collections:read", story.Entity))
        {
            (await reader.GetStringAsync($"/v1/collections/notices/{sent.Id}/history"))
                .ShouldNotContain(link.Split('/')[^1]);
        }

        using var anybody = app.Anonymous();
        (await anybody.PostAsync(new Uri(link).PathAndQuery, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var refused = await story.GetAsync<ContactProfileView>(
            $"/v1/collections/customers/{customer}/contact-profile");
        refused.Contacts.Where(contact => contact.Rule == "opted-out").ShouldHaveSingleItem().Address.ShouldBe(copy);
    }

    /// <summary>Who reads it may be no contact any more by then, and one again tomorrow.</summary>
    [Fact]
    public async Task the_no_of_who_read_a_copy_is_noted_also_where_nobody_has_the_address_any_more()
    {
        var story = await BeginAsync();
        var (first, copy) = (Address("ap"), Address("cfo"));
        var customer = await story.CustomerWithAsync(Payable(first), Chief(copy));
        await story.InvoiceAsync(customer, 5);
        await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent);
        var link = Link().Match(
            app.Mail.Mails.Single(mail => mail.To.Contains(copy)).Content.Replace("\r\n ", "")).Groups["link"].Value;
        await story.ChangeAsync(customer, 2, [Payable(first)]);

        using var anybody = app.Anonymous();
        (await anybody.PostAsync(new Uri(link).PathAndQuery, null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await story.KnowsAsync(
            $"select count(*) from opted_out_addresses where customer_id = '{customer}' and address = '{copy}'");
    }

    [Fact]
    public async Task what_keeps_a_copy_back_keeps_nothing_from_the_notice()
    {
        var story = await BeginAsync();
        var (first, refused, asleep, gone) = (Address("ap"), Address("bad"), Address("tokyo"), Address("gone"));
        var customer = await story.CustomerWithAsync(
            Payable(first), Chief(refused), Chief(asleep) with { TimeZone = "Asia/Tokyo" }, Chief(gone));
        await QuietAsync(story);
        await story.InvoiceAsync(customer, 5);
        app.Mail.Refuse = to => to == refused ? "550 5.1.1 No such mailbox" : null;

        var sent = await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent);
        app.Mail.Refuse = null;

        var outcomes = sent.Copied!.ToDictionary(copy => copy.To, copy => copy.Reason);
        outcomes[refused].ShouldNotBeNull().ShouldContain("No such mailbox");
        (outcomes[asleep], outcomes[gone]).ShouldBe(("quiet-hours", null));
        story.MailsTo(first).ShouldHaveSingleItem();
        (await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={customer}&state=open")).Items
            .ShouldHaveSingleItem().Text.ShouldContain(refused);

        // Mail to a copy comes back: the address is at fault, and the notice has gone out.
        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync(
                $"/v1/collections/customers/{customer}/failed-addresses",
                new { address = gone, detail = "550 gone", noticeId = sent.Id }),
            HttpStatusCode.OK);
        (await story.GetAsync<NoticeView>($"/v1/collections/notices/{sent.Id}")).Status.ShouldBe(NoticeStatus.Sent);
        (await story.ScalarAsync<long>(
            $"select count(*) from contact_attempts where customer_id = '{customer}' and outcome = 'attempted' " +
            "and not is_copy")).ShouldBe(1);
    }

    /// <summary>What comes back is of the copy that was out before: its address fails, whatever is written now.
    /// </summary>
    [Fact]
    public async Task a_copy_that_comes_back_while_the_notice_is_written_anew_is_noted()
    {
        var story = await BeginAsync();
        var (first, next, copy) = (Address("ap"), Address("second"), Address("cfo"));
        var customer = await story.CustomerWithAsync(Payable(first), Payable(next), Chief(copy));
        await story.InvoiceAsync(customer, 5);
        var sent = await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent);
        (await ComesBackAsync(first)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await app.StopMailAsync();
        try
        {
            (await RunAsync(story)).ShouldBe(sent.Id);

            (await ComesBackAsync(next)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await ComesBackAsync(copy)).StatusCode.ShouldBe(HttpStatusCode.OK);

            await story.KnowsAsync(
                $"select count(*) from failed_addresses where customer_id = '{customer}' and address = '{copy}'");
            (await story.GetAsync<NoticeView>($"/v1/collections/notices/{sent.Id}")).Status
                .ShouldBe(NoticeStatus.Prepared);
        }
        finally
        {
            app.StartMail();
        }

        Task<HttpResponseMessage> ComesBackAsync(string address) => story.PostAsync(
            $"/v1/collections/customers/{customer}/failed-addresses",
            new { address, detail = "550 gone", noticeId = sent.Id });
    }

    private async Task<Story> BeginAsync()
    {
        var story = await Story.BeginAsync(app);
        using var admin = app.Client();
        (await admin.PutAsJsonAsync($"/v1/collections/playbooks/{Playbook}", new
        {
            name = "With copies",
            steps = StandardPlaybook.Read().Steps.Select(step => step with { CopyTo = ["cfo"] }),
        }, Json.Wire)).EnsureSuccessStatusCode();
        return story;
    }

    private static async Task<Guid?> RunAsync(Story story) => (await Story.ReadAsync<DunningRunView>(
        await story.PostAsync(
            "/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook = Playbook }),
        HttpStatusCode.Created)).Notices.ShouldHaveSingleItem().NoticeId;

    /// <summary>Mail goes out from 8 to 18 o'clock where the contact is: it is noon in UTC, and 21 o'clock in Tokyo.
    /// </summary>
    private static async Task QuietAsync(Story story) => await story.PutAsync<PolicyView>(
        $"/v1/collections/policies/{story.Entity}", new
        {
            contact = new Dictionary<string, object>
            {
                ["*"] = new
                {
                    caps = new[] { new { per = "customer", channel = (string?)null, attempts = 1, days = 1 } },
                    silenceDays = 0,
                    silentChannels = Array.Empty<string>(),
                    quietHours = new[]
                    {
                        new { channel = "email", from = "08:00:00", to = "18:00:00", daysOff = Array.Empty<string>() },
                    },
                    consentFor = Array.Empty<string>(),
                },
            },
        });

    private static string Address(string name) => $"{name}-{Story.NewId():N}@globex.example";

    private static Contact Payable(string email) => new("Ana", "accounts-payable", email, null, null);

    private static Contact Chief(string email, string? language = null) =>
        new("Eva", "cfo", email, null, null, null, language);

    [GeneratedRegex("List-Unsubscribe: <(?<link>https://api\\.acme\\.example/[^>]*)>", RegexOptions.None, 1000)]
    private static partial Regex Link();
}
