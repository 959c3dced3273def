using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

public sealed class PaymentPlans(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Path = "/v1/collections/payment-plans";

    [Fact]
    public async Task it_covers_what_is_past_due_to_the_cent_and_nothing_of_it_is_asked_for()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("plan@globex.example");
        await story.InvoiceAsync(customer, 30, 100);
        await story.InvoiceAsync(customer, 20, 100.01m);

        var plan = await ProposeAsync(story, customer, 3);

        plan.Status.ShouldBe(PlanStatus.Active);
        plan.Amount.Amount.ShouldBe(200.01m);
        plan.Installments.Select(due => due.Amount.Amount).ShouldBe([66.67m, 66.67m, 66.67m]);
        plan.Rescheduling.ShouldBeNull();
        (await story.PreviewAsync()).Notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task paid_in_time_it_is_completed_and_shows_what_came()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);
        var plan = await ProposeAsync(story, item.CustomerId, 2);
        await AnswerAsync(story, plan);

        await story.TellAsync(Story.Applied(item, Story.NewId(), 50) with { ValueDate = app.Clock.Today }, 2);
        await Eventually.Becomes(
            () => story.GetAsync<PlanView>($"{Path}/{plan.Id}"),
            now => now is { Rescheduling: "carried-out", Received.Amount: 50 }, "half of it has come");
        var rest = Story.Applied(item with { Balance = Story.Usd(50) }, Story.NewId(), 50);
        await story.TellAsync(rest with { ValueDate = app.Clock.Today }, 3);

        var done = await BecomesAsync(story, plan, PlanStatus.Completed);
        done.Installments.Select(due => due.Received.Amount).ShouldBe([50, 50]);
    }

    /// <summary>Cash discount and small difference are given up beside the money: nothing is owed any more.</summary>
    [Fact]
    public async Task what_is_given_up_beside_the_payments_completes_it_too()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);
        var plan = await ProposeAsync(story, item.CustomerId, 2);
        await story.TellAsync(Story.Applied(item, Story.NewId(), 50) with { ValueDate = app.Clock.Today }, 2);
        var rest = Story.Applied(item with { Balance = Story.Usd(50) }, Story.NewId(), 48.70m) with
        {
            ValueDate = app.Clock.Today,
            Discount = Story.Usd(1),
            Difference = Story.Usd(0.30m),
        };

        await story.TellAsync(rest with { Item = item with { Balance = Story.Usd(0) } }, 3);

        (await BecomesAsync(story, plan, PlanStatus.Completed)).Received.Amount.ShouldBe(100);
    }

    /// <summary>40 of 100 are disputed, the plan is about the other 60: the credit pays none of it.</summary>
    [Fact]
    public async Task the_credit_of_what_it_is_not_about_does_not_count_for_it()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);
        await Story.ReadAsync<DisputeView>(
            await story.PostAsync("/v1/collections/disputes", new
            {
                invoiceId = item.InvoiceId,
                installment = 1,
                amount = Story.Usd(40),
                reasonCode = "price",
            }),
            HttpStatusCode.Created);
        var plan = await ProposeAsync(story, item.CustomerId, 2);
        plan.Amount.Amount.ShouldBe(60);

        var credited = item with { Balance = Story.Usd(60) };
        await story.ChangeAsync(credited, "credit-applied", 40, 2);
        await story.ReviewedAsync(item.CustomerId);
        (await story.GetAsync<PlanView>($"{Path}/{plan.Id}")).Received.Amount.ShouldBe(0);

        await story.TellAsync(Story.Applied(credited, Story.NewId(), 60) with { ValueDate = app.Clock.Today }, 3);
        (await BecomesAsync(story, plan, PlanStatus.Completed)).Received.Amount.ShouldBe(60);
    }

    [Fact]
    public async Task what_is_voided_is_not_missed_and_what_is_written_off_ends_it_without_having_come()
    {
        var story = await Story.BeginAsync(app);
        var voided = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);
        var lost = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);
        var (one, other) = (
            await ProposeAsync(story, voided.CustomerId, 2), await ProposeAsync(story, lost.CustomerId, 2));

        await story.TellAsync(
            new InvoiceVoided(
                voided.InvoiceId, "Twice.", app.Clock.Today, [voided with { Balance = Story.Usd(0) }]), 2);
        await story.ChangeAsync(lost with { Balance = Story.Usd(0) }, "written-off", 100, 2);

        (await BecomesAsync(story, one, PlanStatus.Completed)).Received.Amount.ShouldBe(100);
        (await BecomesAsync(story, other, PlanStatus.Completed)).Received.Amount.ShouldBe(0);
    }

    [Fact]
    public async Task a_missed_installment_breaches_it_after_its_grace_and_collection_goes_on()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("breach@globex.example"), 30, 100);
        var plan = await ProposeAsync(story, item.CustomerId, 2);

        app.Clock.Days += 6;
        await story.ReviewedAsync(item.CustomerId);
        (await story.GetAsync<PlanView>($"{Path}/{plan.Id}")).Status.ShouldBe(PlanStatus.Active);
        app.Clock.Days++;

        await BecomesAsync(story, plan, PlanStatus.Breached);
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Amount.Amount.ShouldBe(100);
        var row = (await story.GetAsync<Page<PlanRow>>($"{Path}?customerId={item.CustomerId}")).Items
            .ShouldHaveSingleItem();
        row.Missed.ShouldBe(1);
        (await story.GetAsync<Page<HistoryItem>>($"{Path}/{plan.Id}/history")).Items.Select(entry => entry.Type)
            .ShouldBe(["plan-proposed", "plan-activated", "plan-breached"]);
    }

    /// <summary>Money in time is booked after the breach, when there is another plan already.</summary>
    [Fact]
    public async Task what_another_plan_covers_by_now_keeps_its_due_dates_whatever_becomes_of_the_first()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);
        var (plan, inTime) = (await ProposeAsync(story, item.CustomerId, 2), app.Clock.Today.AddDays(1));
        app.Clock.Days += 7;
        await BecomesAsync(story, plan, PlanStatus.Breached);
        var next = await ProposeAsync(story, item.CustomerId, 4);

        await story.TellAsync(Story.Applied(item, Story.NewId(), 50) with { ValueDate = inTime }, 2);
        await BecomesAsync(story, plan, PlanStatus.Active);
        app.Clock.Days += 7;
        await BecomesAsync(story, plan, PlanStatus.Breached);

        await BecomesAsync(story, next, PlanStatus.Active);
        (await story.ScalarAsync<string>(
            "select string_agg(type || ' ' || coalesce(data->'Elsewhere'->0->>'InvoiceId', '-'), ', ' " +
            $"order by version) from mt_events where stream_id = '{plan.Id}' and data->>'RequestId' is not null"))
            .ShouldBe(
                $"plan_activated -, plan_breached -, plan_reinstated {item.InvoiceId}, plan_breached {item.InvoiceId}");
        (await story.ScalarAsync<Guid>(
            $"select plan_id from plan_items where invoice_id = '{item.InvoiceId}' and active")).ShouldBe(next.Id);
    }

    /// <summary>Nobody else would move its due date, and it would be dunned though its plan is kept.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task what_another_plan_covered_returns_to_the_one_that_is_kept_once_that_ends(bool isCancelled)
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);
        var (plan, inTime) = (await ProposeAsync(story, item.CustomerId, 4), app.Clock.Today.AddDays(1));
        app.Clock.Days += 7;
        await BecomesAsync(story, plan, PlanStatus.Breached);
        var next = await ProposeAsync(story, item.CustomerId, 1);
        await story.TellAsync(Story.Applied(item, Story.NewId(), 50) with { ValueDate = inTime }, 2);
        await BecomesAsync(story, plan, PlanStatus.Active);

        if (isCancelled)
        {
            await Story.ReadAsync<PlanView>(
                await story.PostAsync($"{Path}/{next.Id}/cancel", new { reason = "The first one." }),
                HttpStatusCode.OK);
        }
        else
        {
            app.Clock.Days += 7;
            await BecomesAsync(story, next, PlanStatus.Breached);
        }

        await story.KnowsAsync($"select count(*) from plan_items where plan_id = '{plan.Id}' and active");
        await story.ReviewedAsync(item.CustomerId);
        (await story.GetAsync<PlanView>($"{Path}/{plan.Id}")).Status.ShouldBe(PlanStatus.Active);
        (await story.ScalarAsync<string>(
            "select string_agg(type || ' ' || (data->'Elsewhere' is null), ', ' order by version) " +
            $"from mt_events where stream_id = '{plan.Id}' and type = 'plan_reinstated'"))
            .ShouldBe("plan_reinstated false, plan_reinstated true");
    }

    /// <summary>One look finds that both are kept after all.</summary>
    [Fact]
    public async Task of_two_plans_that_are_kept_after_all_the_one_that_covers_an_item_again_moves_its_due_date()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);
        var (plan, inTime) = (await ProposeAsync(story, item.CustomerId, 4), app.Clock.Today.AddDays(1));
        app.Clock.Days += 7;
        await BecomesAsync(story, plan, PlanStatus.Breached);
        var next = await ProposeAsync(story, item.CustomerId, 4);
        app.Clock.Days += 7;
        await BecomesAsync(story, next, PlanStatus.Breached);

        await story.TellAsync(Story.Applied(item, Story.NewId(), 50) with { ValueDate = inTime }, 2);
        await BecomesAsync(story, plan, PlanStatus.Active);
        await BecomesAsync(story, next, PlanStatus.Active);

        (await story.ScalarAsync<string>(
            "select string_agg(i.active || ' ' || (e.data->'Elsewhere' is null), ', ' order by i.active) " +
            "from plan_items i join mt_events e on e.stream_id = i.plan_id and e.type = 'plan_reinstated' " +
            $"where i.invoice_id = '{item.InvoiceId}'")).ShouldBe("false false, true true");
    }

    [Fact]
    public async Task an_item_is_in_one_active_plan()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);
        var plan = await ProposeAsync(story, item.CustomerId, 2);

        (await story.PostAsync(Path, Body(item.CustomerId, 2))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await Story.ReadAsync<PlanView>(
            await story.PostAsync($"{Path}/{plan.Id}/cancel", new { reason = "Another one." }), HttpStatusCode.OK);

        (await ProposeAsync(story, item.CustomerId, 4)).Status.ShouldBe(PlanStatus.Active);
    }

    /// <summary>COL-11: a plan is approved by its term, too, and not only by its amount.</summary>
    [Fact]
    public async Task a_long_plan_waits_for_approval_whatever_its_amount()
    {
        var story = await Story.BeginAsync(app);
        var (one, other) = (
            await story.InvoiceAsync(await story.CustomerAsync(), 30, 100),
            await story.InvoiceAsync(await story.CustomerAsync(), 30, 100));
        var policy = await story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new
        {
            plans = StandardPolicy.For(story.Entity).Plans with { ApproveFrom = new LongPlan(Installments: 3) },
        });
        policy.Plans.ApproveFrom.ShouldBe(new LongPlan(3));
        (await ProposeAsync(story, other.CustomerId, 2)).Status.ShouldBe(PlanStatus.Active);

        var refused = await story.PostAsync(Path, Body(one.CustomerId, 3));
        (await refused.Content.ReadAsStringAsync()).ShouldContain("nobody-approves");
        await story.TellAsync(
            new ApprovalMatrixDefined(
                story.Entity,
                [
                    new ApprovalRule("payment-plan", 1_000, 0, null, null),
                    new ApprovalRule("payment-plan", null, 1, "controller", null),
                ],
                "USD"), 1);
        await story.KnowsAsync(
            "select count(*) from mt_events where type = 'approval_matrix_defined' " +
            $"and data::text like '%{story.Entity}%'");
        var waiting = await Story.ReadAsync<PlanView>(
            await story.PostAsync(Path, Body(one.CustomerId, 3)), HttpStatusCode.Accepted);

        waiting.Status.ShouldBe(PlanStatus.Proposed);
        using var approver = app.Approver();
        (await approver.PostAsJsonAsync(
            $"/v1/approvals/{waiting.ApprovalId}/approve", new { reason = "They have always paid." })).StatusCode
            .ShouldBe(HttpStatusCode.OK);
        await BecomesAsync(story, waiting, PlanStatus.Active);
    }

    [Fact]
    public async Task installments_that_do_not_sum_exactly_are_refused()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 30, 100);

        var refused = await story.PostAsync(Path, new
        {
            customerId = item.CustomerId,
            installments = new[] { new { dueDate = app.Clock.Today, amount = Story.Usd(99.99m) } },
        });

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("plan-sum");
    }

    /// <summary>A simulation asks for nothing while a plan was kept, and for what is due from its end on.</summary>
    [Fact]
    public async Task what_a_plan_covered_is_left_alone_by_simulations_as_long_as_it_was_kept()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 40, 100);
        var plan = await ProposeAsync(story, item.CustomerId, 3);
        await Story.ReadAsync<PlanView>(
            await story.PostAsync($"{Path}/{plan.Id}/cancel", new { reason = "They pay at once." }), HttpStatusCode.OK);
        await story.ScalarAsync<long>(
            "with moved as (update mt_events set timestamp = timestamp - case type " +
            "when 'plan_cancelled' then interval '18 days' else interval '32 days' end " +
            $"where stream_id = '{plan.Id}' returning 1) select count(*) from moved");
        var steps = StandardPlaybook.Read().Steps;

        var played = await Story.ReadAsync<SimulationView>(
            await story.PostAsync(
                "/v1/collections/playbooks/standard/simulations",
                new SimulatePlaybook.Request(
                    story.Entity, new DefinePlaybook.Request("Last", [steps[^1]]), app.Clock.Today.AddDays(-35),
                    app.Clock.Today.AddDays(-1))),
            HttpStatusCode.OK);

        var days = played.Differences.ShouldHaveSingleItem();
        days.Current.Select(one => (one.Date.DayNumber - app.Clock.Today.DayNumber, one.Step))
            .ShouldBe([(-35, "first-notice"), (-18, "final-notice")]);
        days.Proposed.Select(one => one.Date.DayNumber - app.Clock.Today.DayNumber).ShouldBe([-18]);
    }

    private object Body(Guid customer, int count) => new
    {
        customerId = customer,
        equal = new { count, firstDueDate = app.Clock.Today.AddDays(1), every = "week" },
        note = "As agreed by telephone.",
    };

    private async Task<PlanView> ProposeAsync(Story story, Guid customer, int count) =>
        await Story.ReadAsync<PlanView>(
            await story.PostAsync(Path, Body(customer, count)), HttpStatusCode.Created);

    private static async Task AnswerAsync(Story story, PlanView plan)
    {
        var requestId = await story.ScalarAsync<string>(
            $"select data->>'RequestId' from mt_events where stream_id = '{plan.Id}' and type = 'plan_activated'");
        await story.TellAsync(
            new CollectionsRequestAnswered(
                Guid.Parse(requestId), plan.Id, "reschedule", "carried-out", null, null, null, null), 1);
    }

    private static Task<PlanView> BecomesAsync(Story story, PlanView plan, PlanStatus status) => Eventually.Becomes(
        () => story.GetAsync<PlanView>($"{Path}/{plan.Id}"), now => now.Status == status, $"it is {status}");
}
