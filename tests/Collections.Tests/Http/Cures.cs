using System.Net;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Recommendations end once what they are about is settled, and not before.</summary>
public sealed class Cures(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task service_goes_on_when_it_is_paid_and_not_because_it_was_written_off()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await SuspendableAsync(story, 2), 40);
        var suspension = await SuspendedAsync(story, item.CustomerId);

        await story.ChangeAsync(item with { Balance = Story.Usd(0) }, "written-off", 100, 2);
        await story.ReviewedAsync(item.CustomerId);
        (await GetAsync(story, suspension)).Status.ShouldBe(RecommendationStatus.CarriedOut);

        await story.ChangeAsync(item, "write-off-recovered", 100, 3);
        await story.PayAsync(item, 100, 4);
        await BecomesAsync(story, suspension, RecommendationStatus.Reversed);
    }

    [Fact]
    public async Task service_goes_on_when_all_but_a_small_balance_is_paid()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await SuspendableAsync(story, 2), 40);
        var suspension = await SuspendedAsync(story, item.CustomerId);

        await story.PayAsync(item, 99.50m);
        await story.ReviewedAsync(item.CustomerId);
        (await GetAsync(story, suspension)).Status.ShouldBe(RecommendationStatus.CarriedOut);

        await story.ChangeAsync(item with { Balance = Story.Usd(0) }, "written-off", 0.50m, 3);
        await BecomesAsync(story, suspension, RecommendationStatus.Reversed);
    }

    /// <summary>The payment before the write-off waits in a queue.</summary>
    [Fact]
    public async Task service_goes_on_where_the_small_balance_is_known_before_the_payment()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await SuspendableAsync(story, 2), 40);
        var suspension = await SuspendedAsync(story, item.CustomerId);

        await story.ChangeAsync(item with { Balance = Story.Usd(0) }, "written-off", 0.50m, 3);

        await BecomesAsync(story, suspension, RecommendationStatus.Reversed);
    }

    /// <summary>What the survivor was suspended for is the duplicate's again, and so is every word about it.</summary>
    [Fact]
    public async Task service_goes_on_with_the_next_day_where_a_merge_was_undone_before_it_was_paid()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = (await SuspendableAsync(story, 2), await story.CustomerAsync());
        var item = await story.InvoiceAsync(duplicate, 40);
        await story.ChangeAsync(duplicate, 2, [], survivor);
        await story.KnowsAsync($"select count(*) from open_items where customer_id = '{survivor}'");
        var suspension = await SuspendedAsync(story, survivor);
        await story.ChangeAsync(duplicate, 3, []);
        await story.KnowsAsync($"select count(*) from open_items where customer_id = '{duplicate}'");
        await story.AllReviewedAsync();
        await story.PayAsync(item, 100);
        await story.AllReviewedAsync();
        (await GetAsync(story, suspension)).Status.ShouldBe(RecommendationStatus.CarriedOut);

        app.Clock.Days += 1;

        await BecomesAsync(story, suspension, RecommendationStatus.Reversed);
    }

    [Fact]
    public async Task service_that_was_ended_meanwhile_does_not_go_on()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await SuspendableAsync(story, 2), 40);
        var suspension = await SuspendedAsync(story, item.CustomerId);

        await StatusAsync(story, item.CustomerId, "terminated", 4);
        await story.PayAsync(item, 100);
        await story.ReviewedAsync(item.CustomerId);

        (await GetAsync(story, suspension)).Status.ShouldBe(RecommendationStatus.CarriedOut);
    }

    /// <summary>A person let service go on, and suspends it months later for something else.</summary>
    [Fact]
    public async Task a_later_suspension_is_not_taken_back_by_the_recommendation_of_an_earlier_one()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await SuspendableAsync(story, 2), 40);
        var suspension = await SuspendedAsync(story, item.CustomerId);
        await StatusAsync(story, item.CustomerId, "suspended", 4, [suspension]);
        await StatusAsync(story, item.CustomerId, "active", 5);
        await story.PayAsync(item, 100);

        await StatusAsync(story, item.CustomerId, "suspended", 6, []);
        await story.ReviewedAsync(item.CustomerId);
        (await GetAsync(story, suspension)).Status.ShouldBe(RecommendationStatus.CarriedOut);

        // A release that knows nothing of it has written the next version: then it is not known for whom it is.
        await story.ScalarAsync<long>(
            $"with told as (update customers set version = 7 where id = '{item.CustomerId}' returning 1) " +
            "select count(*) from told");
        await story.InvoiceAsync(item.CustomerId, 1);
        await BecomesAsync(story, suspension, RecommendationStatus.Reversed);
    }

    [Fact]
    public async Task service_does_not_go_on_while_another_suspension_is_approved_for_what_is_owed()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await SuspendableAsync(story, 2), 40);
        var suspension = await SuspendedAsync(story, item.CustomerId);
        var more = await story.InvoiceAsync(item.CustomerId, 35);
        var other = await RecommendAsync(story, item.CustomerId, "suspend", HttpStatusCode.Created);

        await story.PayAsync(item, 100);
        await StatusAsync(story, item.CustomerId, "suspended", 4);
        await story.ReviewedAsync(item.CustomerId);
        (await GetAsync(story, suspension)).Status.ShouldBe(RecommendationStatus.CarriedOut);

        // An older release of Invoicing has carried the other one out and does not name it.
        await CarriedOutAsync(story, other.Id);
        await StatusAsync(story, item.CustomerId, "suspended", 5, [suspension]);
        await story.ReviewedAsync(item.CustomerId);
        (await GetAsync(story, suspension)).Status.ShouldBe(RecommendationStatus.CarriedOut);

        await story.PayAsync(more, 100);
        await BecomesAsync(story, suspension, RecommendationStatus.Reversed);
        await StatusAsync(story, item.CustomerId, "suspended", 6, [other.Id]);
        await BecomesAsync(story, other.Id, RecommendationStatus.Reversed);
    }

    /// <summary>What an earlier suspension was for was written off, and a person let service go on.</summary>
    [Fact]
    public async Task service_goes_on_though_an_earlier_suspension_was_never_paid_for()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await SuspendableAsync(story, 2), 40);
        var earlier = await SuspendedAsync(story, item.CustomerId);
        await story.ChangeAsync(item with { Balance = Story.Usd(0) }, "written-off", 100, 2);
        await StatusAsync(story, item.CustomerId, "active", 4);
        var more = await story.InvoiceAsync(item.CustomerId, 35);
        var later = await RecommendAsync(story, item.CustomerId, "suspend", HttpStatusCode.Created);
        await CarriedOutAsync(story, later.Id);
        await StatusAsync(story, item.CustomerId, "suspended", 5, [later.Id]);

        await story.PayAsync(more, 100);

        await BecomesAsync(story, later.Id, RecommendationStatus.Reversed);
        (await GetAsync(story, earlier)).Status.ShouldBe(RecommendationStatus.CarriedOut);
    }

    [Fact]
    public async Task service_goes_on_that_was_paid_for_before_its_suspension_was_answered()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await SuspendableAsync(story, 2), 40);
        var made = await RecommendAsync(story, item.CustomerId, "suspend", HttpStatusCode.Created);
        await StatusAsync(story, item.CustomerId, "suspended", 3, [made.Id]);
        await story.PayAsync(item, 100);
        await story.ReviewedAsync(item.CustomerId);

        await AnsweredAsync(story, made.Id);

        await BecomesAsync(story, made.Id, RecommendationStatus.Reversed);
    }

    /// <summary>Nothing would bring it again once the promise is broken.</summary>
    [Fact]
    public async Task one_that_waits_outlives_a_promise_and_is_withdrawn_when_its_items_are_paid()
    {
        var story = await Story.BeginAsync(app);
        await story.JudgedAsync("write-off");
        var item = await story.InvoiceAsync(await story.CustomerAsync("outlives@globex.example"), 40);
        var made = await RecommendAsync(story, item.CustomerId, "write-off", HttpStatusCode.Accepted);

        await Story.ReadAsync<PromiseView>(
            await story.PostAsync("/v1/collections/promises", new
            {
                customerId = item.CustomerId,
                amount = Story.Usd(100),
                date = app.Clock.Today.AddDays(2),
                invoiceIds = new[] { item.InvoiceId },
            }),
            HttpStatusCode.Created);
        await story.ReviewedAsync(item.CustomerId);
        (await GetAsync(story, made.Id)).Status.ShouldBe(RecommendationStatus.Waiting);

        await story.PayAsync(item, 100);
        await BecomesAsync(story, made.Id, RecommendationStatus.Withdrawn);
    }

    private async Task<Guid> SuspendableAsync(Story story, long version)
    {
        var customer = await story.CustomerAsync();
        await StatusAsync(story, customer, "active", version);
        return customer;
    }

    /// <summary>Recommended by a person, carried out by Invoicing.</summary>
    private async Task<Guid> SuspendedAsync(Story story, Guid customer)
    {
        var made = await RecommendAsync(story, customer, "suspend", HttpStatusCode.Created);
        await CarriedOutAsync(story, made.Id);
        await StatusAsync(story, customer, "suspended", 3);
        return made.Id;
    }

    private static async Task CarriedOutAsync(Story story, Guid suspension)
    {
        await AnsweredAsync(story, suspension);
        await BecomesAsync(story, suspension, RecommendationStatus.CarriedOut);
    }

    private static async Task AnsweredAsync(Story story, Guid suspension)
    {
        var requestId = await story.ScalarAsync<string>(
            $"select data->>'RequestId' from mt_events where stream_id = '{suspension}' " +
            "and type = 'recommendation_approved'");
        await story.TellAsync(
            new CollectionsRequestAnswered(
                Guid.Parse(requestId), suspension, "service-change", "carried-out", null, null, null, null), 1);
    }

    /// <summary>Without recommendations it is not said for whom service is suspended.</summary>
    private static async Task StatusAsync(
        Story story, Guid customer, string status, long version, Guid[]? suspendedFor = null)
    {
        await story.TellAsync(
            new CustomerChanged(
                customer, "CUST-1", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null, [], status,
                null, true, SuspendedFor: suspendedFor),
            version);
        await story.KnowsAsync($"select count(*) from customers where id = '{customer}' and version = {version}");
    }

    private static async Task<RecommendationView> RecommendAsync(
        Story story, Guid customer, string kind, HttpStatusCode status) => await Story.ReadAsync<RecommendationView>(
            await story.PostAsync(
                "/v1/collections/recommendations", new { customerId = customer, kind, reason = "They are gone." }),
            status);

    private static Task<RecommendationView> GetAsync(Story story, Guid id) =>
        story.GetAsync<RecommendationView>($"/v1/collections/recommendations/{id}");

    private static Task<RecommendationView> BecomesAsync(Story story, Guid id, RecommendationStatus status) =>
        Eventually.Becomes(() => GetAsync(story, id), now => now.Status == status, $"it is {status}");
}
