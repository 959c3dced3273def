using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>One run of a legal entity, each customer by its own playbook.</summary>
public sealed class PlaybooksOfCustomers(CollectionsApp app) : IClassFixture<CollectionsApp>
{
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
        using var client = app.Client();

        var unknown = await client.PutAsJsonAsync(path, new { playbook = "never-heard-of" });
        unknown.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await unknown.Content.ReadAsStringAsync()).ShouldContain("unknown-playbook");
        var nobody = await client.PutAsJsonAsync(
            $"/v1/collections/customers/{Guid.Empty}/playbook", new { playbook = "none" });
        nobody.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var stranger = app.Client(entities: "XX99");
        (await stranger.PutAsJsonAsync(path, new { playbook = "none" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await stranger.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var reader = app.Client("collections:read");
        (await reader.PutAsJsonAsync(path, new { playbook = "none" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await story.GetAsync<CustomerPlaybookView>(path)).Playbook.ShouldBeNull();
        await GiveAsync(story, customer, "standard");
        (await story.GetAsync<CustomerPlaybookView>(path)).Playbook.ShouldBe("standard");

        var rules = await client.PutAsJsonAsync(
            $"/v1/collections/policies/{story.Entity}", new { playbooks = new[] { Rule("smb", "never-heard-of") } },
            Json.Wire);
        rules.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await rules.Content.ReadAsStringAsync()).ShouldContain("/playbooks/0/playbook");
    }

    private static PlaybookRule Rule(string segment, string playbook) =>
        new($"All of {segment}", new(Segments: [segment]), playbook);

    private static Task<PolicyView> RulesAsync(Story story, params PlaybookRule[] playbooks) =>
        story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new { playbooks });

    private static Task GiveAsync(Story story, Guid customer, string? playbook) =>
        story.PutAsync<CustomerPlaybookView>($"/v1/collections/customers/{customer}/playbook", new { playbook });

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
