using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Dunning runs that nobody starts. Each test has a service, and a calendar, of its own.</summary>
public sealed class RunsByTheClock(Servers servers) : IAsyncLifetime
{
    private readonly CollectionsApp _app = new(servers);

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task a_day_has_one_however_many_instances_look_and_a_person_may_still_start_another()
    {
        var story = await Story.BeginAsync(_app);
        await story.InvoiceAsync(await story.CustomerAsync("clock@globex.example"), 0);
        await ScheduleAsync(story, new { at = "08:00:00" });
        await LookAsync(_app.Services);
        (await RunsAsync(story)).ShouldBeEmpty();

        _app.Clock.Days += 1;
        await using var other = _app.Another();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(
            index => LookAsync(index % 2 == 0 ? _app.Services : other.Services)));

        var run = (await RunsAsync(story)).ShouldHaveSingleItem();
        (run.ByClock, run.By, run.Date, run.Notices).ShouldBe((true, "collections", _app.Clock.Today, 1));
        var whole = await story.GetAsync<DunningRunView>($"/v1/collections/dunning-runs/{run.Id}");
        whole.ByClock.ShouldBeTrue();
        await story.NoticeAsync(whole.Notices[0].NoticeId, NoticeStatus.Sent);
        (await story.RunAsync()).ByClock.ShouldBeFalse();
        await LookAsync(_app.Services);
        (await RunsAsync(story)).Count.ShouldBe(2);
        story.MailsTo("clock@globex.example").Count.ShouldBe(1);
    }

    [Fact]
    public async Task after_days_without_the_service_there_is_one_that_catches_up()
    {
        var story = await Story.BeginAsync(_app);
        await story.InvoiceAsync(await story.CustomerAsync("away@globex.example"), 0);
        await ScheduleAsync(story, new { at = "08:00:00", workingDaysOnly = false });
        await _app.StopAsync();
        _app.Clock.Days += 12;
        _app.Start();

        var runs = await Eventually.Becomes(
            () => RunsAsync(story), runs => runs.Count > 0, "the clock has started a run");
        await LookAsync(_app.Services);

        (await RunsAsync(story)).ShouldHaveSingleItem().Date.ShouldBe(_app.Clock.Today);
        var whole = await story.GetAsync<DunningRunView>($"/v1/collections/dunning-runs/{runs[0].Id}");
        whole.Notices.ShouldHaveSingleItem().Step.ShouldBe("second-notice");
    }

    [Fact]
    public async Task one_with_a_customer_whose_notice_cannot_be_made_begins_and_sees_to_the_others()
    {
        var story = await Story.BeginAsync(_app);
        var fault = await story.CustomerAsync("fault@globex.example");
        var sound = await story.CustomerAsync("sound@globex.example");
        foreach (var customer in new[] { fault, sound })
            await story.InvoiceAsync(customer, 0);
        await ScheduleAsync(story, new { at = "08:00:00", workingDaysOnly = false });
        await story.AllReviewedAsync();
        await story.ScalarAsync<int>($"update customers set contacts = '{{}}' where id = '{fault}' returning 1");
        _app.Clock.Days += 1;

        await LookAsync(_app.Services);

        var run = await Eventually.Becomes(
            () => RunsAsync(story), runs => runs is [{ Status: DunningRunStatus.Finished }], "the run is over");
        var whole = await story.GetAsync<DunningRunView>($"/v1/collections/dunning-runs/{run[0].Id}");
        whole.Notices.ToDictionary(notice => notice.CustomerId, notice => notice.BlockedBy).ShouldBe(
            new Dictionary<Guid, string?> { [fault] = "fault", [sound] = null }, ignoreOrder: true);
    }

    [Fact]
    public async Task days_off_and_holidays_of_the_legal_entity_have_none_and_without_a_schedule_no_day_has()
    {
        var story = await Story.BeginAsync(_app);
        var holiday = _app.Clock.Today.AddDays(1);
        await story.TellAsync(new LegalEntityDefined(
            story.Entity, "Acme Inc", "USD", "US", "UTC", new CashAccounts("2400", "2410", "1090"),
            new WorkingCalendar(["friday", "saturday"], [holiday])), 2);
        await story.KnowsAsync(
            $"select count(*) from legal_entities where code = '{story.Entity}' and version = 2");
        var policy = await ScheduleAsync(story, new { at = "12:00:00" });
        policy.Dunning.ShouldBe(new(new TimeOnly(12, 0), true, "standard", holiday));

        var days = new List<DateOnly>();
        for (var day = 1; day <= 6; day++)
        {
            _app.Clock.Days += 1;
            await LookAsync(_app.Services);
        }

        days.AddRange((await RunsAsync(story)).Select(run => run.Date).Order());
        days.ShouldBe([new(2026, 4, 5), new(2026, 4, 6), new(2026, 4, 7)]);
        await ScheduleAsync(story, null);
        _app.Clock.Days += 1;
        await LookAsync(_app.Services);
        (await RunsAsync(story)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task a_schedule_names_a_playbook_that_there_is_and_is_an_own_entitys()
    {
        var story = await Story.BeginAsync(_app);
        var path = $"/v1/collections/policies/{story.Entity}";
        using var client = _app.Client();
        var unknown = await client.PutAsJsonAsync(path, new { dunning = new { at = "08:00:00", playbook = "none" } });
        unknown.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await unknown.Content.ReadAsStringAsync()).ShouldContain("/dunning/playbook");
        (await client.PutAsJsonAsync(path, new { dunning = new { at = "25:00:00" } })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        using var stranger = _app.Client(entities: "XX99");
        (await stranger.PutAsJsonAsync(path, new { dunning = new { at = "08:00:00" } })).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
    }

    private static Task<PolicyView> ScheduleAsync(Story story, object? dunning) =>
        story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new { dunning });

    private static async Task<IReadOnlyList<DunningRunRow>> RunsAsync(Story story) =>
        (await story.GetAsync<Page<DunningRunRow>>($"/v1/collections/dunning-runs?legalEntity={story.Entity}")).Items;

    private static Task LookAsync(IServiceProvider services) => services.GetServices<IHostedService>()
        .OfType<DunningClock>().Single().StartDueAsync(TestContext.Current.CancellationToken);
}
