using System.Net;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Runs over customers whose notices cannot be made. Each test has a service of its own.</summary>
public sealed class FaultyRuns(Servers servers) : IAsyncLifetime
{
    private const int Many = ManyCustomers.Parts;

    private readonly CollectionsApp _app = new(servers);

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task customers_whose_notices_cannot_be_made_are_passed_over_and_all_others_get_theirs()
    {
        var story = await OwingAsync(Many);
        await ExecuteAsync(
            "update customers set contacts = '{}' where id in (" +
            "(select id from customers where legal_entity = $1 order by id offset 3 limit 1) union all " +
            "(select id from customers where legal_entity = $1 order by id offset 300 limit 1))", story.Entity);
        var sound = await story.ScalarAsync<long>(
            $"select count(*) from customers where legal_entity = '{story.Entity}' and contacts::text like '%@%'");

        var preview = await story.PreviewAsync();
        preview.NoticeCount.ShouldBe(Many);
        preview.Notices.Single(notice => notice.BlockedBy == Blocks.Fault).Number.ShouldBe(4);
        var begun = await story.RunAsync();

        (begun.Status, begun.NoticeCount).ShouldBe((DunningRunStatus.Running, 0));
        (await IsAsync(story, begun.Id, DunningRunStatus.Finished)).NoticeCount.ShouldBe(Many);
        (await story.ScalarAsync<long>(
            $"select count(*) from notices where legal_entity = '{story.Entity}'")).ShouldBe(sound);
        (await story.ScalarAsync<long>(
            "select count(*) from dunning_run_notices d " +
            "join customers c on c.id = (d.decided ->> 'CustomerId')::uuid and c.contacts = '{}' " +
            $"where d.run_id = '{begun.Id}' and d.decided ->> 'BlockedBy' = 'fault'")).ShouldBe(2);
        var passed = (await story.GetAsync<Page<RunNoticeView>>(
            $"/v1/collections/dunning-runs/{begun.Id}/notices?limit=200")).Items
            .Single(notice => notice.BlockedBy == Blocks.Fault);
        (passed.Number, passed.NoticeId, passed.Amount).ShouldBe((4, null, Money.Of(0, "USD")));

        // What is the matter with all is not said 5,000 times.
        var fresh = await OwingAsync(Many);
        await ExecuteAsync(
            "update customers set contacts = '{}' where id in (" +
            "select id from customers where legal_entity = $1 order by id limit $2)",
            fresh.Entity, DunningRunner.AtOnce);
        (await fresh.PreviewAsync()).Notices.ShouldAllBe(notice => notice.BlockedBy == Blocks.Fault);
        await ExecuteAsync("update customers set contacts = '{}' where legal_entity = $1", story.Entity);
        (await story.PostAsync(
            "/v1/collections/dunning-runs", new { legalEntity = story.Entity, preview = true })).StatusCode
            .ShouldBe(HttpStatusCode.InternalServerError);
    }

    /// <summary>
    /// Neighbours of one import, say: those behind them get their notices, also where they are the last ones. So it is
    /// in a second run of the day, when nothing is due of any other.
    /// </summary>
    [Fact]
    public async Task many_in_a_row_are_passed_over_where_those_after_them_are_not_at_fault()
    {
        var story = await OwingAsync(Many);
        const int first = DunningRunner.MostFaults + 5, last = 15;
        foreach (var (offset, count) in new[] { (10, first), (Many - last, last) })
        {
            await ExecuteAsync(
                "update customers set contacts = '{}' where id in (" +
                "select id from customers where legal_entity = $1 order by id offset $2 limit $3)",
                story.Entity, offset, count);
        }

        (await story.PreviewAsync()).NoticeCount.ShouldBe(Many);
        var notices = new List<int>();
        foreach (var _ in new[] { "the first of the day", "the second" })
        {
            var begun = await story.RunAsync();

            notices.Add((await IsAsync(story, begun.Id, DunningRunStatus.Finished)).NoticeCount);
            (await story.ScalarAsync<long>(
                $"select count(*) from dunning_run_notices where run_id = '{begun.Id}' " +
                "and decided ->> 'BlockedBy' = 'fault'")).ShouldBe(first + last);
        }

        notices[0].ShouldBe(Many);
    }

    /// <summary>What is the matter with one after the other is nobody's fault: none goes without for it.</summary>
    [Fact]
    public async Task a_run_stops_where_many_in_a_row_are_at_fault_and_goes_on_once_that_is_mended()
    {
        var story = await OwingAsync(Many);
        await ExecuteAsync(
            "update customers set contacts = '{}' where id in (" +
            "select id from customers where legal_entity = $1 order by id offset 10)", story.Entity);
        using var failing = new Readings("otc.work.failing", "otc.work", "Dunning runs under way");

        var begun = await story.RunAsync();

        await Eventually.BecomesTrue(() => failing.Seen.Any(rounds => rounds > 0), "it is told that the run fails");
        var notices = $"select count(*) from dunning_run_notices where run_id = '{begun.Id}'";
        (await story.ScalarAsync<long>(notices)).ShouldBe(10);
        await ExecuteAsync(
            "update customers set contacts = '[]' where contacts = '{}' and legal_entity = $1", story.Entity);
        _app.Clock.Ahead += TimeSpan.FromMinutes(2);
        (await IsAsync(story, begun.Id, DunningRunStatus.Finished)).NoticeCount.ShouldBe(Many);
        (await story.ScalarAsync<long>($"{notices} and decided ->> 'BlockedBy' = 'fault'")).ShouldBe(0);
    }

    /// <summary>
    /// Those of whom nothing is due say nothing of what is the matter: they do not let it pass over all others.
    /// </summary>
    [Fact]
    public async Task a_run_stops_also_where_customers_of_whom_nothing_is_due_lie_between_those_at_fault()
    {
        var story = await OwingAsync(Many);
        await ExecuteAsync(
            "insert into collectors (customer_id, by_hand, playbook, playbook_until) " +
            "select id, false, 'none', 'infinity' from customers where legal_entity = $1 and number not like '%0'",
            story.Entity);
        await ExecuteAsync(
            "update customers set contacts = '{}' where legal_entity = $1 and number like '%0'", story.Entity);
        using var failing = new Readings("otc.work.failing", "otc.work", "Dunning runs under way");

        var begun = await story.RunAsync();

        await Eventually.BecomesTrue(() => failing.Seen.Any(rounds => rounds > 0), "it is told that the run fails");
        var faults = $"select count(*) from dunning_run_notices where run_id = '{begun.Id}' " +
            "and decided ->> 'BlockedBy' = 'fault'";
        (await story.ScalarAsync<long>(faults)).ShouldBeLessThan(DunningRunner.MostFaults);
        (await story.PostAsync(
            "/v1/collections/dunning-runs", new { legalEntity = story.Entity, preview = true })).StatusCode
            .ShouldBe(HttpStatusCode.InternalServerError);
        await ExecuteAsync(
            "update customers set contacts = '[]' where contacts = '{}' and legal_entity = $1", story.Entity);
        _app.Clock.Ahead += TimeSpan.FromMinutes(2);
        (await IsAsync(story, begun.Id, DunningRunStatus.Finished)).NoticeCount.ShouldBe(Many / 10);
    }

    [Fact]
    public async Task a_run_that_fails_keeps_no_other_waiting()
    {
        var story = await OwingAsync(Many);
        await ExecuteAsync(
            "insert into dunning_runs (id, legal_entity, date, playbook, playbook_version, at, by, notices, " +
            "by_clock, under_way) values ($1, 'unheard-of', $2, 'standard', 1, $3, 'ana', '[]', false, true)",
            Story.NewId(), _app.Clock.Today, _app.Clock.GetUtcNow().AddHours(-1));
        using var failing = new Readings("otc.work.failing", "otc.work", "Dunning runs under way");

        var begun = await story.RunAsync();

        (await IsAsync(story, begun.Id, DunningRunStatus.Finished)).NoticeCount.ShouldBe(Many);
        await Eventually.BecomesTrue(
            () => failing.Seen.Any(rounds => rounds > 1), "a run that waits for its next try is told");
    }

    private Task<Story> OwingAsync(int customers) => ManyCustomers.OwingAsync(_app, customers);

    private Task ExecuteAsync(string sql, params object[] parameters) =>
        ManyCustomers.ExecuteAsync(_app, sql, parameters);

    private static Task<DunningRunView> IsAsync(Story story, Guid? run, DunningRunStatus status) => Eventually.Becomes(
        () => story.GetAsync<DunningRunView>($"/v1/collections/dunning-runs/{run}"), view => view.Status == status,
        $"the run is {status}");
}
