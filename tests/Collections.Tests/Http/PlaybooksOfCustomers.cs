using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>One run of a legal entity, each customer by its own playbook.</summary>
public sealed class PlaybooksOfCustomers(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Newer = "jsonb_set(data, '{Steps,0,NewInThisVersion}', '1')";

    [Fact]
    public async Task one_run_takes_each_customer_by_the_playbook_of_its_rule_or_its_own()
    {
        var story = await Story.BeginAsync(app);
        var gentle = await DefineAsync(("nudge", 1));
        var firm = await DefineAsync(("warning", 1), ("last-word", 3));
        var policy = await RulesAsync(story, Rule("smb", gentle), Rule("internal", CustomerPlaybooks.None));
        policy.Playbooks.Select(rule => rule.Playbook).ShouldBe([gentle, "none"]);
        var usual = await OwingAsync(story, null);
        var small = await OwingAsync(story, "smb");
        var own = await OwingAsync(story, "internal");
        var given = await OwingAsync(story, "smb");
        var excluded = await OwingAsync(story, null);
        await GiveAsync(story, given, firm);
        await GiveAsync(story, excluded, CustomerPlaybooks.None);

        var run = await story.RunAsync();

        run.Playbook.ShouldBe("standard");
        run.Notices.Select(notice => (notice.CustomerId, notice.Playbook, notice.Step)).ShouldBe(
            [(usual, "standard", "first-notice"), (small, gentle, "nudge"), (given, firm, "last-word")],
            ignoreOrder: true);
        foreach (var notice in run.Notices)
            (await story.NoticeAsync(notice.NoticeId, NoticeStatus.Sent)).Playbook.ShouldBe(notice.Playbook);
        var rows = (await story.WorklistAsync()).Items.ToDictionary(row => row.CustomerId, row => row.NextAction.Code);
        rows[own].ShouldBe("call");
        rows[excluded].ShouldBe("call");
        rows[small].ShouldBe("await-reply");

        await GiveAsync(story, excluded, null);
        (await story.PreviewAsync()).Notices.Where(notice => notice.BlockedBy is null).ShouldHaveSingleItem()
            .CustomerId.ShouldBe(excluded);
    }

    [Fact]
    public async Task playbooks_are_listed_those_of_all_and_those_that_a_legal_entity_goes_by()
    {
        var story = await Story.BeginAsync(app);
        var (ruled, given, others) = (
            await DefineAsync(("nudge", 1)), await DefineAsync(("warning", 1), ("last-word", 3)),
            await DefineAsync(("nudge", 1)));
        await RulesAsync(story, Rule("smb", ruled), Rule("internal", CustomerPlaybooks.None));
        await GiveAsync(story, await OwingAsync(story, null), given);

        var own = await ListAsync($"?legalEntity={story.Entity}");

        own.Select(row => (row.Code, row.Steps)).ShouldBe(
            [("standard", 4), (ruled, 1), (given, 2)], ignoreOrder: true);
        var all = await ListAsync("?limit=500&sort=-definedAt");
        all.Select(row => row.Code).ShouldContain(others);
        all.Single(row => row.Code == ruled).Version.ShouldBe(1);
        using var stranger = app.Client(entities: "XX99");
        (await stranger.GetAsync($"/v1/collections/playbooks?legalEntity={story.Entity}")).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);

        async Task<IReadOnlyList<PlaybookRow>> ListAsync(string query) =>
            (await story.GetAsync<ServiceDefaults.Page<PlaybookRow>>($"/v1/collections/playbooks{query}")).Items;
    }

    [Fact]
    public async Task a_change_is_played_with_the_customers_that_go_by_the_playbook()
    {
        var story = await Story.BeginAsync(app);
        var gentle = await DefineAsync(("nudge", 1));
        await RulesAsync(story, Rule("smb", gentle));
        await OwingAsync(story, null);
        var small = await OwingAsync(story, "smb");

        var played = await Story.ReadAsync<SimulationView>(
            await story.PostAsync($"/v1/collections/playbooks/{gentle}/simulations", new SimulatePlaybook.Request(
                story.Entity, Playbook(("nudge", 2)), app.Clock.Today.AddDays(-30), app.Clock.Today.AddDays(-1))),
            HttpStatusCode.OK);

        (played.Current.Customers, played.Proposed.Customers).ShouldBe((1, 1));
        played.Differences.ShouldHaveSingleItem().CustomerId.ShouldBe(small);
    }

    [Fact]
    public async Task only_a_playbook_that_there_is_is_given_and_only_to_customers_of_ones_own()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var path = $"/v1/collections/customers/{customer}/playbook";
        var none = new AssignPlaybook.Request("none", "On their own request.");
        using var client = app.Client();

        (await client.PutAsJsonAsync(path, new { playbook = "none" })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest, "no reason");
        var unknown = await client.PutAsJsonAsync(path, none with { Playbook = "never-heard-of" });
        unknown.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await unknown.Content.ReadAsStringAsync()).ShouldContain("unknown-playbook");
        var nobody = await client.PutAsJsonAsync(
            $"/v1/collections/customers/{Guid.Empty}/playbook", none);
        nobody.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var stranger = app.Client(entities: "XX99");
        (await stranger.PutAsJsonAsync(path, none)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await stranger.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var reader = app.Client("collections:read");
        (await reader.PutAsJsonAsync(path, none)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await story.GetAsync<CustomerPlaybookView>(path)).Playbook.ShouldBeNull();
        await GiveAsync(story, customer, "standard");
        (await story.GetAsync<CustomerPlaybookView>(path)).Playbook.ShouldBe("standard");

        var rules = await client.PutAsJsonAsync(
            $"/v1/collections/policies/{story.Entity}", new { playbooks = new[] { Rule("smb", "never-heard-of") } },
            Json.Wire);
        rules.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await rules.Content.ReadAsStringAsync()).ShouldContain("/playbooks/0/playbook");
    }

    [Fact]
    public async Task a_playbook_is_given_with_a_reason_until_a_day_and_the_rules_count_after_it()
    {
        var story = await Story.BeginAsync(app);
        var customer = await OwingAsync(story, null);
        var path = $"/v1/collections/customers/{customer}/playbook";
        var today = app.Clock.Today;

        await story.PutAsync<CustomerPlaybookView>(
            path, new AssignPlaybook.Request("none", "A new contract is talked about.", today.AddDays(3)));

        var given = await story.GetAsync<CustomerPlaybookView>(path);
        (given.Playbook, given.Until, given.Reason).ShouldBe(
            ("none", today.AddDays(3), "A new contract is talked about."));
        (await story.PreviewAsync(today.AddDays(3))).Notices.ShouldBeEmpty();
        (await story.PreviewAsync(today.AddDays(4))).Notices.ShouldHaveSingleItem().CustomerId.ShouldBe(customer);
        using var client = app.Client();
        var late = await client.PutAsJsonAsync(
            path, new AssignPlaybook.Request("standard", "x", today.AddDays(-2)), Json.Wire);
        late.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await late.Content.ReadAsStringAsync()).ShouldContain("playbook-until");
    }

    [Fact]
    public async Task a_merged_customer_is_given_none_since_that_of_the_surviving_one_counts()
    {
        var story = await Story.BeginAsync(app);
        var survivor = await story.CustomerAsync("survivor@globex.example");
        var duplicate = await story.CustomerAsync("duplicate@globex.example");
        await story.ChangeAsync(duplicate, 2, [], survivor);
        using var client = app.Client();

        var refused = await client.PutAsJsonAsync(
            $"/v1/collections/customers/{duplicate}/playbook", new AssignPlaybook.Request("none", "x"), Json.Wire);

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("customer-merged");
    }

    [Fact]
    public async Task a_merged_customer_that_goes_by_none_keeps_the_surviving_one_from_dunning_until_it_is_taken_back()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = (await OwingAsync(story, null), await OwingAsync(story, null));
        await GiveAsync(story, duplicate, CustomerPlaybooks.None);
        await GiveAsync(story, survivor, "standard");
        await story.ChangeAsync(duplicate, 2, [], survivor);
        await story.KnowsAsync(
            $"select count(*) from customers where id = '{survivor}' " +
            $"and not exists (select 1 from open_items where customer_id = '{duplicate}')");

        (await story.PreviewAsync()).Notices.ShouldBeEmpty();
        (await story.PreviewAsync(app.Clock.Today.AddDays(31))).Notices.ShouldNotBeEmpty();
        (await SimulatedAsync()).ShouldBe(0);
        (await ActionAsync()).ShouldBe("call", "no notice comes by itself");
        await GiveAsync(story, duplicate, null);

        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().CustomerId.ShouldBe(survivor);
        (await SimulatedAsync()).ShouldBe(1);
        (await ActionAsync()).ShouldBe("send-notice");

        async Task<string> ActionAsync() =>
            (await story.WorklistAsync()).Items.ShouldHaveSingleItem().NextAction.Code;

        async Task<int> SimulatedAsync() => (await Story.ReadAsync<SimulationView>(
            await story.PostAsync("/v1/collections/playbooks/standard/simulations", new SimulatePlaybook.Request(
                story.Entity, new DefinePlaybook.Request("Standard", StandardPlaybook.Read().Steps),
                app.Clock.Today.AddDays(-30), app.Clock.Today.AddDays(-1))),
            HttpStatusCode.OK)).Current.Customers;
    }

    /// <summary>Its last step is no last one of the playbook that the customer goes by again.</summary>
    [Fact]
    public async Task the_playbook_that_was_taken_back_is_not_the_one_of_the_next_action()
    {
        var story = await Story.BeginAsync(app);
        var customer = await OwingAsync(story, null);
        await GiveAsync(story, customer, await DefineAsync(("only-word", 1)));
        await story.NoticeAsync((await story.RunAsync()).Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        app.Clock.Days += 8;
        await GiveAsync(story, customer, "standard");
        (await ActionAsync()).ShouldNotContain("no further notice follows");

        await GiveAsync(story, customer, null);

        (await ActionAsync()).ShouldNotContain("no further notice follows");

        async Task<string> ActionAsync()
        {
            await story.ReviewedAsync(customer);
            return (await story.WorklistAsync()).Items.ShouldHaveSingleItem().NextAction.Text;
        }
    }

    /// <summary>A version before let a playbook be called so.</summary>
    [Fact]
    public async Task a_playbook_called_none_is_nobodys()
    {
        var story = await Story.BeginAsync(app);
        var excluded = await OwingAsync(story, null);
        var store = app.Services.GetRequiredService<EventStore>();
        var standard = (await store.LoadAsync(
            PlaybookStream.Type, PlaybookStream.Id("standard"), TestContext.Current.CancellationToken)).State;
        await store.DecideAsync(
            PlaybookStream.Type, PlaybookStream.Id(CustomerPlaybooks.None), new EventMetadata("ana"),
            playbook => playbook.Definition is null
                ? Decision.Of(standard.Definition! with { Code = CustomerPlaybooks.None })
                : Decision.Nothing,
            cancellation: TestContext.Current.CancellationToken);
        await GiveAsync(story, excluded, CustomerPlaybooks.None);

        (await story.RunAsync()).Notices.ShouldBeEmpty();
    }

    /// <summary>As while a newer version is rolled out, or after it was taken back.</summary>
    [Fact]
    public async Task a_playbook_that_only_a_newer_version_can_read_stops_no_other_one_and_no_instance()
    {
        var story = await Story.BeginAsync(app);
        var newer = await DefineAsync(("nudge", 1));
        await RulesAsync(story, Rule("smb", newer));
        await OwingAsync(story, "smb");
        var other = await OwingAsync(story, null);
        await story.AllReviewedAsync();
        await RewriteAsync(newer, Newer);
        await RewriteAsync(PlaybookStream.Standard, Newer);

        // It has not read either before, and there is no standard playbook that it knows.
        await using var older = app.Another();
        using var client = app.Client(older);
        (await RunAsync()).StatusCode.ShouldBe(
            HttpStatusCode.ServiceUnavailable, "else the day would be over and most have heard nothing");
        await RewriteAsync(PlaybookStream.Standard, "data #- '{Steps,0,NewInThisVersion}'");

        var run = await Story.ReadAsync<DunningRunView>(await RunAsync(), HttpStatusCode.Created);
        run.Notices.ShouldHaveSingleItem().CustomerId.ShouldBe(other);

        Task<HttpResponseMessage> RunAsync() =>
            client.PostAsJsonAsync("/v1/collections/dunning-runs", new { legalEntity = story.Entity });

        async Task RewriteAsync(string code, string data)
        {
            await using var command = app.Database.Source.CreateCommand(
                $"update mt_events set data = {data} where stream_id = $1");
            command.Parameters.AddWithValue(PlaybookStream.Id(code));
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThan(0);
        }
    }

    private static PlaybookRule Rule(string segment, string playbook) =>
        new($"All of {segment}", new(Segments: [segment]), playbook);

    private static Task<PolicyView> RulesAsync(Story story, params PlaybookRule[] playbooks) =>
        story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new { playbooks });

    private Task GiveAsync(Story story, Guid customer, string? playbook) => story.PutAsync<CustomerPlaybookView>(
        $"/v1/collections/customers/{customer}/playbook", new AssignPlaybook.Request(
            playbook, "Agreed.", playbook == CustomerPlaybooks.None ? app.Clock.Today.AddDays(30) : null));

    private static async Task<Guid> OwingAsync(Story story, string? segment)
    {
        var customer = await story.CustomerAsync($"{Story.NewId():N}@globex.example", segment: segment);
        await story.InvoiceAsync(customer, 5);
        return customer;
    }

    private async Task<string> DefineAsync(params (string Code, int Day)[] steps)
    {
        var code = $"own-{Story.NewId():N}";
        using var client = app.Client();
        var answer = await client.PutAsJsonAsync($"/v1/collections/playbooks/{code}", Playbook(steps), Json.Wire);
        await Story.ReadAsync<PlaybookView>(answer, HttpStatusCode.Created);
        return code;
    }

    private static DefinePlaybook.Request Playbook(params (string Code, int Day)[] steps) => new(
        "Of some customers",
        [
            .. steps.Select(step => new PlaybookStep(
                step.Code, step.Day, NoticeChannel.Email, [],
                new Dictionary<string, Wording> { ["en"] = new(step.Code, "o", "c") })),
        ]);
}
