using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>COL-06: text messages and messages in the portal, by playbook and by other systems.</summary>
public sealed class SendingMessages(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private static int _next;

    [Fact]
    public async Task a_message_goes_out_once_though_the_provider_answered_late_and_it_was_repeated()
    {
        var story = await BeginAsync();
        var number = Number();
        var customer = await story.CustomerWithAsync(Payable(number));
        await story.InvoiceAsync(customer, 1, 55);
        app.Messages.AnswersLate = to => to == number;
        var shown = await Story.ReadAsync<TemplatePreview>(
            await story.PostAsync(
                $"/v1/collections/playbooks/{Playbook}/previews", new { customerId = customer, step = "message" }),
            HttpStatusCode.OK);

        var sent = await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent);

        app.Messages.Asked(number).Count.ShouldBeGreaterThan(1);
        app.Messages.Asked(number).Distinct().Count().ShouldBe(1, "the same words under the same key");
        var message = app.Messages.To(number).ShouldHaveSingleItem();
        message["text"]!.GetValue<string>().ShouldBe(
            "Acme Inc: 55.00 USD are past due.\nThank you, Ana Ruiz.\nReply STOP to get no more messages.");
        (Text(message, "channel"), Text(message, "noticeId"), Text(message, "customerId"))
            .ShouldBe(("sms", $"{sent.Id}", $"{customer}"));
        (sent.Channel, sent.Message!.To, sent.Mail).ShouldBe((NoticeChannel.Sms, number, null));
        (shown.Message!.Text, shown.Mail, shown.Letter).ShouldBe((sent.Message.Text, null, null));
        (await story.GetAsync<Page<ActivityView>>($"/v1/collections/activities?customerId={customer}&channel=sms"))
            .Items.ShouldHaveSingleItem().Outcome.ShouldBe("sent");
        (await AttemptsAsync(story, customer)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            attempt => attempt.Channel.ShouldBe("sms"), attempt => attempt.NoticeId.ShouldBe(sent.Id));
    }

    /// <summary>COL-07: a number that is none is left alone, the next contact gets it, and somebody is told.</summary>
    [Fact]
    public async Task a_number_that_is_refused_fails_as_mail_does_that_comes_back()
    {
        var story = await BeginAsync();
        var (bad, good) = (Number(), Number());
        var customer = await story.CustomerWithAsync(
            Payable(bad), Payable(good) with { Name = "Bo", Role = "dispute" });
        await story.InvoiceAsync(customer, 1);
        app.Messages.Refuse = to => to == bad ? HttpStatusCode.UnprocessableEntity : null;

        var failed = await story.NoticeAsync(await RunAsync(story), NoticeStatus.Failed);

        failed.Reason.ShouldNotBeNull().ShouldContain("No message goes there.");
        (await TasksAsync(story, customer)).ShouldHaveSingleItem().ShouldContain(bad);
        (await AttemptsAsync(story, customer)).ShouldBeEmpty("nobody was reached");
        (await MayAsync(story, customer, "call", bad)).Allowed.ShouldBeTrue("it may be called");
        (await MayAsync(story, customer, "sms", bad)).Rule.ShouldBe("address-failed");
        var second = await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent);
        second.Message!.ToName.ShouldBe("Bo");
        app.Messages.To(good).ShouldHaveSingleItem();

        // What could not be delivered after all is posted back as mail is.
        var path = $"/v1/collections/customers/{customer}";
        var posted = new { address = good, channel = "sms", detail = "Switched off for good.", noticeId = second.Id };
        for (var time = 0; time < 2; time++)
        {
            await Story.ReadAsync<ContactProfileView>(
                await story.PostAsync($"{path}/failed-addresses", posted), HttpStatusCode.OK);
        }

        (await story.NoticeAsync(second.Id, NoticeStatus.Failed)).Reason.ShouldBe("Switched off for good.");
        (await TasksAsync(story, customer)).Count.ShouldBe(2);
        (await story.NoticeAsync(await RunAsync(story), NoticeStatus.Withdrawn)).Reason.ShouldBe("address-failed");

        // What is good again gets the same words on the same day, though the provider has had them, and its task goes.
        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync(
                $"{path}/restored-addresses", new { address = good, channel = "sms", reason = "It is on again." }),
            HttpStatusCode.OK);
        (await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent)).Message!.To.ShouldBe(good);
        app.Messages.To(good).Count.ShouldBe(2);
        (await Eventually.Becomes(
            () => TasksAsync(story, customer), tasks => tasks.Count == 1, "nobody needs to find a number any more"))
            .Single().ShouldContain(bad);
    }

    [Fact]
    public async Task a_message_that_comes_back_over_another_channel_than_it_went_is_refused()
    {
        var story = await BeginAsync();
        var number = Number();
        var customer = await story.CustomerWithAsync(Payable(number));
        await story.InvoiceAsync(customer, 1);
        var sent = await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent);
        var path = $"/v1/collections/customers/{customer}/failed-addresses";

        var nowhere = await story.PostAsync(path, new { address = number, detail = "Off.", noticeId = sent.Id });
        var elsewhere = await story.PostAsync(
            path, new { address = number, channel = "whatsapp", detail = "Off.", noticeId = sent.Id });

        (nowhere.StatusCode, elsewhere.StatusCode)
            .ShouldBe((HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity));
        (await nowhere.Content.ReadAsStringAsync()).ShouldContain("/address");
        (await elsewhere.Content.ReadAsStringAsync()).ShouldContain("other-channel");
        (await TasksAsync(story, customer)).ShouldBeEmpty();
        (await story.NoticeAsync(sent.Id, NoticeStatus.Sent)).Message!.To.ShouldBe(number);
    }

    /// <summary>Whoever wants to see why a run says fault is told.</summary>
    [Fact]
    public async Task a_message_that_does_not_fit_is_previewed_as_what_it_is()
    {
        var story = await BeginAsync();
        var customer = await story.CustomerWithAsync(Payable(Number()));
        foreach (var currency in new[] { "USD", "EUR", "GBP", "CHF", "MXN" })
            await story.InvoiceAsync(customer, 1, 1_000_000, currency: currency);

        var answer = await story.PostAsync($"/v1/collections/playbooks/{Playbook}/previews", new
        {
            customerId = customer,
            step = "message",
            playbook = Definition("sms", string.Concat(Enumerable.Repeat("{{total}}", 6))),
        });

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("message-too-long");
    }

    [Fact]
    public async Task who_wants_no_messages_still_gets_mail()
    {
        var story = await BeginAsync();
        var (number, email) = (Number(), $"m{Number()[1..]}@globex.example");
        var customer = await story.CustomerWithAsync(Payable(number) with { Email = email });
        await story.InvoiceAsync(customer, 1);
        await story.PutAsync<ContactProfileView>($"/v1/collections/customers/{customer}/consents", new
        {
            address = number,
            channel = "sms",
            granted = false,
            source = "STOP",
        });

        (await story.NoticeAsync(await RunAsync(story), NoticeStatus.Withdrawn)).Reason.ShouldBe("opted-out");

        (await AttemptsAsync(story, customer)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            attempt => attempt.Outcome.ShouldBe("suppressed"), attempt => attempt.Channel.ShouldBe("sms"));
        await story.InvoiceAsync(customer, 6);
        (await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent)).Channel.ShouldBe(NoticeChannel.Email);
        story.MailsTo(email).ShouldHaveSingleItem();
        app.Messages.Asked(number).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_provider_that_is_away_keeps_no_mail_waiting_and_gets_the_message_later()
    {
        var story = await BeginAsync();
        var (number, email) = (Number(), $"m{Number()[1..]}@globex.example");
        var customer = await story.CustomerWithAsync(Payable(number));
        await story.InvoiceAsync(customer, 1);
        await story.InvoiceAsync(await story.CustomerAsync(email), 6);
        app.Messages.Refuse = to => to == number ? HttpStatusCode.ServiceUnavailable : null;

        // As whoever answers for it writes the charset; nothing of what it says may stop the sender.
        app.Messages.ContentType = "application/json; charset=utf8";

        var run = await RunAllAsync(story);

        var id = run.Notices.Single(notice => notice.CustomerId == customer).NoticeId;
        await Eventually.Becomes(
            () => story.GetAsync<NoticeView>($"/v1/collections/notices/{id}"),
            notice => notice is { Status: NoticeStatus.Prepared, Reason: "not-taken-yet" }, "it waits");
        await Eventually.BecomesTrue(
            () => Task.FromResult(story.MailsTo(email).Count == 1), "the other goes out");
        (await AttemptsAsync(story, customer)).ShouldBeEmpty();
        (app.Messages.Refuse, app.Messages.ContentType) = (_ => null, "application/json");
        app.Clock.Ahead += TimeSpan.FromMinutes(6);
        await app.Services.GetServices<IHostedService>().OfType<PutOffNotices>().Single()
            .TakeUpDueAsync(TestContext.Current.CancellationToken);

        await story.NoticeAsync(id, NoticeStatus.Sent);
        app.Messages.To(number).ShouldHaveSingleItem();
        app.Messages.Asked(number).Distinct().Count().ShouldBe(1);
    }

    /// <summary>It is nine in the evening in Tokyo: the hours of calls are those of messages.</summary>
    [Fact]
    public async Task a_message_waits_for_the_morning_of_its_reader_and_one_in_the_portal_does_not()
    {
        var story = await BeginAsync();
        var asleep = Payable(Number()) with { TimeZone = "Asia/Tokyo", Id = Story.NewId() };
        var (ring, silent) = (await story.CustomerWithAsync(asleep), await story.CustomerWithAsync(asleep));
        await story.InvoiceAsync(ring, 1);
        await story.InvoiceAsync(silent, 12);

        var run = await RunAllAsync(story);

        var sent = await story.NoticeAsync(
            run.Notices.Single(notice => notice.CustomerId == silent).NoticeId, NoticeStatus.Sent);
        (sent.Channel, sent.Message!.To).ShouldBe((NoticeChannel.Portal, $"{asleep.Id}"));
        Text(app.Messages.To($"{asleep.Id}").ShouldHaveSingleItem(), "text").ShouldNotContain("STOP");
        (await story.GetAsync<Page<ContactAttemptRow>>(
            $"/v1/collections/contact-attempts?customerId={silent}")).Items.ShouldHaveSingleItem().Address
            .ShouldBe($"{asleep.Id}");
        var id = run.Notices.Single(notice => notice.CustomerId == ring).NoticeId;
        await Eventually.Becomes(
            () => story.GetAsync<NoticeView>($"/v1/collections/notices/{id}"),
            notice => notice is { Status: NoticeStatus.Prepared, Reason: "quiet-hours", PutOffUntil: not null },
            "it waits");
        app.Messages.Asked(asleep.Phone!).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_step_whose_messages_nobody_takes_is_refused_with_what_to_configure()
    {
        using var admin = app.Client();

        var answer = await admin.PutAsJsonAsync(
            "/v1/collections/playbooks/no-provider", Definition("whatsapp"), Json.Wire);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = await answer.Content.ReadAsStringAsync();
        problem.ShouldContain("no-message-provider");
        problem.ShouldContain("Messages:Whatsapp:Url");
        problem.ShouldContain("/steps/0/channel");
        (await admin.GetAsync("/v1/collections/playbooks/no-provider")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>COL-05: messages that another system sends are asked for, capped and logged as calls are.</summary>
    [Fact]
    public async Task messages_of_other_systems_count_for_the_same_caps()
    {
        var story = await BeginAsync();
        await story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new
        {
            contact = new Dictionary<string, object>
            {
                ["*"] = new
                {
                    caps = new[] { new { per = "contact", channel = "whatsapp", attempts = 1, days = 7 } },
                    silenceDays = 0,
                    silentChannels = Array.Empty<string>(),
                    quietHours = Array.Empty<object>(),
                    consentFor = new[] { "portal" },
                },
            },
        });
        var ana = Payable(Number()) with { Id = Story.NewId() };
        var customer = await story.CustomerWithAsync(ana);

        (await story.PostAsync("/v1/collections/contact-attempts", new { customerId = customer, channel = "sms" }))
            .StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, "somebody has a number: whose is it?");
        (await MayAsync(story, customer, "portal", null, "Ana Ruiz")).Rule.ShouldBe("consent-missing");
        var allowed = await MayAsync(story, customer, "whatsapp", null, "Ana Ruiz");
        (await story.PostAsync("/v1/collections/activities", new
        {
            customerId = customer,
            channel = "whatsapp",
            summary = "Asked when they pay.",
            contactName = "Ana Ruiz",
            attemptId = allowed.Id,
        })).StatusCode.ShouldBe(HttpStatusCode.Created);
        var again = await MayAsync(story, customer, "whatsapp", ana.Phone!.Replace("+1", "+1 "));

        (allowed.Allowed, again.Rule).ShouldBe((true, "contact-cap"));
        (await MayAsync(story, customer, "sms", ana.Phone)).Allowed.ShouldBeTrue();
        (await story.GetAsync<Page<ActivityView>>(
            $"/v1/collections/activities?customerId={customer}&channel=whatsapp")).Items.ShouldHaveSingleItem();
    }

    /// <summary>Whom Invoicing has erased nobody finds here any more, by number or as the portal names them.</summary>
    [Fact]
    public async Task who_is_erased_is_taken_out_of_what_was_sent_and_what_was_said()
    {
        var story = await BeginAsync();
        var ana = Payable("+1 555 0177 88 99") with { Name = "Rosa Gómez", Id = Story.NewId() };
        var customer = await story.CustomerWithAsync(ana);
        await story.InvoiceAsync(customer, 1);
        await story.NoticeAsync(await RunAsync(story), NoticeStatus.Sent);
        foreach (var (channel, address) in new[] { ("sms", "+15550177 8899"), ("portal", $"{ana.Id}") })
        {
            await Story.ReadAsync<ContactProfileView>(
                await story.PostAsync(
                    $"/v1/collections/customers/{customer}/failed-addresses",
                    new { address, channel, detail = "No such user." }),
                HttpStatusCode.OK);
        }

        await story.ChangeAsync(customer, 2, [Payable(Number())]);
        await story.TellAsync(new ContactErased(customer, story.Entity, ana.Id!.Value), 2);
        await story.KnowsAsync($"select count(*) from erased_contacts where contact_id = '{ana.Id}'");

        string[] tables = ["contact_log", "contact_attempts", "failed_message_addresses", "notices", "tasks"];
        foreach (var table in tables)
        {
            (await story.ScalarAsync<long>(
                $"select count(*) from {table} t where t::text ~* 'gómez|017788|0177 88|{ana.Id}' and " +
                $"customer_id = '{customer}'")).ShouldBe(0, table);
        }
    }

    private const string Playbook = "with-messages";

    private async Task<Story> BeginAsync()
    {
        var story = await Story.BeginAsync(app);
        using var admin = app.Client();
        (await admin.PutAsJsonAsync($"/v1/collections/playbooks/{Playbook}", Definition("sms"), Json.Wire))
            .EnsureSuccessStatusCode();
        return story;
    }

    /// <summary>A message on the first day, mail on the fifth, and what stands in the portal on the tenth.</summary>
    private static object Definition(string channel, string opening = "{{entity}}: {{total}} are past due.")
    {
        var words = new
        {
            en = new
            {
                subject = "Past due",
                opening,
                closing = "Thank you, {{contact}}.",
            },
        };
        return new
        {
            name = "With messages",
            steps = new[] { Step("message", 1, channel), Step("mail", 5, "email"), Step("portal", 10, "portal") },
        };

        object Step(string code, int offsetDays, string over) => new
        {
            code,
            offsetDays,
            channel = over,
            minimumAmounts = Array.Empty<Money>(),
            wording = words,
        };
    }

    private static async Task<DunningRunView> RunAllAsync(Story story) => await Story.ReadAsync<DunningRunView>(
        await story.PostAsync("/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook = Playbook }),
        HttpStatusCode.Created);

    private static async Task<Guid?> RunAsync(Story story) =>
        (await RunAllAsync(story)).Notices.ShouldHaveSingleItem().NoticeId;

    private static async Task<ContactAttemptView> MayAsync(
        Story story, Guid customer, string channel, string? address, string? contactName = null) =>
        await Story.ReadAsync<ContactAttemptView>(
            await story.PostAsync(
                "/v1/collections/contact-attempts", new { customerId = customer, channel, address, contactName }),
            HttpStatusCode.Created);

    private static async Task<IReadOnlyList<ContactAttemptRow>> AttemptsAsync(Story story, Guid customer) =>
        (await story.GetAsync<Page<ContactAttemptRow>>(
            $"/v1/collections/contact-attempts?customerId={customer}")).Items;

    private static async Task<IReadOnlyList<string>> TasksAsync(Story story, Guid customer) =>
        [.. (await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={customer}&state=open")).Items
            .Select(task => task.Text)];

    private static string Text(JsonNode message, string field) => message[field]!.GetValue<string>();

    private static string Number() => $"+1555{Interlocked.Increment(ref _next):0000000}";

    private static Contact Payable(string number) => new("Ana Ruiz", "accounts-payable", null, number, null);
}
