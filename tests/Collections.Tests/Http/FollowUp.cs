using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Placements;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Reviews;
using OrderToCash.Collections.Tasks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Tasks, escalations, overdue states, recommendations and agencies.</summary>
public sealed class FollowUp(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    /// <summary>Whoever looks four times a second must not ask the database each time.</summary>
    [Fact]
    public async Task a_day_is_looked_for_when_it_begins_and_not_all_the_time()
    {
        var story = await Story.BeginAsync(app);
        var clock = new StoppedClock { Now = app.Clock.GetUtcNow() };
        var days = ActivatorUtilities.CreateInstance<DayBook>(app.Services, clock);
        await days.TurnAsync(CancellationToken.None);
        (await KnownAsync()).ShouldBe(1);

        await ForgetAsync();
        await days.TurnAsync(CancellationToken.None);
        (await KnownAsync()).ShouldBe(0);

        clock.Now = clock.Now.AddMinutes(1);
        await days.TurnAsync(CancellationToken.None);
        (await KnownAsync()).ShouldBe(1);

        // A clock that is put back is believed, too.
        await ForgetAsync();
        clock.Now = clock.Now.AddSeconds(-1);
        await days.TurnAsync(CancellationToken.None);
        (await KnownAsync()).ShouldBe(1);

        async Task<long> KnownAsync()
        {
            await using var command = app.Database.Source.CreateCommand(
                "select count(*) from days where legal_entity = $1");
            command.Parameters.AddWithValue(story.Entity);
            return (long)(await command.ExecuteScalarAsync())!;
        }

        async Task ForgetAsync()
        {
            await using var command = app.Database.Source.CreateCommand("delete from days where legal_entity = $1");
            command.Parameters.AddWithValue(story.Entity);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task a_task_is_on_the_worklist_until_it_is_done()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("task@globex.example");
        var created = await story.PostAsync(
            "/v1/collections/tasks", new { customerId = customer, text = "Send the statement" });
        var task = await Story.ReadAsync<TaskView>(created, HttpStatusCode.Created);
        (await story.GetAsync<TaskView>(created.Headers.Location!.ToString())).ShouldBe(task);

        (await story.WorklistAsync()).Items.ShouldHaveSingleItem().NextAction
            .ShouldBe(new Worklists.NextAction("do-task", "Send the statement"));
        (await Story.ReadAsync<TaskView>(
            await story.PostAsync($"/v1/collections/tasks/{task.Id}/done", new { result = "Sent." }),
            HttpStatusCode.OK)).State.ShouldBe(TaskState.Done);

        (await story.WorklistAsync()).Items.ShouldBeEmpty();
        (await story.PostAsync($"/v1/collections/tasks/{Story.NewId()}/done", new { result = "Sent." })).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task an_escalation_goes_up_a_rung_while_nobody_takes_it_over()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("up@globex.example");
        var created = await story.PostAsync(
            "/v1/collections/escalations",
            new { customerId = customer, target = "team-lead", text = "They threaten to leave." });
        var raised = await Story.ReadAsync<EscalationView>(created, HttpStatusCode.Created);
        (await story.GetAsync<EscalationView>(created.Headers.Location!.ToString())).ShouldBe(raised);
        var path = $"/v1/collections/escalations/{raised.Id}";

        app.Clock.Days += 3;
        await Eventually.BecomesTrue(
            async () => (await ListAsync(story, customer)).Single().Target == "sales", "it is a rung further up");

        (await Story.ReadAsync<EscalationView>(
            await story.PostAsync($"{path}/acknowledge", new { }), HttpStatusCode.OK)).Status
            .ShouldBe(EscalationStatus.Acknowledged);
        (await Story.ReadAsync<EscalationView>(
            await story.PostAsync($"{path}/close", new { result = "Settled by telephone." }), HttpStatusCode.OK)).Status
            .ShouldBe(EscalationStatus.Closed);
        (await story.GetAsync<Page<HistoryItem>>($"{path}/history")).Items.Select(entry => entry.Type)
            .ShouldBe(
                ["escalation-raised", "escalation-moved-up", "escalation-acknowledged", "escalation-closed"]);
    }

    [Fact]
    public async Task arrears_put_a_customer_into_a_state_and_payment_takes_it_out_with_the_call_it_led_to()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("state@globex.example"), 35);

        var row = (await story.WorklistAsync()).Items.ShouldHaveSingleItem();
        (row.OverdueState, row.NextAction.Code).ShouldBe(("blocked", "do-task"));
        row.Tasks.ShouldHaveSingleItem().Kind.ShouldBe("call");
        var path = $"/v1/collections/customers/{item.CustomerId}/overdue-state";
        var state = await story.GetAsync<OverdueStateRow>(path);
        (state.State, state.EnteredOn, state.Arrears.Days).ShouldBe(("blocked", app.Clock.Today, 35));
        (await story.GetAsync<Page<OverdueStateRow>>(
            $"/v1/collections/overdue-states?legalEntity={story.Entity}&state=blocked")).Items
            .ShouldHaveSingleItem().CustomerId.ShouldBe(item.CustomerId);

        await story.PayAsync(item, 100);
        await story.AllReviewedAsync();
        (await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={item.CustomerId}")).Items
            .ShouldHaveSingleItem().State.ShouldBe("cancelled");
        (await story.WorklistAsync()).Items.ShouldBeEmpty();
        (await story.GetAsync<OverdueStateRow>(path)).State.ShouldBeNull();
        (await story.GetAsync<Page<HistoryItem>>($"{path}/history")).Items.Select(entry => entry.Type)
            .ShouldBe(["overdue-state-changed", "overdue-state-changed"]);
        using var stranger = app.Client(entities: "XX99");
        (await stranger.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await stranger.GetAsync($"{path}/history")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    /// <summary>COL-14: the policy is the legal entity's; what it leaves out is as in the standard one.</summary>
    [Fact]
    public async Task a_legal_entity_lays_down_how_it_collects()
    {
        var story = await Story.BeginAsync(app);
        var path = $"/v1/collections/policies/{story.Entity}";
        var standard = await story.GetAsync<PolicyView>(path);
        standard.Version.ShouldBe(0);

        var changed = await story.PutAsync<PolicyView>(path, new
        {
            disputes = standard.Disputes with { AcceptedUpTo = [Kernel.Money.Of(5, "USD")] },
            overdueStates = new[]
            {
                new
                {
                    code = "watched",
                    items = 1,
                    balances = Array.Empty<object>(),
                    days = 2,
                    withHold = (string?)null,
                    withoutHold = (string?)null,
                    actions = new[] { "escalate" },
                    retryDays = Array.Empty<int>(),
                    escalateTo = "agency",
                },
            },
            regulationF = new[] { "US" },
        });
        (changed.Version, changed.Promises).ShouldBe((1, standard.Promises));
        changed.Contact["US"].SilentChannels.ShouldBe([Activities.ContactChannel.Call]);
        (await story.GetAsync<PolicyView>(path)).OverdueStates.ShouldHaveSingleItem().Code.ShouldBe("watched");

        var item = await story.InvoiceAsync(await story.CustomerAsync("small@globex.example"), 3);
        (await Story.ReadAsync<DisputeView>(
            await story.PostAsync("/v1/collections/disputes", new
            {
                invoiceId = item.InvoiceId,
                reasonCode = "price",
                amount = Story.Usd(4),
            }),
            HttpStatusCode.Created)).Status.ShouldBe(DisputeStatus.Accepted);
        await story.AllReviewedAsync();
        var raised = (await ListAsync(story, item.CustomerId)).ShouldHaveSingleItem();
        (raised.Cause, raised.Target).ShouldBe(("overdue-state", "agency"));
        (await story.GetAsync<Page<HistoryItem>>($"{path}/history")).Items.ShouldHaveSingleItem();

        using var client = app.Client();
        (await client.PutAsJsonAsync("/v1/collections/policies/XX77", new { })).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        (await client.PutAsJsonAsync(
            path, new { promises = new { graceDays = -1, tolerancePercent = 1, longestDays = 9 } })).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
        using var stranger = app.Client(entities: "XX99");
        (await stranger.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    /// <summary>I-19: whoever collects lifts no caps, takes no customers and sets no targets.</summary>
    [Fact]
    public async Task rules_are_laid_down_by_who_runs_the_system_and_read_by_all()
    {
        var story = await Story.BeginAsync(app);
        using var collector = app.Client("collections:read collections:write");
        foreach (var path in new[]
        {
            $"/v1/collections/policies/{story.Entity}", $"/v1/collections/portfolios/{story.Entity}",
            $"/v1/collections/targets/{story.Entity}/2026-03",
        })
        {
            (await collector.PutAsJsonAsync(path, new { rules = Array.Empty<int>(), targets = Array.Empty<int>() }))
                .StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await collector.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task a_write_off_is_recommended_with_its_evidence_and_carried_out_by_invoicing()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("lost@globex.example"), 40);

        var made = await Story.ReadAsync<RecommendationView>(
            await RecommendAsync(story, item.CustomerId, "write-off"), HttpStatusCode.Created);
        (made.Status, made.Amount.Amount, made.Evidence.OldestDaysOverdue)
            .ShouldBe((RecommendationStatus.Approved, 100, 40));
        (await RecommendAsync(story, item.CustomerId, "write-off")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await RecommendAsync(story, item.CustomerId, "suspend")).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);

        var requestId = await story.ScalarAsync<string>(
            $"select data->>'RequestId' from mt_events where stream_id = '{made.Id}' " +
            "and type = 'recommendation_approved'");
        await story.TellAsync(
            new CollectionsRequestAnswered(
                Guid.Parse(requestId), made.Id, "write-off", "carried-out", null, null, null, null), 1);
        await Eventually.Becomes(
            () => story.GetAsync<RecommendationView>($"/v1/collections/recommendations/{made.Id}"),
            now => now.Status == RecommendationStatus.CarriedOut, "it is carried out");
    }

    /// <summary>
    /// COL-15, COL-21: one item is disputed and of another some is paid while the write-off waits for approval.
    /// </summary>
    [Fact]
    public async Task what_is_disputed_or_paid_while_a_write_off_waits_is_not_written_off()
    {
        var story = await Story.BeginAsync(app);
        await story.JudgedAsync("write-off");
        var paid = await story.InvoiceAsync(await story.CustomerAsync("waits@globex.example"), 40);
        var disputed = await story.InvoiceAsync(paid.CustomerId, 50, 70);
        var made = await Story.ReadAsync<RecommendationView>(
            await RecommendAsync(story, paid.CustomerId, "write-off"), HttpStatusCode.Accepted);
        made.Amount.Amount.ShouldBe(170);

        await story.PostAsync(
            "/v1/collections/disputes", new { invoiceId = disputed.InvoiceId, reasonCode = "price" });
        await story.PayAsync(paid, 30);
        await story.AllReviewedAsync();
        using (var approver = app.Approver())
        {
            (await approver.PostAsJsonAsync(
                $"/v1/approvals/{made.ApprovalId}/approve", new { reason = "They are gone." }))
                .StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var approved = await story.GetAsync<RecommendationView>($"/v1/collections/recommendations/{made.Id}");
        (approved.Status, approved.Amount.Amount).ShouldBe((RecommendationStatus.Approved, 70));
        approved.Items.ShouldHaveSingleItem().InvoiceId.ShouldBe(paid.InvoiceId);
        (await story.ScalarAsync<decimal>($"select amount from recommendations where id = '{made.Id}'")).ShouldBe(70);
        (await story.ScalarAsync<long>(
            $"select count(*) from recommendation_items where recommendation_id = '{made.Id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task what_an_agency_has_is_not_asked_for_and_its_commission_grows_until_it_is_taken_back()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("agency@globex.example"), 20);
        var wish = new
        {
            customerId = item.CustomerId,
            agency = "harsh-and-sons",
            commissionPercent = 25,
            reason = "Nobody answers.",
        };
        var placed = await Story.ReadAsync<PlacementView>(
            await story.PostAsync("/v1/collections/placements", wish), HttpStatusCode.Created);
        var path = $"/v1/collections/placements/{placed.Id}";
        (await story.PreviewAsync()).Notices.ShouldBeEmpty();
        (await story.PostAsync("/v1/collections/placements", wish)).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);

        await story.TellAsync(Story.Applied(item, Story.NewId(), 40) with { ValueDate = app.Clock.Today }, 2);
        var now = await Eventually.Becomes(
            () => story.GetAsync<PlacementView>(path), view => view.Received.Amount == 40, "the payment is known");
        now.Commission.Amount.ShouldBe(10);
        (await story.GetAsync<Page<PlacementPackRow>>($"{path}/pack")).Items.ShouldHaveSingleItem().Balance.Amount
            .ShouldBe(60);
        (await Story.ReadAsync<PlacementView>(
            await story.PostAsync($"{path}/recall", new { reason = "Too rude." }), HttpStatusCode.OK)).Status
            .ShouldBe(PlacementStatus.Recalled);

        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Amount.Amount.ShouldBe(60);
    }

    private static Task<HttpResponseMessage> RecommendAsync(Story story, Guid customer, string kind) => story.PostAsync(
        "/v1/collections/recommendations", new { customerId = customer, kind, reason = "They are gone." });

    private static async Task<IReadOnlyList<EscalationRow>> ListAsync(Story story, Guid customer) =>
        (await story.GetAsync<Page<EscalationRow>>($"/v1/collections/escalations?customerId={customer}")).Items;

    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
