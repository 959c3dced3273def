using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>What earlier versions have stored of runs stays readable.</summary>
public sealed class RunsOfEarlierVersions(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    /// <summary>Runs were stored as a whole before.</summary>
    [Fact]
    public async Task a_run_of_an_earlier_version_is_shown_as_ever()
    {
        var story = await Story.BeginAsync(app);
        var item = new NoticeItem(
            Story.NewId(), 1, "INV-1", app.Clock.Today, 1, "first-notice", 1, Money.Of(9, "USD"), Money.Of(9, "USD"));
        var notices = Enumerable.Range(0, 3).Select(_ => new RunNotice(
            null, Story.NewId(), "first-notice", NoticeChannel.Email, [item], [Money.Of(9, "USD")], "quiet-days"))
            .ToList();
        var run = Story.NewId();
        await app.Services.GetRequiredService<EventStore>().DecideAsync(
            DunningRunsStream.Type, DunningRunsStream.Id(story.Entity), new EventMetadata("ana"),
            _ => Decision.Of(new DunningRunDone(run, story.Entity, app.Clock.Today, "standard", 1, notices)),
            cancellation: TestContext.Current.CancellationToken);

        var shown = await story.GetAsync<DunningRunView>($"/v1/collections/dunning-runs/{run}");

        (shown.Status, shown.NoticeCount).ShouldBe((DunningRunStatus.Finished, 3));
        shown.Notices.Select(notice => notice.CustomerId).ShouldBe(notices.Select(notice => notice.CustomerId));
        var page = await story.GetAsync<Page<RunNoticeView>>($"/v1/collections/dunning-runs/{run}/notices?limit=2");
        page.Items.Select(notice => notice.Number).ShouldBe([1, 2]);
        page.Next.ShouldNotBeNull();
        (await story.GetAsync<Page<DunningRunRow>>($"/v1/collections/dunning-runs?legalEntity={story.Entity}")).Items
            .ShouldHaveSingleItem().Notices.ShouldBe(3);
        using var stranger = app.Client(entities: "XX99");
        (await stranger.GetAsync($"/v1/collections/dunning-runs/{run}/notices")).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
    }
}
