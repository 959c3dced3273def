using System.Net;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Placements;
using OrderToCash.Collections.Recommendations;
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
    [Fact]
    public async Task a_task_is_on_the_worklist_until_it_is_done()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("task@globex.example");
        var task = await Story.ReadAsync<TaskView>(
            await story.PostAsync("/v1/collections/tasks", new { customerId = customer, text = "Send the statement" }),
            HttpStatusCode.Created);

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
        var raised = await Story.ReadAsync<EscalationView>(
            await story.PostAsync(
                "/v1/collections/escalations",
                new { customerId = customer, target = "team-lead", text = "They threaten to leave." }),
            HttpStatusCode.Created);
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

        await story.PayAsync(item, 100);
        await story.AllReviewedAsync();
        (await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={item.CustomerId}")).Items
            .ShouldHaveSingleItem().State.ShouldBe("cancelled");
        (await story.WorklistAsync()).Items.ShouldBeEmpty();
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

        await story.PayAsync(item, 40);
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
}
