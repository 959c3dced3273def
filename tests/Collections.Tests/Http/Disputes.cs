using System.Net;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

public sealed partial class Disputes(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Path = "/v1/collections/disputes";

    [Fact]
    public async Task what_is_disputed_is_not_asked_for_until_it_is_rejected()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("disputed@globex.example"), 1, 100);

        var dispute = await OpenAsync(story, item, 70);
        dispute.Team.ShouldBe("sales");
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Amount.Amount.ShouldBe(30);

        await ActAsync(story, dispute, "investigate", new { });
        var rejected = await ActAsync(story, dispute, "reject", new { reason = "The price list says otherwise." });

        rejected.Status.ShouldBe(DisputeStatus.Rejected);
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Amount.Amount.ShouldBe(100);
        (await story.GetAsync<Page<HistoryItem>>($"{Path}/{dispute.Id}/history")).Items
            .Select(entry => entry.Type).ShouldBe(["dispute-opened", "dispute-taken", "dispute-rejected"]);
    }

    [Fact]
    public async Task accepted_it_waits_for_the_credit_and_then_is_settled()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("credit@globex.example"), 1, 100);
        var dispute = await OpenAsync(story, item, 70);

        var accepted = await Story.ReadAsync<DisputeView>(
            await story.PostAsync($"{Path}/{dispute.Id}/accept", new { reason = "True.", amount = Story.Usd(50) }),
            HttpStatusCode.Accepted);
        accepted.Disputed.Amount.ShouldBe(50);
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Amount.Amount.ShouldBe(50);
        await AnswerAsync(story, dispute, "carried-out");

        var settled = await BecomesAsync(story, dispute, DisputeStatus.Credited);
        settled.Disputed.Amount.ShouldBe(0);
        (await story.GetAsync<Page<DisputeRow>>($"{Path}?invoiceId={item.InvoiceId}")).Items.ShouldHaveSingleItem()
            .CreditMemoNumber.ShouldBe("CM-1");
    }

    /// <summary>I-14: the answer and the lower balance come on two queues, one of them much later.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task what_is_credited_is_never_asked_for_whichever_word_comes_first(bool answerFirst)
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("between@globex.example"), 1, 100);
        var (dispute, application) = (await OpenAsync(story, item, 70), Story.NewId());
        await story.PostAsync($"{Path}/{dispute.Id}/accept", new { reason = "True.", amount = Story.Usd(50) });

        foreach (var isAnswer in new[] { answerFirst, !answerFirst })
        {
            if (isAnswer)
            {
                await AnswerAsync(story, dispute, "carried-out", application);
                await BecomesAsync(story, dispute, DisputeStatus.Credited);
            }
            else
            {
                await story.ChangeAsync(item with { Balance = Story.Usd(50) }, "credit-applied", 50, 2, application);
            }

            var asked = (await story.PreviewAsync()).Notices.Select(notice => notice.Amount.Amount).ToList();
            asked.ShouldBe(isAnswer || answerFirst ? [50] : []);
        }

        (await story.ScalarAsync<long>(
            $"select count(*) from pending_allocations where open and invoice_id = '{item.InvoiceId}'")).ShouldBe(0);
    }

    /// <summary>Something else was paid meanwhile: less than was accepted is left to be credited.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task what_is_kept_of_a_credit_is_what_it_lowered_the_balance_by(bool answerFirst)
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1, 100);
        var (dispute, application) = (await OpenAsync(story, item, 70), Story.NewId());
        await story.PostAsync($"{Path}/{dispute.Id}/accept", new { reason = "True." });

        if (answerFirst)
            await CreditedAsync();
        await story.ChangeAsync(item with { Balance = Story.Usd(0) }, "credit-applied", 40, 2, application);
        await story.KnowsAsync($"select count(*) from settlements where id = '{application}'");
        if (!answerFirst)
            await CreditedAsync();

        (await story.ScalarAsync<decimal>(
            "select case when open then -1 else amount end from pending_allocations " +
            $"where allocation_id = '{application}'")).ShouldBe(40);

        async Task CreditedAsync()
        {
            await AnswerAsync(story, dispute, "carried-out", application);
            await BecomesAsync(story, dispute, DisputeStatus.Credited);
        }
    }

    /// <summary>Its escalation of the first day is closed; the second day passes as well.</summary>
    [Fact]
    public async Task one_that_is_late_again_is_handed_up_again()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1, 100);
        var dispute = await OpenAsync(story, item, 70);
        app.Clock.Days += 11;
        var first = await EscalationsAsync(story, dispute, 1);
        await Story.ReadAsync<EscalationView>(
            await story.PostAsync(
                $"/v1/collections/escalations/{first[0].Id}/close", new { result = "They ask for a week." }),
            HttpStatusCode.OK);

        await ActAsync(story, dispute, "change", new { reason = "A week.", dueOn = app.Clock.Today.AddDays(7) });
        app.Clock.Days += 8;

        (await EscalationsAsync(story, dispute, 2)).Count(one => one.Status == "open").ShouldBe(1);
        await story.ReviewedAsync(item.CustomerId);
        (await EscalationsAsync(story, dispute, 2)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task a_credit_that_is_refused_is_looked_into_again()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1, 100);
        var dispute = await OpenAsync(story, item, 70);
        await story.PostAsync($"{Path}/{dispute.Id}/accept", new { reason = "True." });

        await AnswerAsync(story, dispute, "refused");

        (await BecomesAsync(story, dispute, DisputeStatus.Open)).Disputed.Amount.ShouldBe(70);
    }

    [Fact]
    public async Task two_at_once_never_dispute_more_than_is_open()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1, 100);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => story.PostAsync(Path, Body(item, 40))));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(2);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.UnprocessableEntity).ShouldBe(3);
    }

    /// <summary>What is too small to look into is so for the invoice, not for each of many pieces of it.</summary>
    [Fact]
    public async Task small_ones_of_one_invoice_are_accepted_by_policy_up_to_its_limit_in_all()
    {
        var story = await Story.BeginAsync(app);
        var policy = $"/v1/collections/policies/{story.Entity}";
        var standard = await story.GetAsync<PolicyView>(policy);
        await story.PutAsync<PolicyView>(
            policy, new { disputes = standard.Disputes with { AcceptedUpTo = [Kernel.Money.Of(25, "USD")] } });
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1, 1000);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync(story, item, 20)));
        var taken = new DeductionTaken(
            Story.NewId(), Story.NewId(), story.Entity, item.CustomerId, item.InvoiceId, 1, Story.Usd(6), "price");
        await story.TellAsync(taken, 2);
        await story.TellAsync(taken with { AllocationId = Story.NewId(), Amount = Story.Usd(5) }, 3);

        await story.KnowsAsync($"select count(*) from disputes where invoice_id = '{item.InvoiceId}' and amount = 6");
        await story.KnowsAsync($"select count(*) from disputes where invoice_id = '{item.InvoiceId}' and amount = 5");
        (await story.GetAsync<Page<DisputeRow>>($"{Path}?invoiceId={item.InvoiceId}")).Items
            .Where(row => row.Status == "accepted").Select(row => row.Amount.Amount).Order().ShouldBe([5, 20]);
    }

    [Fact]
    public async Task two_changed_at_once_never_dispute_more_than_is_open()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1, 100);
        DisputeView[] two = [await OpenAsync(story, item, 20), await OpenAsync(story, item, 20)];

        var answers = await Task.WhenAll(two.Select(one => story.PostAsync(
            $"{Path}/{one.Id}/change", new { reason = "More of it.", amount = Story.Usd(70) })));

        answers.Select(answer => answer.StatusCode).Order()
            .ShouldBe([HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity]);
        (await story.ScalarAsync<decimal>(
            $"select sum(disputed) from disputes where invoice_id = '{item.InvoiceId}'")).ShouldBe(90);
    }

    [Fact]
    public async Task a_payment_that_fell_short_opens_one_and_its_return_drops_it()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("short@globex.example"), 1, 100);
        var taken = new DeductionTaken(
            Story.NewId(), Story.NewId(), story.Entity, item.CustomerId, item.InvoiceId, 1, Story.Usd(15), "quality",
            "Q-17");

        await story.TellAsync(taken, 2);
        var row = await Eventually.Becomes(
            async () => (await story.GetAsync<Page<DisputeRow>>($"{Path}?invoiceId={item.InvoiceId}"))
                .Items.SingleOrDefault(),
            found => found is not null, "the dispute is open");
        (row!.ReasonCode, row.Team, row.Note, row.Disputed.Amount).ShouldBe(("quality", "quality", "Q-17", 15));
        await story.TellAsync(
            new DeductionWithdrawn(taken.ReceiptId, taken.AllocationId, item.InvoiceId, 1, Story.Usd(15)), 3);

        await Eventually.Becomes(
            () => story.GetAsync<DisputeView>($"{Path}/{row.Id}"), now => now.Status == DisputeStatus.Withdrawn,
            "it is dropped");
    }

    /// <summary>Invoicing's approval takes days, and the payment comes back meanwhile.</summary>
    [Fact]
    public async Task one_whose_payment_was_taken_back_is_dropped_when_its_credit_is_refused()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("back@globex.example"), 1, 100);
        var taken = new DeductionTaken(
            Story.NewId(), Story.NewId(), story.Entity, item.CustomerId, item.InvoiceId, 1, Story.Usd(15), "price");
        var dispute = DisputeStream.OfDeduction(taken.AllocationId);
        await story.TellAsync(taken, 2);
        await story.KnowsAsync($"select count(*) from disputes where id = '{dispute}'");
        var accepted = await Story.ReadAsync<DisputeView>(
            await story.PostAsync($"{Path}/{dispute}/accept", new { reason = "True." }), HttpStatusCode.Accepted);

        await story.TellAsync(
            new DeductionWithdrawn(taken.ReceiptId, taken.AllocationId, item.InvoiceId, 1, Story.Usd(15)), 3);
        await story.KnowsAsync(
            $"select count(*) from mt_events where stream_id = '{dispute}' and type = 'dispute_deduction_taken_back'");
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Amount.Amount.ShouldBe(85);
        await AnswerAsync(story, accepted, "refused");

        (await BecomesAsync(story, accepted, DisputeStatus.Withdrawn)).Disputed.Amount.ShouldBe(0);
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Amount.Amount.ShouldBe(100);
    }

    /// <summary>A run that writes small rests off may not know of it yet.</summary>
    [Fact]
    public async Task one_of_what_was_written_off_is_closed_and_of_what_was_paid_in_full_or_in_part_is_not()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var (lost, paid, half, protested) = (
            await story.InvoiceAsync(customer, 1, 1), await story.InvoiceAsync(customer, 1, 1),
            await story.InvoiceAsync(customer, 1, 1), await story.InvoiceAsync(customer, 1, 100));
        var (gone, open, rest, claim) = (
            await OpenAsync(story, lost, 1), await OpenAsync(story, paid, 1), await OpenAsync(story, half, 0.5m),
            await OpenAsync(story, protested, 60));

        await story.PayAsync(paid, 1);
        await story.ChangeAsync(half with { Balance = Story.Usd(0.5m) }, "written-off", 0.5m, 2);
        await story.PayAsync(protested, 99.5m);
        await story.ChangeAsync(protested with { Balance = Story.Usd(0) }, "written-off", 0.5m, 3);
        await story.ChangeAsync(lost with { Balance = Story.Usd(0) }, "written-off", 1, 2);

        var closed = await Eventually.Becomes(
            () => story.GetAsync<DisputeView>($"{Path}/{gone.Id}"),
            one => one.Status == DisputeStatus.Withdrawn, "it is closed");
        closed.Disputed.Amount.ShouldBe(0);
        using var client = app.Client();
        (await client.GetStringAsync($"{Path}/{gone.Id}/history")).ShouldContain("it was written off");
        await story.AllReviewedAsync();
        foreach (var other in new[] { open, rest, claim })
            (await story.GetAsync<DisputeView>($"{Path}/{other.Id}")).Status.ShouldBe(DisputeStatus.Open);
    }

    [Fact]
    public async Task one_that_nobody_decides_in_time_falls_overdue()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1, 100);
        var dispute = await OpenAsync(story, item, 70);

        app.Clock.Days += 11;

        await Eventually.Becomes(
            () => story.GetAsync<DisputeView>($"{Path}/{dispute.Id}"), now => now.Overdue, "it is overdue");
        (await story.GetAsync<Page<DisputeRow>>($"{Path}?legalEntity={story.Entity}&overdue=true"))
            .Items.ShouldHaveSingleItem().Id.ShouldBe(dispute.Id);
    }

    [Fact]
    public async Task what_may_not_be_is_refused_and_says_why()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1, 100);

        (await story.PostAsync(Path, Body(item, 101))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await story.PostAsync(Path, Body(item with { InvoiceId = Story.NewId() }, 1)))
            .StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await story.PostAsync($"{Path}/{Story.NewId()}/accept", new { reason = "?" }))
            .StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var stranger = app.Client(entities: "XX99");
        (await stranger.GetAsync($"{Path}?legalEntity={story.Entity}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static object Body(OpenItem item, decimal amount) => new
    {
        invoiceId = item.InvoiceId,
        installment = 1,
        amount = Story.Usd(amount),
        reasonCode = "price",
        note = "Agreed otherwise.",
    };

    private static async Task<DisputeView> OpenAsync(Story story, OpenItem item, decimal amount) =>
        await Story.ReadAsync<DisputeView>(await story.PostAsync(Path, Body(item, amount)), HttpStatusCode.Created);

    private static async Task<DisputeView> ActAsync(Story story, DisputeView dispute, string verb, object body) =>
        await Story.ReadAsync<DisputeView>(
            await story.PostAsync($"{Path}/{dispute.Id}/{verb}", body), HttpStatusCode.OK);

    private static Task<IReadOnlyList<EscalationRow>> EscalationsAsync(Story story, DisputeView dispute, int count) =>
        Eventually.Becomes(
            async () => (await story.GetAsync<Page<EscalationRow>>(
                $"/v1/collections/escalations?customerId={dispute.CustomerId}")).Items,
            rows => rows.Count(one => one.Cause == "dispute") == count, $"it was handed up {count} times");

    private static async Task AnswerAsync(
        Story story, DisputeView dispute, string outcome, Guid? application = null)
    {
        var requestId = await story.ScalarAsync<string>(
            $"select data->>'RequestId' from mt_events where stream_id = '{dispute.Id}' and type = 'dispute_accepted'");
        await story.TellAsync(
            new CollectionsRequestAnswered(
                Guid.Parse(requestId), dispute.Id, "dispute-credit", outcome, null, null, Story.NewId(), "CM-1",
                application), 1);
    }

    private static Task<DisputeView> BecomesAsync(Story story, DisputeView dispute, DisputeStatus status) =>
        Eventually.Becomes(
            () => story.GetAsync<DisputeView>($"{Path}/{dispute.Id}"), now => now.Status == status, $"it is {status}");
}
