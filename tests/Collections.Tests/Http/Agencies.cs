using System.Net;
using OrderToCash.Collections.Placements;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>COL-20: what an agency earns its commission on.</summary>
public sealed class Agencies(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Path = "/v1/collections/placements";

    [Fact]
    public async Task money_that_the_bank_had_before_the_hand_over_earns_nothing()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 20);
        var placed = await PlaceAsync(story, item.CustomerId);

        await PayAsync(story, item, 30, 2, app.Clock.Today.AddDays(-1));
        await PayAsync(story, item with { Balance = Story.Usd(70) }, 40, 3, app.Clock.Today);

        (await ReceivedAsync(story, placed, 40)).Commission.Amount.ShouldBe(10);
    }

    [Fact]
    public async Task money_of_its_time_that_is_booked_after_it_was_taken_back_earns_and_what_came_later_does_not()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 20);
        var placed = await PlaceAsync(story, item.CustomerId);
        var last = app.Clock.Today;
        await Story.ReadAsync<PlacementView>(
            await story.PostAsync($"/v1/collections/placements/{placed}/recall", new { reason = "Too slow." }),
            HttpStatusCode.OK);
        app.Clock.Days += 3;

        await PayAsync(story, item, 20, 2, last);
        await PayAsync(story, item with { Balance = Story.Usd(80) }, 50, 3, app.Clock.Today);

        var now = await ReceivedAsync(story, placed, 20);
        (now.Status, now.Commission.Amount).ShouldBe((PlacementStatus.Recalled, 5));
        await story.ReviewedAsync(item.CustomerId);
        await ReceivedAsync(story, placed, 20);
    }

    [Fact]
    public async Task money_that_is_taken_back_after_all_was_settled_earns_nothing_in_the_end()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 20);
        var placed = await PlaceAsync(story, item.CustomerId);
        var paid = await PayAsync(story, item, 100, 2, app.Clock.Today);
        (await ReceivedAsync(story, placed, 100)).Status.ShouldBe(PlacementStatus.Closed);

        await story.TellAsync(
            new PaymentReversed(
                item.InvoiceId, paid.AllocationId, paid.ReceiptId, paid.Amount, app.Clock.Today, item), 3);

        (await ReceivedAsync(story, placed, 0)).Commission.Amount.ShouldBe(0);
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Amount.Amount.ShouldBe(100);
    }

    /// <summary>What the agency has is the duplicate's again, and so is every word about it.</summary>
    [Fact]
    public async Task money_for_what_was_handed_over_before_a_merge_was_undone_earns_with_the_next_day()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = (await story.CustomerAsync(), await story.CustomerAsync());
        var item = await story.InvoiceAsync(duplicate, 20);
        await story.ChangeAsync(duplicate, 2, [], survivor);
        await story.KnowsAsync($"select count(*) from open_items where customer_id = '{survivor}'");
        var placed = await PlaceAsync(story, survivor);
        await story.ChangeAsync(duplicate, 3, []);
        await story.KnowsAsync($"select count(*) from open_items where customer_id = '{duplicate}'");
        await story.AllReviewedAsync();
        var paid = await PayAsync(story, item, 100, 2, app.Clock.Today);
        await story.AllReviewedAsync();

        app.Clock.Days += 1;

        (await ReceivedAsync(story, placed, 100)).Status.ShouldBe(PlacementStatus.Closed);
        await story.TellAsync(
            new PaymentReversed(
                item.InvoiceId, paid.AllocationId, paid.ReceiptId, paid.Amount, app.Clock.Today, item), 3);
        await story.KnowsAsync($"select count(*) from settlements where id = '{paid.AllocationId}' and reversed");
        await story.AllReviewedAsync();

        app.Clock.Days += 1;

        (await ReceivedAsync(story, placed, 0)).Commission.Amount.ShouldBe(0);
    }

    [Fact]
    public async Task who_owes_in_another_currency_only_is_handed_over_with_that()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        await story.InvoiceAsync(customer, 20, currency: "EUR");

        var refused = await story.PostAsync(Path, Wish(customer, null));

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("other-currency");
        (await Story.ReadAsync<PlacementView>(
            await story.PostAsync(Path, Wish(customer, "EUR")), HttpStatusCode.Created))
            .Amount.ToString().ShouldBe("100.00 EUR");
    }

    private static object Wish(Guid customer, string? currency) => new
    {
        customerId = customer,
        agency = "grip",
        commissionPercent = 25,
        reason = "Nobody answers.",
        currency,
    };

    private static async Task<Guid> PlaceAsync(Story story, Guid customer) => (await Story.ReadAsync<PlacementView>(
        await story.PostAsync(Path, Wish(customer, null)), HttpStatusCode.Created)).Id;

    private async Task<PaymentApplied> PayAsync(
        Story story, OpenItem item, decimal amount, long version, DateOnly valueDate)
    {
        var paid = Story.Applied(item, Story.NewId(), amount) with
        {
            ValueDate = valueDate,
            PostingDate = app.Clock.Today,
        };
        await story.TellAsync(paid, version);
        await story.KnowsAsync($"select count(*) from settlements where id = '{paid.AllocationId}'");
        return paid;
    }

    private static Task<PlacementView> ReceivedAsync(Story story, Guid placement, decimal amount) =>
        Eventually.Becomes(
            () => story.GetAsync<PlacementView>($"/v1/collections/placements/{placement}"),
            now => now.Received.Amount == amount, $"{amount} has come");
}
