using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Steps that are no writing, and changes of a playbook played before they are made.</summary>
public sealed class PlaybookSteps(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task a_step_that_is_no_writing_becomes_a_task_an_escalation_or_a_recommendation_once()
    {
        var story = await Story.BeginAsync(app);
        await story.JudgedAsync("write-off");
        var code = await DefineAsync(
            ("call", 10, "call-task"), ("escalate", 20, "escalate"), ("give-up", 60, "recommend-write-off"));
        var called = await story.InvoiceAsync(await story.CustomerAsync(), 12);
        var escalated = await story.InvoiceAsync(await story.CustomerAsync(email: null), 25);
        var hopeless = await story.InvoiceAsync(await story.CustomerAsync(), 70);

        var run = await RunAsync(story, code);

        run.Notices.Count.ShouldBe(3);
        foreach (var notice in run.Notices)
            await story.NoticeAsync(notice.NoticeId, NoticeStatus.HandedOver);
        var tasks = await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={called.CustomerId}");
        tasks.Items.ShouldHaveSingleItem().Text
            .ShouldBe($"call: {called.InvoiceNumber} (12 days, 100.00 USD).");
        (await story.ScalarAsync<long>(
            $"select count(*) from escalations where customer_id = '{escalated.CustomerId}' and cause = 'playbook'"))
            .ShouldBe(1);
        (await story.ScalarAsync<long>(
            $"select count(*) from recommendations where customer_id = '{hopeless.CustomerId}' " +
            "and kind = 'write-off' and status = 'waiting'")).ShouldBe(1);
        (await story.ScalarAsync<long>(
            $"select count(*) from contact_attempts where legal_entity = '{story.Entity}'")).ShouldBe(0);
        (await RunAsync(story, code)).Notices.ShouldBeEmpty();
    }

    /// <summary>COL-13: the step says who gets the matter; COL-02: and how old the notice before it must be.</summary>
    [Fact]
    public async Task a_step_hands_the_matter_to_whom_it_names_once_the_last_notice_is_old_enough()
    {
        var story = await Story.BeginAsync(app);
        var playbook = Playbook(("notice", 1, "email"), ("escalate", 2, "escalate"));
        var code = $"steps-{Story.NewId():N}"[..20];
        using var client = app.Client();
        var named = playbook with
        {
            Steps =
            [
                playbook.Steps[0] with
                {
                    Wording = new Dictionary<string, Wording>
                    {
                        ["en"] = new("Level {{level}}", "{{daysOverdue}} days, says {{collector}}.", "c"),
                    },
                },
                playbook.Steps[1] with
                {
                    EscalateTo = EscalationTarget.CreditManager,
                    Condition = new StepCondition(ConditionJoin.All, DaysSinceNotice: 5),
                },
            ],
        };
        await Story.ReadAsync<PlaybookView>(
            await client.PutAsJsonAsync($"/v1/collections/playbooks/{code}", named, Json.Wire),
            HttpStatusCode.Created);
        var item = await story.InvoiceAsync(await story.CustomerAsync("named@globex.example"), 12);
        await story.PutAsync<CollectionAccountView>(
            $"/v1/collections/customers/{item.CustomerId}/collector", new { collector = "ana" });

        var first = (await RunAsync(story, code)).Notices.ShouldHaveSingleItem();
        await story.NoticeAsync(first.NoticeId, NoticeStatus.Sent);
        story.MailsTo("named@globex.example").ShouldHaveSingleItem().Text.ShouldContain("12 days, says Acme Inc.");
        app.Clock.Days += 4;
        (await RunAsync(story, code)).Notices.ShouldBeEmpty();
        app.Clock.Days++;
        var second = (await RunAsync(story, code)).Notices.ShouldHaveSingleItem();
        await story.NoticeAsync(second.NoticeId, NoticeStatus.HandedOver);

        var raised = (await story.GetAsync<Page<EscalationRow>>(
            $"/v1/collections/escalations?customerId={item.CustomerId}&target=credit-manager")).Items
            .ShouldHaveSingleItem();
        (raised.Cause, raised.SourceId).ShouldBe(("playbook", second.NoticeId));
    }

    /// <summary>COL-15, COL-21: where no matrix says who approves write-offs, no run makes one by itself.</summary>
    [Fact]
    public async Task what_nobody_is_named_to_approve_is_a_task_for_a_person()
    {
        var story = await Story.BeginAsync(app);
        var code = await DefineAsync(("give-up", 60, "recommend-write-off"));
        var hopeless = await story.InvoiceAsync(await story.CustomerAsync(), 70);

        var run = await RunAsync(story, code);

        await story.NoticeAsync(run.Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.HandedOver);
        var task = (await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={hopeless.CustomerId}"))
            .Items.Single(one => one.Kind == "other");
        task.Text.ShouldStartWith($"give-up: {hopeless.InvoiceNumber} (70 days, 100.00 USD).");
        task.Text.ShouldContain("Nobody is named to approve it");
        (await story.ScalarAsync<long>(
            $"select count(*) from recommendations where customer_id = '{hopeless.CustomerId}'")).ShouldBe(0);
        (await RunAsync(story, code)).Notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_change_of_a_playbook_is_played_over_a_past_time()
    {
        var story = await Story.BeginAsync(app);
        var code = await DefineAsync(("notice", 1, "email"));
        var small = await story.InvoiceAsync(await story.CustomerAsync(), 20, 10);
        await story.InvoiceAsync(await story.CustomerAsync(), 20, 1000);
        var path = $"/v1/collections/playbooks/{code}/simulations";
        var proposed = Playbook(("notice", 1, "email")) with
        {
            Steps =
            [
                Playbook(("notice", 1, "email")).Steps[0] with
                {
                    Condition = new StepCondition(ConditionJoin.All, TotalOverdue: [Money.Of(100, "USD")]),
                },
            ],
        };
        var asked = new SimulatePlaybook.Request(
            story.Entity, proposed, app.Clock.Today.AddDays(-30), app.Clock.Today.AddDays(-1));

        var played = await Story.ReadAsync<SimulationView>(await story.PostAsync(path, asked), HttpStatusCode.OK);

        (played.Current.Notices, played.Proposed.Notices, played.Differing).ShouldBe((2, 1, 1));
        var difference = played.Differences.ShouldHaveSingleItem();
        difference.CustomerId.ShouldBe(small.CustomerId);
        difference.Current.ShouldHaveSingleItem().Date.ShouldBe(small.DueDate.AddDays(1));
        difference.Proposed.ShouldBeEmpty();
        (await story.ScalarAsync<long>($"select count(*) from notices where legal_entity = '{story.Entity}'"))
            .ShouldBe(0);

        (await story.PostAsync(path, asked with { To = app.Clock.Today })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        (await story.PostAsync(path, asked with { Playbook = proposed with { Steps = [] } })).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
        using var stranger = app.Client(entities: "XX99");
        (await stranger.PostAsJsonAsync(path, asked, Json.Wire)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    /// <summary>Domain section 5: a wording is looked at with a real customer before it goes to anybody.</summary>
    [Theory]
    [InlineData("es", "Último aviso", "Le recordamos")]
    [InlineData("fr", "Dernier rappel", "Nous nous permettons")]
    public async Task a_step_is_shown_to_who_writes_it_as_a_customer_would_read_it(
        string language, string last, string first)
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(
            await story.CustomerAsync($"{language}@globex.example", "Peña & Cie", language), 3);
        const string path = "/v1/collections/playbooks/standard/previews";

        var shown = await Story.ReadAsync<TemplatePreview>(
            await story.PostAsync(path, new { customerId = item.CustomerId }), HttpStatusCode.OK);
        (shown.Step, shown.Level, shown.Mail!.Language).ShouldBe(("final-notice", 3, language));
        shown.Mail.Subject.ShouldStartWith(last);
        shown.Mail.Text.ShouldContain("Peña & Cie");
        shown.Mail.Text.ShouldContain(item.InvoiceNumber);
        (await Story.ReadAsync<TemplatePreview>(
            await story.PostAsync(path, new { customerId = item.CustomerId, step = "friendly-reminder" }),
            HttpStatusCode.OK)).Mail!.Text.ShouldContain(first);

        var proposed = await Story.ReadAsync<TemplatePreview>(
            await story.PostAsync(
                path, new { customerId = item.CustomerId, playbook = Playbook(("phone", 5, "call-task")) }),
            HttpStatusCode.OK);
        (proposed.Mail, proposed.Work).ShouldBe((null, $"phone: {item.InvoiceNumber} (3 days, 100.00 USD)."));
        story.MailsTo($"{language}@globex.example").ShouldBeEmpty();
        (await story.ScalarAsync<long>($"select count(*) from notices where legal_entity = '{story.Entity}'"))
            .ShouldBe(0);
        (await (await story.PostAsync(path, new { customerId = item.CustomerId, step = "none" })).Content
            .ReadAsStringAsync()).ShouldContain("unknown-step");
        (await (await story.PostAsync(path, new { customerId = await story.CustomerAsync() })).Content
            .ReadAsStringAsync()).ShouldContain("nothing-open");
        using var stranger = app.Client(entities: "XX99");
        (await stranger.PostAsJsonAsync(path, new { customerId = item.CustomerId })).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<string> DefineAsync(params (string Code, int Day, string Channel)[] steps)
    {
        var code = $"steps-{Story.NewId():N}"[..20];
        using var client = app.Client();
        var answer = await client.PutAsJsonAsync($"/v1/collections/playbooks/{code}", Playbook(steps), Json.Wire);
        (await Story.ReadAsync<PlaybookView>(answer, HttpStatusCode.Created)).Steps.Count.ShouldBe(steps.Length);
        return code;
    }

    private static DefinePlaybook.Request Playbook(params (string Code, int Day, string Channel)[] steps) => new(
        "Steps",
        [
            .. steps.Select(step => new PlaybookStep(
                step.Code, step.Day, Enum.Parse<NoticeChannel>(step.Channel.Replace("-", ""), ignoreCase: true), [],
                new Dictionary<string, Wording> { ["en"] = new(step.Code, "o", "c") })),
        ]);

    private static async Task<DunningRunView> RunAsync(Story story, string playbook) =>
        await Story.ReadAsync<DunningRunView>(
            await story.PostAsync("/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook }),
            HttpStatusCode.Created);
}
