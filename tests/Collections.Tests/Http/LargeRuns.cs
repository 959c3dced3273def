using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Runs over more customers than one transaction takes. Each test has a service of its own.</summary>
public sealed class LargeRuns(Servers servers) : IAsyncLifetime
{
    private const int Many = ManyCustomers.Parts;

    private const string History =
        """
        insert into item_history (invoice_id, installment, version, legal_entity, customer_id, kind, posting_date,
            due_date, currency, amount, balance)
        select invoice_id, installment, 1, legal_entity, customer_id, 'issued', $2, due_date, currency, amount, balance
        from open_items where legal_entity = $1
        """;

    private readonly CollectionsApp _app = new(servers);

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task a_run_goes_on_by_itself_until_every_customer_was_seen_to_once()
    {
        var story = await OwingAsync(Many);
        (await story.PreviewAsync()).NoticeCount.ShouldBe(Many);

        var begun = await story.RunAsync();

        (begun.Status, begun.Notices.Count).ShouldBe((DunningRunStatus.Running, DunningRunner.AtOnce));
        var run = await IsAsync(story, begun.Id, DunningRunStatus.Finished);
        (run.NoticeCount, run.Notices.Count).ShouldBe((Many, DunningRunner.AtOnce));
        await EachOnceAsync(story, run);
        (await story.RunAsync()).Notices.ShouldAllBe(notice => notice.BlockedBy != null);
        (await story.ScalarAsync<long>(
            $"select count(*) from notices where legal_entity = '{story.Entity}'")).ShouldBe(Many / 5);
    }

    /// <summary>As after kill -9 in the middle: nobody goes on, then another instance does.</summary>
    [Fact]
    public async Task a_run_that_was_broken_off_is_gone_on_with_and_no_other_begins_before()
    {
        var story = await OwingAsync(Many);
        await using var other = await StandStillAsync();
        var begun = await story.RunAsync();
        await Schedule(story);
        await _app.Services.GetServices<IHostedService>().OfType<DunningClock>().Single()
            .StartDueAsync(TestContext.Current.CancellationToken);

        var refused = await story.PostAsync("/v1/collections/dunning-runs", new { legalEntity = story.Entity });
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("run-under-way");
        (await story.GetAsync<Page<DunningRunRow>>($"/v1/collections/dunning-runs?legalEntity={story.Entity}")).Items
            .ShouldHaveSingleItem().Status.ShouldBe(DunningRunStatus.Running);
        await _app.StopAsync();
        await other.CloseAsync();
        _app.Start();

        await EachOnceAsync(story, await IsAsync(story, begun.Id, DunningRunStatus.Finished));
    }

    /// <summary>Else the other one would wait until the first one is over, and perhaps beyond its day.</summary>
    [Fact]
    public async Task runs_of_several_legal_entities_advance_in_turn_part_by_part()
    {
        var stories = new[] { await OwingAsync(Many), await OwingAsync(Many) };
        var still = await StandStillAsync();
        var begun = new List<DunningRunView>();
        foreach (var story in stories)
            begun.Add(await story.RunAsync());

        await still.DisposeAsync();

        foreach (var (story, run) in stories.Zip(begun))
            await EachOnceAsync(story, await IsAsync(story, run.Id, DunningRunStatus.Finished));
        var (first, second) = (begun[0].Id!.Value, begun[1].Id!.Value);
        (await AdvancesAsync(begun)).ShouldBe([first, second, first, second, first, second]);
    }

    [Fact]
    public async Task a_preview_and_a_simulation_see_to_some_thousands_of_customers_at_once()
    {
        const int most = DunningRunner.AtOnce * DunningRunner.PreviewParts;
        SimulationReader.Most.ShouldBe(most);
        var story = await OwingAsync(most + 7);
        await ManyCustomers.ExecuteAsync(_app, History, story.Entity, _app.Clock.Today.AddDays(-20));

        var first = await PreviewAsync(null);
        var rest = await PreviewAsync(first.Next);
        var played = await PlayAsync(null);
        var others = await PlayAsync(played.Next);

        (first.NoticeCount, first.Notices.Count, rest.NoticeCount, rest.Next).ShouldBe(
            (most, 250, 7, null));
        first.Notices.Select(notice => notice.CustomerId).ShouldNotContain(rest.Notices[0].CustomerId);
        (played.Current.Customers + others.Current.Customers, others.Next).ShouldBe(((most + 7) / 5, null));
        played.Next.ShouldNotBeNull();
        (await story.PostAsync(
            "/v1/collections/dunning-runs", new { legalEntity = story.Entity, after = first.Next })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);

        async Task<DunningRunView> PreviewAsync(Guid? after) => await Story.ReadAsync<DunningRunView>(
            await story.PostAsync(
                "/v1/collections/dunning-runs", new { legalEntity = story.Entity, preview = true, after }),
            HttpStatusCode.OK);

        async Task<SimulationView> PlayAsync(Guid? after) => await Story.ReadAsync<SimulationView>(
            await story.PostAsync("/v1/collections/playbooks/standard/simulations", new SimulatePlaybook.Request(
                story.Entity, new DefinePlaybook.Request("Standard", StandardPlaybook.Read().Steps),
                _app.Clock.Today.AddDays(-9), _app.Clock.Today.AddDays(-1), after)),
            HttpStatusCode.OK);
    }

    [Fact]
    public async Task instances_that_go_on_with_one_run_at_once_see_to_nobody_twice()
    {
        var story = await OwingAsync(Many);
        await using var still = await StandStillAsync();
        await using var second = _app.Another();
        var begun = await story.RunAsync();

        await Task.WhenAll(new[] { _app.Services, second.Services, _app.Services, second.Services }
            .Select(services => GoOnAsync(services, story, begun.Id!.Value)));

        await EachOnceAsync(story, await IsAsync(story, begun.Id, DunningRunStatus.Finished));
    }

    [Fact]
    public async Task a_run_ends_with_its_day_and_the_next_one_sees_to_the_rest()
    {
        var story = await OwingAsync(Many);
        await using var still = await StandStillAsync();
        var begun = await story.RunAsync();
        _app.Clock.Days += 1;
        await still.CloseAsync();

        var ended = await IsAsync(story, begun.Id, DunningRunStatus.BrokenOff);
        ended.NoticeCount.ShouldBe(DunningRunner.AtOnce);
        var next = await story.RunAsync();
        (await IsAsync(story, next.Id, DunningRunStatus.Finished)).NoticeCount.ShouldBeGreaterThan(
            Many - DunningRunner.AtOnce);
    }

    /// <summary>Whoever loses its turn in the middle of a part may still be about to write it.</summary>
    [Fact]
    public async Task a_part_that_was_decided_on_is_not_written_after_its_run_was_broken_off()
    {
        var story = await OwingAsync(Many);
        await using var still = await StandStillAsync();
        var begun = await story.RunAsync();
        var services = _app.Services;
        var cancellation = TestContext.Current.CancellationToken;
        var entity = await services.GetRequiredService<LegalEntities>().FindAsync(story.Entity, cancellation);
        await using var deciding = await _app.Database.Source.OpenConnectionAsync(cancellation);
        await using var transaction = await deciding.BeginTransactionAsync(cancellation);
        await using (var stop = new NpgsqlCommand("lock table charged_steps", deciding, transaction))
            await stop.ExecuteNonQueryAsync(cancellation);

        var part = GoOnAsync(services, story, begun.Id!.Value);
        await story.KnowsAsync(
            "select count(*) from pg_locks where relation = 'charged_steps'::regclass and not granted limit 1");
        await services.GetRequiredService<DunningRunner>().BreakOffAsync(
            begun.Id.Value, entity!, new EventMetadata("ana"), cancellation);
        await transaction.RollbackAsync(cancellation);
        await part;

        (await AdvancesAsync([begun])).ShouldHaveSingleItem();
        (await story.ScalarAsync<long>(
            $"select count(*) from dunning_run_notices where run_id = '{begun.Id}'")).ShouldBe(DunningRunner.AtOnce);
        (await IsAsync(story, begun.Id, DunningRunStatus.BrokenOff)).NoticeCount.ShouldBe(DunningRunner.AtOnce);
    }

    private Task<Story> OwingAsync(int customers) => ManyCustomers.OwingAsync(_app, customers);

    /// <summary>Whose parts were made, in the order of the log.</summary>
    private async Task<List<Guid>> AdvancesAsync(IEnumerable<DunningRunView> runs)
    {
        await using var command = _app.Database.Source.CreateCommand(
            "select stream_id from mt_events where type = 'dunning_run_advanced' and stream_id = any($1) " +
            "order by seq_id");
        command.Parameters.AddWithValue(runs.Select(run => run.Id!.Value).ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<Guid>();
        while (await reader.ReadAsync())
            found.Add(reader.GetGuid(0));
        return found;
    }

    /// <summary>Holds the turn of whoever goes on with runs, until it is closed.</summary>
    private async Task<NpgsqlConnection> StandStillAsync()
    {
        var session = new NpgsqlConnection(_app.Database.ConnectionString + ";Pooling=false");
        await session.OpenAsync();
        await using var turn = new NpgsqlCommand($"select pg_advisory_lock({DunningRunsUnderWay.LockKey})", session);
        await turn.ExecuteNonQueryAsync();
        return session;
    }

    private Task<PolicyView> Schedule(Story story) => story.PutAsync<PolicyView>(
        $"/v1/collections/policies/{story.Entity}", new { dunning = new { at = "21:00:00", workingDaysOnly = false } });

    private async Task GoOnAsync(IServiceProvider services, Story story, Guid run)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var entity = await services.GetRequiredService<LegalEntities>().FindAsync(story.Entity, cancellation);
        var policy = await services.GetRequiredService<PolicyBook>().InForceAsync(story.Entity, cancellation);
        var playbooks = await services.GetRequiredService<PlaybookBook>().OfEntityAsync(policy, null, cancellation);
        var order = new DunningOrder(entity!, _app.Clock.Today, playbooks);
        var runner = services.GetRequiredService<DunningRunner>();
        while (await runner.AdvanceAsync(run, order, new EventMetadata("ana"), cancellation))
        {
            // The next part.
        }
    }

    private static Task<DunningRunView> IsAsync(Story story, Guid? run, DunningRunStatus status) => Eventually.Becomes(
        () => story.GetAsync<DunningRunView>($"/v1/collections/dunning-runs/{run}"), view => view.Status == status,
        $"the run is {status}");

    /// <summary>Page by page: every customer has its place, and who can be written to has one notice.</summary>
    private static async Task EachOnceAsync(Story story, DunningRunView run)
    {
        (await story.ScalarAsync<long>(
            $"select count(distinct customer_id) from notices where legal_entity = '{story.Entity}'"))
            .ShouldBe(Many / 5);
        run.NoticeCount.ShouldBe(Many);
        var (all, cursor) = (new List<RunNoticeView>(), "");
        do
        {
            var page = await story.GetAsync<Page<RunNoticeView>>(
                $"/v1/collections/dunning-runs/{run.Id}/notices?limit=200{cursor}");
            all.AddRange(page.Items);
            cursor = page.Next is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : null;
        }
        while (cursor is not null);

        all.Select(notice => notice.Number).ShouldBe(Enumerable.Range(1, Many));
        all.Select(notice => notice.CustomerId).Distinct().Count().ShouldBe(Many);
        all.Count(notice => notice.NoticeId is not null).ShouldBe(Many / 5);
        all.Where(notice => notice.NoticeId is null).ShouldAllBe(notice => notice.BlockedBy == "no-email-contact");
    }
}
