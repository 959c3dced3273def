using System.Net;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

public sealed class DunningRuns(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    /// <summary>D-46: no row shows another one's balance.</summary>
    [Fact]
    public async Task d46_one_mail_tells_of_three_invoices_each_with_its_own_balance()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("three@globex.example");
        var oldest = await story.InvoiceAsync(customer, 12, 1000, 111.11m);
        var middle = await story.InvoiceAsync(customer, 5, 1000, 222.22m);
        var newest = await story.InvoiceAsync(customer, 1, 1000, 333.33m);
        await story.InvoiceAsync(customer, -7);

        var run = await story.RunAsync();

        var notice = run.Notices.ShouldHaveSingleItem();
        notice.Step.ShouldBe("second-notice");
        notice.Amount.Amount.ShouldBe(666.66m);
        notice.Items.Select(item => (item.InvoiceId, item.Balance.Amount)).ShouldBe(
            [(oldest.InvoiceId, 111.11m), (middle.InvoiceId, 222.22m), (newest.InvoiceId, 333.33m)]);
        var sent = await story.NoticeAsync(notice.NoticeId, NoticeStatus.Sent);
        var mail = story.MailsTo("three@globex.example").ShouldHaveSingleItem();
        mail.MessageId.ShouldBe(sent.Mail!.MessageId);
        mail.Subject.ShouldBe("Second notice: 666.66 USD past due to Acme Inc");
        mail.Text.ShouldContain(oldest.InvoiceNumber);
        mail.Text.ShouldContain("111.11 USD");
        mail.Text.ShouldContain("222.22 USD");
        mail.Text.ShouldContain("333.33 USD");
        var log = await story.GetAsync<Page<ActivityView>>($"/v1/collections/activities?customerId={customer}");
        log.Items.ShouldHaveSingleItem().NoticeId.ShouldBe(notice.NoticeId);
        var shown = await story.GetAsync<DunningRunView>($"/v1/collections/dunning-runs/{run.Id}");
        shown.Notices.ShouldHaveSingleItem().Status.ShouldBe(NoticeStatus.Sent);
    }

    /// <summary>D-58: and the run then does what the preview showed.</summary>
    [Fact]
    public async Task d58_a_preview_writes_nothing_and_sends_nothing()
    {
        var story = await Story.BeginAsync(app);
        await story.InvoiceAsync(await story.CustomerAsync("preview@globex.example"), 1);

        var preview = await story.PreviewAsync();
        var later = await story.PreviewAsync(app.Clock.Today.AddDays(19));

        preview.Id.ShouldBeNull();
        preview.Notices.ShouldHaveSingleItem().Step.ShouldBe("first-notice");
        later.Notices.ShouldHaveSingleItem().Step.ShouldBe("final-notice");
        foreach (var table in new[] { "notices", "dunning_runs" })
        {
            (await story.ScalarAsync<long>($"select count(*) from {table} where legal_entity = '{story.Entity}'"))
                .ShouldBe(0);
        }

        story.MailsTo("preview@globex.example").ShouldBeEmpty();
        (await story.RunAsync()).Notices.Select(notice => (notice.CustomerId, notice.Step, notice.Amount))
            .ShouldBe(preview.Notices.Select(notice => (notice.CustomerId, notice.Step, notice.Amount)));
    }

    [Fact]
    public async Task running_a_day_twice_sends_nothing_twice()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("twice@globex.example");
        await story.InvoiceAsync(customer, 1);
        var first = await story.RunAsync();
        await story.NoticeAsync(first.Notices[0].NoticeId, NoticeStatus.Sent);

        (await story.RunAsync()).Notices.ShouldBeEmpty();
        await story.InvoiceAsync(customer, 2);
        (await story.RunAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe("notified-this-day");

        story.MailsTo("twice@globex.example").Count.ShouldBe(1);
    }

    [Fact]
    public async Task runs_of_two_days_made_on_one_write_once()
    {
        var story = await Story.BeginAsync(app);
        await story.InvoiceAsync(await story.CustomerAsync("late-run@globex.example"), 1);
        var yesterday = await story.RunAsync(app.Clock.Today.AddDays(-1));
        await story.NoticeAsync(yesterday.Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);

        (await story.RunAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe("notified-this-day");
        story.MailsTo("late-run@globex.example").Count.ShouldBe(1);
    }

    [Fact]
    public async Task two_runs_at_once_send_one_mail()
    {
        var story = await Story.BeginAsync(app);
        await story.InvoiceAsync(await story.CustomerAsync("atonce@globex.example"), 1);

        var runs = await Task.WhenAll(Enumerable.Range(0, 6)
            .Select(day => story.RunAsync(app.Clock.Today.AddDays(-(day % 2)))));

        var sent = runs.SelectMany(run => run.Notices).Where(notice => notice.BlockedBy is null).ToList();
        await story.NoticeAsync(sent.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        await story.RunAsync();
        story.MailsTo("atonce@globex.example").Count.ShouldBe(1);
    }

    [Fact]
    public async Task who_cannot_or_need_not_be_written_to_is_listed_with_the_reason()
    {
        var story = await Story.BeginAsync(app);
        var silent = await story.CustomerAsync(email: null);
        var rich = await story.CustomerAsync("rich@globex.example");
        var paying = await story.CustomerAsync("paying@globex.example");
        await story.InvoiceAsync(silent, 3);
        await story.InvoiceAsync(rich, 3);
        var pending = await story.InvoiceAsync(paying, 3);
        await story.TellAsync(new Contracts.CashApplication.V1.ReceiptRecorded(
            Story.NewId(), "RCT-1", story.Entity, "wire", null, app.Clock.Today, app.Clock.Today, null, null,
            Story.Cash(rich, 100)), 1);
        await story.TellAsync(story.Requested(pending, Story.NewId(), 100), 1);
        await story.KnowsAsync($"select count(*) from receipts where customer_id = '{rich}'");
        await story.KnowsAsync($"select count(*) from pending_allocations where invoice_id = '{pending.InvoiceId}'");

        var run = await story.RunAsync();

        run.Notices.Select(notice => (notice.CustomerId, notice.BlockedBy)).ShouldBe(
            [(silent, "no-email-contact"), (rich, "unapplied-cash-covers")], ignoreOrder: true);
        run.Notices.ShouldAllBe(notice => notice.NoticeId == null);
    }

    [Fact]
    public async Task an_entity_whose_day_has_not_ended_is_not_overdue()
    {
        // Noon in UTC is two in the morning of the next day at one edge of the calendar and one at night at the other.
        var ahead = await Story.BeginAsync(app, "Pacific/Kiritimati");
        var behind = await Story.BeginAsync(app, "Pacific/Niue");
        await ahead.InvoiceAsync(await ahead.CustomerAsync("ahead@globex.example"), 0);
        await behind.InvoiceAsync(await behind.CustomerAsync("behind@globex.example"), 0);

        (await ahead.PreviewAsync()).Notices.ShouldHaveSingleItem().Step.ShouldBe("first-notice");
        (await behind.PreviewAsync()).Notices.ShouldHaveSingleItem().Step.ShouldBe("friendly-reminder");
    }

    [Fact]
    public async Task a_run_that_may_not_be_is_refused_and_says_why()
    {
        var story = await Story.BeginAsync(app);
        const string path = "/v1/collections/dunning-runs";

        await Refused(await story.PostAsync(path, new { legalEntity = "NONE" }), HttpStatusCode.UnprocessableEntity,
            "unknown-legal-entity");
        await Refused(await story.PostAsync(path, new { legalEntity = story.Entity, playbook = "none" }),
            HttpStatusCode.UnprocessableEntity, "unknown-playbook");
        var tomorrow = app.Clock.Today.AddDays(1);
        await Refused(await story.PostAsync(path, new { legalEntity = story.Entity, date = tomorrow }),
            HttpStatusCode.UnprocessableEntity, "date-in-future");
        await Refused(await story.PostAsync(path, new { legalEntity = story.Entity, date = "1999-01-01" }),
            HttpStatusCode.BadRequest, "bad-date");
        await Refused(await story.PostAsync(path, new { }), HttpStatusCode.BadRequest, null);
        await Refused(await story.PostAsync(path, new { legalEntity = story.Entity, date = "31 March" }),
            HttpStatusCode.BadRequest, null);
        using var reader = app.Client("collections:read");
        await Refused(await reader.PostAsync(path, null), HttpStatusCode.Forbidden, "scope-missing");
        using var stranger = app.Client(entities: "XX99");
        await Refused(await stranger.PostAsync(path, Body(story.Entity)), HttpStatusCode.Forbidden,
            "entity-not-allowed");
        await Refused(
            await stranger.GetAsync($"{path}?legalEntity={story.Entity}"), HttpStatusCode.Forbidden,
            "entity-not-allowed");
        using var nobody = app.Anonymous();
        await Refused(await nobody.PostAsync(path, Body(story.Entity)), HttpStatusCode.Unauthorized, "unauthenticated");
        using var client = app.Client();
        await Refused(await client.GetAsync($"{path}/{Guid.Empty}"), HttpStatusCode.NotFound, "not-found");
        await Refused(await client.GetAsync($"/v1/collections/notices/{Guid.Empty}"), HttpStatusCode.NotFound,
            "not-found");
    }

    [Fact]
    public async Task the_same_request_under_the_same_key_is_the_same_run()
    {
        var story = await Story.BeginAsync(app);
        await story.InvoiceAsync(await story.CustomerAsync("key@globex.example"), 1);
        using var client = app.Client();
        client.DefaultRequestHeaders.Add("Idempotency-Key", $"run-{story.Entity}");

        var first = await client.PostAsync("/v1/collections/dunning-runs", Body(story.Entity));
        var again = await client.PostAsync("/v1/collections/dunning-runs", Body(story.Entity));

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
    }

    private static StringContent Body(string entity) =>
        new($$"""{"legalEntity":"{{entity}}"}""", System.Text.Encoding.UTF8, "application/json");

    private static async Task Refused(HttpResponseMessage response, HttpStatusCode status, string? code)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        if (code is not null)
            body.ShouldContain($"\"code\":\"{code}\"");
    }
}
