using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Customers that nobody may get in touch with, or that go by no playbook any more.</summary>
public sealed class LeftAlone(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    /// <summary>
    /// D-56: the exclusion is honoured in all paths: call, suspension, and payment that is tried again.
    /// </summary>
    [Theory]
    [InlineData("internal-party")]
    [InlineData("bankruptcy")]
    public async Task d56_an_overdue_state_leads_to_nothing_while_a_hold_forbids_contact(string kind)
    {
        var story = await Story.BeginAsync(app);
        await story.JudgedAsync("suspension");
        await StatesAsync(story);
        var customer = await SuspendableAsync(story);
        var hold = await HoldAsync(story, customer, kind);

        await story.InvoiceAsync(customer, 35);
        await story.ReviewedAsync(customer);

        var state = $"/v1/collections/customers/{customer}/overdue-state";
        (await story.GetAsync<OverdueStateRow>(state)).State.ShouldBe("late");
        (await LedToAsync(story, customer)).ShouldBe((0, 0, 0));

        await story.PostAsync($"/v1/collections/holds/{hold.Id}/release", new { reason = "Over." });
        await story.ReviewedAsync(customer);

        (await LedToAsync(story, customer)).ShouldBe((1, 1, 1));
        await story.ReviewedAsync(customer);
        (await LedToAsync(story, customer)).ShouldBe((1, 1, 1), "all of it once");
    }

    /// <summary>
    /// What was handed out before the hold is taken back, also where another of the company has it, and handed out anew
    /// once it ends.
    /// </summary>
    [Fact]
    public async Task d56_a_call_that_was_to_be_made_is_taken_back_by_a_hold_of_the_company_and_renewed_after_it()
    {
        var story = await Story.BeginAsync(app);
        var survivor = await story.CustomerAsync("survivor@globex.example");
        var duplicate = await story.CustomerAsync("duplicate@globex.example");
        await story.ChangeAsync(duplicate, 2, [], survivor);
        await story.InvoiceAsync(survivor, 35);
        await story.ReviewedAsync(survivor);
        (await TasksAsync(story, survivor)).ShouldHaveSingleItem().State.ShouldBe("open");

        var hold = await HoldAsync(story, duplicate, "do-not-contact");
        await story.AllReviewedAsync();

        var task = (await TasksAsync(story, survivor)).ShouldHaveSingleItem();
        task.State.ShouldBe("cancelled");
        (await story.WorklistAsync()).Items.ShouldBeEmpty();

        await story.PostAsync($"/v1/collections/holds/{hold.Id}/release", new { reason = "By mistake." });
        await story.AllReviewedAsync();
        await story.ReviewedAsync(survivor);

        var tasks = await TasksAsync(story, survivor);
        tasks.Select(one => one.State).Order(StringComparer.Ordinal).ShouldBe(["cancelled", "open"]);
        tasks.ShouldAllBe(one => one.Kind == "call" && one.Text == task.Text);
    }

    [Fact]
    public async Task d56_nobody_recommends_suspension_of_an_internal_party_whose_debt_may_be_given_up()
    {
        var story = await Story.BeginAsync(app);
        var customer = await SuspendableAsync(story);
        await story.InvoiceAsync(customer, 35);
        var duplicate = await story.CustomerAsync("duplicate@globex.example");
        await story.ChangeAsync(duplicate, 2, [], customer);
        await HoldAsync(story, customer, "internal-party");
        await HoldAsync(story, duplicate, "bankruptcy");

        await ShouldBeLeftAloneAsync(await RecommendAsync(story, customer, "suspend"));
        await ShouldBeLeftAloneAsync(await RecommendAsync(story, customer, "terminate"));
        (await Story.ReadAsync<RecommendationView>(
            await RecommendAsync(story, customer, "write-off"), HttpStatusCode.Created))
            .Evidence.Reasons.ShouldContain("The customer is bankrupt.", "so is the company, whoever of it is");
    }

    [Fact]
    public async Task d56_what_waited_is_not_carried_out_under_a_hold_of_the_duplicate_and_is_after_it()
    {
        var story = await Story.BeginAsync(app);
        await story.JudgedAsync("suspension");
        var customer = await SuspendableAsync(story);
        var duplicate = await story.CustomerAsync("duplicate@globex.example");
        await story.ChangeAsync(duplicate, 2, [], customer);
        await story.InvoiceAsync(customer, 35);
        var made = await Story.ReadAsync<RecommendationView>(
            await RecommendAsync(story, customer, "suspend"), HttpStatusCode.Accepted);
        var hold = await HoldAsync(story, duplicate, "legal-hold");

        await ShouldBeLeftAloneAsync(await ApproveAsync(made));
        var path = $"/v1/collections/recommendations/{made.Id}";
        (await story.GetAsync<RecommendationView>(path)).Status.ShouldBe(RecommendationStatus.Waiting);

        await story.PostAsync($"/v1/collections/holds/{hold.Id}/release", new { reason = "Over." });
        (await ApproveAsync(made)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await story.GetAsync<RecommendationView>(path)).Status.ShouldBe(RecommendationStatus.Approved);
    }

    /// <summary>COL-20: what the agency had before is somebody's task to take back, once for the hold.</summary>
    [Fact]
    public async Task d56_no_agency_gets_a_customer_under_cease_and_desist_and_what_one_has_is_a_task_once()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("placed@globex.example");
        var items = new[] { await story.InvoiceAsync(customer, 20), await story.InvoiceAsync(customer, 30) };
        (await PlaceAsync(story, items[0])).StatusCode.ShouldBe(HttpStatusCode.Created);
        var hold = await HoldAsync(story, customer, "cease-and-desist");
        await story.ReviewedAsync(customer);

        await ShouldBeLeftAloneAsync(await PlaceAsync(story, items[1]));
        var task = (await RecallsAsync()).ShouldHaveSingleItem();
        task.Text.ShouldContain("grip");
        await Story.ReadAsync<TaskView>(
            await story.PostAsync($"/v1/collections/tasks/{task.Id}/done", new { result = "They stop." }),
            HttpStatusCode.OK);
        await story.PayAsync(items[1], 10);
        await story.ReviewedAsync(customer);
        (await RecallsAsync()).ShouldHaveSingleItem().State.ShouldBe("done");

        await story.PostAsync($"/v1/collections/holds/{hold.Id}/release", new { reason = "Over." });
        (await PlaceAsync(story, items[1])).StatusCode.ShouldBe(HttpStatusCode.Created);

        // Nobody is to stop the agency once it may go on.
        var again = await HoldAsync(story, customer, "cease-and-desist");
        await story.ReviewedAsync(customer);
        (await RecallsAsync()).Count(one => one.State == "open").ShouldBe(2);
        await story.PostAsync($"/v1/collections/holds/{again.Id}/release", new { reason = "Over." });
        await story.ReviewedAsync(customer);
        (await RecallsAsync()).Select(one => one.State).Order(StringComparer.Ordinal)
            .ShouldBe(["cancelled", "cancelled", "done"]);

        async Task<IReadOnlyList<TaskRow>> RecallsAsync() =>
            [.. (await TasksAsync(story, customer)).Where(one => one.Kind == "other")];
    }

    /// <summary>D-57: turned off between the run and the mail, which waited for the end of the quiet hours.</summary>
    [Fact]
    public async Task d57_a_mail_that_was_put_off_does_not_go_out_once_the_customer_goes_by_no_playbook()
    {
        var story = await Story.BeginAsync(app, "America/New_York");
        await QuietAsync(story);
        var customer = await story.CustomerWithAsync(
            new Contact("Yui", "accounts-payable", "yui@globex.example", null, "Asia/Tokyo"));
        await story.InvoiceAsync(customer, 5);
        var notice = (await story.RunAsync()).Notices.ShouldHaveSingleItem().NoticeId;
        await Eventually.Becomes(
            () => story.GetAsync<NoticeView>($"/v1/collections/notices/{notice}"), one => one.PutOffUntil is not null,
            "it waits");

        await GiveNoneAsync(story, customer);
        app.Clock.Ahead += TimeSpan.FromHours(12);
        await app.Services.GetServices<IHostedService>().OfType<PutOffNotices>().Single()
            .TakeUpDueAsync(TestContext.Current.CancellationToken);

        (await story.NoticeAsync(notice, NoticeStatus.Withdrawn)).Reason.ShouldBe("no-playbook");
        story.MailsTo("yui@globex.example").ShouldBeEmpty();
    }

    /// <summary>D-57: nor is a letter posted that waits, whether a person or a rule of the policy says so.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task d57_a_letter_that_waits_is_withdrawn_once_the_customer_goes_by_no_playbook(bool byRule)
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerWithAsync(new Contact("Ana Ruiz", "accounts-payable", null, null, null));
        await story.InvoiceAsync(customer, 12);
        var notice = (await story.RunAsync()).Notices.ShouldHaveSingleItem().NoticeId;
        await story.NoticeAsync(notice, NoticeStatus.Queued);

        if (byRule)
        {
            await story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new
            {
                playbooks = new[] { new PlaybookRule("At home", new(Countries: ["US"]), CustomerPlaybooks.None) },
            });
        }
        else
        {
            await GiveNoneAsync(story, customer);
        }

        (await story.NoticeAsync(notice, NoticeStatus.Withdrawn)).Reason.ShouldBe("no-playbook");
        (await story.PostAsync($"/v1/collections/letters/{notice}/posted", new { })).StatusCode
            .ShouldBe(HttpStatusCode.Conflict);
    }

    private static Task<HttpResponseMessage> RecommendAsync(Story story, Guid customer, string kind) => story.PostAsync(
        "/v1/collections/recommendations", new { customerId = customer, kind, reason = "They do not pay." });

    private static Task<HttpResponseMessage> PlaceAsync(Story story, OpenItem item) => story.PostAsync(
        "/v1/collections/placements", new
        {
            customerId = item.CustomerId,
            agency = "grip",
            commissionPercent = 25,
            reason = "Nobody answers.",
            invoiceIds = new[] { item.InvoiceId },
        });

    private async Task<HttpResponseMessage> ApproveAsync(RecommendationView made)
    {
        using var approver = app.Approver();
        return await approver.PostAsJsonAsync($"/v1/approvals/{made.ApprovalId}/approve", new { reason = "Long due." });
    }

    private static async Task ShouldBeLeftAloneAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.Content.ReadAsStringAsync()).ShouldContain("customer-left-alone");
    }

    private Task GiveNoneAsync(Story story, Guid customer) => story.PutAsync<CustomerPlaybookView>(
        $"/v1/collections/customers/{customer}/playbook",
        new AssignPlaybook.Request(CustomerPlaybooks.None, "A contract is talked about.", app.Clock.Today.AddDays(30)));

    /// <summary>Mail goes out from 8 to 18 o'clock where the contact is.</summary>
    private static async Task QuietAsync(Story story) => await story.PutAsync<PolicyView>(
        $"/v1/collections/policies/{story.Entity}", new
        {
            contact = new Dictionary<string, object>
            {
                ["*"] = new
                {
                    caps = Array.Empty<object>(),
                    silenceDays = 0,
                    silentChannels = Array.Empty<string>(),
                    quietHours = new[]
                    {
                        new { channel = "email", from = "08:00:00", to = "18:00:00", daysOff = Array.Empty<string>() },
                    },
                    consentFor = Array.Empty<string>(),
                },
            },
        });

    private static async Task StatesAsync(Story story) => await story.PutAsync<PolicyView>(
        $"/v1/collections/policies/{story.Entity}", new
        {
            overdueStates = new[]
            {
                new
                {
                    code = "late",
                    items = 1,
                    balances = Array.Empty<object>(),
                    days = 30,
                    withHold = (string?)null,
                    withoutHold = (string?)null,
                    actions = new[] { "call", "recommend-suspension" },
                    retryDays = new[] { 0 },
                },
            },
        });

    private static async Task<Guid> SuspendableAsync(Story story)
    {
        var customer = await story.CustomerAsync("held@globex.example");
        await story.TellAsync(
            new CustomerChanged(
                customer, "CUST-1", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null, [], "active",
                null, true),
            2);
        await story.KnowsAsync($"select count(*) from customers where id = '{customer}' and may_suspend");
        return customer;
    }

    private static async Task<HoldView> HoldAsync(Story story, Guid customer, string kind) =>
        await Story.ReadAsync<HoldView>(
            await story.PostAsync("/v1/collections/holds", new { customerId = customer, kind, reason = "As told." }),
            HttpStatusCode.Created);

    private static async Task<IReadOnlyList<TaskRow>> TasksAsync(Story story, Guid customer) =>
        (await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={customer}")).Items;

    /// <summary>Calls, recommendations and retries.</summary>
    private static async Task<(long Calls, long Recommendations, long Retries)> LedToAsync(
        Story story, Guid customer) =>
        ((await TasksAsync(story, customer)).Count(task => task.Kind == "call"),
        await story.ScalarAsync<long>(
            $"select count(*) from recommendations where customer_id = '{customer}' and kind = 'suspend'"),
        await story.ScalarAsync<long>(
            $"select count(*) from mt_events where type = 'payment_retry_requested' " +
            $"and data->>'CustomerId' = '{customer}'"));
}
