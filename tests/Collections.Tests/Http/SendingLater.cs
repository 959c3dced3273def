using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>What cannot be sent now and can be later. Each test has a service, and a mail server, of its own.</summary>
public sealed class SendingLater(Servers servers) : IAsyncLifetime
{
    private readonly CollectionsApp _app = new(servers);

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>A mail server that is away says nothing about any mail: the run waits for it.</summary>
    [Fact]
    public async Task while_the_mail_server_is_away_nothing_fails_and_all_goes_out_once_when_it_is_back()
    {
        var story = await Story.BeginAsync(_app);
        for (var customer = 0; customer < 9; customer++)
            await story.InvoiceAsync(await story.CustomerAsync($"away{customer}@globex.example"), 1);
        await _app.StopMailAsync();

        var run = await story.RunAsync();
        await Eventually.BecomesTrue(
            async () => await FailuresAsync() is { } error && error.Contains("mail server", StringComparison.Ordinal),
            "the sender has found the mail server away");
        (await story.ScalarAsync<long>("select count(*) from notices where status <> 'prepared'")).ShouldBe(0);
        _app.StartMail();

        foreach (var notice in run.Notices)
            await story.NoticeAsync(notice.NoticeId, NoticeStatus.Sent);
        for (var customer = 0; customer < 9; customer++)
            story.MailsTo($"away{customer}@globex.example").ShouldHaveSingleItem();
        (await story.ScalarAsync<long>("select count(*) from contact_log where outcome = 'failed'")).ShouldBe(0);

        Task<string?> FailuresAsync() => Task.FromResult(_app.Services.GetServices<IHostedService>()
            .OfType<EventSourcing.Subscriptions.SubscriptionRunner>()
            .Single(runner => runner.Subscription is NoticeSender).LastError);
    }

    [Fact]
    public async Task what_the_mail_server_asks_to_bring_later_keeps_no_other_waiting_and_goes_out_once()
    {
        var story = await Story.BeginAsync(_app);
        foreach (var name in new[] { "grey", "fine" })
            await story.InvoiceAsync(await story.CustomerAsync($"{name}@globex.example"), 1);
        _app.Mail.Refuse = to => to == "grey@globex.example" ? "451 4.7.1 Greylisted" : null;

        var run = await story.RunAsync();

        await Eventually.BecomesTrue(
            () => Task.FromResult(story.MailsTo("fine@globex.example").Count == 1), "the other goes out");
        var waiting = await Eventually.Becomes(
            () => story.GetAsync<Page<NoticeRow>>("/v1/collections/notices?status=prepared"),
            page => page.Items is [{ Reason: "not-taken-yet" }], "it waits");
        (await story.ScalarAsync<long>("select count(*) from contact_log where outcome = 'failed'")).ShouldBe(0);
        _app.Mail.Refuse = null;
        _app.Clock.Ahead = TimeSpan.FromMinutes(6);
        await Task.WhenAll(LookAsync(), LookAsync());

        var sent = await story.NoticeAsync(waiting.Items[0].Id, NoticeStatus.Sent);
        (sent.PutOffUntil, sent.Reason).ShouldBe((null, null));
        run.Notices.Count.ShouldBe(2);
        story.MailsTo("grey@globex.example").ShouldHaveSingleItem().MessageId.ShouldBe(sent.Mail!.MessageId);
    }

    /// <summary>COL-05: it is night in Tokyo whenever New York begins to work.</summary>
    [Fact]
    public async Task mail_that_falls_into_quiet_hours_goes_out_when_they_are_over()
    {
        var (story, customer) = await NightAsync("night@globex.example");
        await story.InvoiceAsync(customer, 5);
        var run = await story.RunAsync();

        var waiting = await WaitingAsync(story, run);
        waiting.PutOffUntil.ShouldBe(new DateTimeOffset(2026, 4, 1, 23, 0, 0, TimeSpan.Zero));
        (await story.GetAsync<Page<ContactAttemptRow>>(
            $"/v1/collections/contact-attempts?customerId={customer}&outcome=suppressed")).Items
            .ShouldHaveSingleItem().Rule.ShouldBe("quiet-hours");
        await LookAsync();
        (await story.RunAsync()).Notices.ShouldBeEmpty();
        story.MailsTo("night@globex.example").ShouldBeEmpty();

        _app.Clock.Ahead = TimeSpan.FromHours(11.5);
        await Task.WhenAll(LookAsync(), LookAsync());

        var sent = await story.NoticeAsync(waiting.Id, NoticeStatus.Sent);
        (sent.PutOffUntil, sent.Reason).ShouldBe((null, null));
        story.MailsTo("night@globex.example").ShouldHaveSingleItem().MessageId.ShouldBe(waiting.Mail!.MessageId);
    }

    /// <summary>I-14: what waited is looked at like any other before it goes out.</summary>
    [Fact]
    public async Task what_is_paid_or_held_while_a_mail_waits_for_the_morning_is_not_asked_for()
    {
        var (story, customer) = await NightAsync("paid@globex.example");
        var item = await story.InvoiceAsync(customer, 5);
        var waiting = await WaitingAsync(story, await story.RunAsync());
        await story.PayAsync(item, 60);

        _app.Clock.Ahead = TimeSpan.FromHours(11.5);
        await LookAsync();

        (await story.NoticeAsync(waiting.Id, NoticeStatus.Withdrawn)).Reason.ShouldBe("balance-changed");
        story.MailsTo("paid@globex.example").ShouldBeEmpty();
        (await story.RunAsync()).Notices.ShouldHaveSingleItem().Items.ShouldHaveSingleItem().Balance.Amount
            .ShouldBe(40);
    }

    /// <summary>Beyond a day a mail is no longer true, so it does not wait for it.</summary>
    [Fact]
    public async Task mail_that_would_wait_longer_than_it_is_true_is_withdrawn()
    {
        var (story, customer) = await NightAsync("week@globex.example", "wednesday", "thursday", "friday");
        await story.InvoiceAsync(customer, 5);

        var run = await story.RunAsync();

        (await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("quiet-hours");
    }

    /// <summary>Mail goes out from 8 to 18 o'clock where the contact is, which is Tokyo: it is nine in the evening.
    /// </summary>
    private async Task<(Story Story, Guid Customer)> NightAsync(string email, params string[] daysOff)
    {
        var story = await Story.BeginAsync(_app, "America/New_York");
        await story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new
        {
            contact = new Dictionary<string, object>
            {
                ["*"] = new
                {
                    caps = Array.Empty<object>(),
                    silenceDays = 0,
                    silentChannels = Array.Empty<string>(),
                    quietHours = new[] { new { channel = "email", from = "08:00:00", to = "18:00:00", daysOff } },
                    consentFor = Array.Empty<string>(),
                },
            },
        });
        var yui = new Contact("Yui", "accounts-payable", email, null, "Asia/Tokyo");
        return (story, await story.CustomerWithAsync(yui));
    }

    private static Task<NoticeView> WaitingAsync(Story story, DunningRunView run) => Eventually.Becomes(
        () => story.GetAsync<NoticeView>($"/v1/collections/notices/{run.Notices[0].NoticeId}"),
        notice => notice is { PutOffUntil: not null, Status: NoticeStatus.Prepared, Reason: "quiet-hours" },
        "it waits");

    private Task LookAsync() => _app.Services.GetServices<IHostedService>()
        .OfType<PutOffNotices>().Single().TakeUpDueAsync(TestContext.Current.CancellationToken);
}
