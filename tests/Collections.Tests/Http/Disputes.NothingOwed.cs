using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>A dispute ends where nothing is owed any more of what it is about.</summary>
public sealed partial class Disputes
{
    /// <summary>The payment before the write-off waits in a queue: both together are no write-off.</summary>
    [Fact]
    public async Task one_of_which_some_was_paid_stays_where_the_write_off_is_known_before_the_payment()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var (item, other) = (await story.InvoiceAsync(customer, 1), await story.InvoiceAsync(customer, 1));
        var (open, gone) = (await OpenAsync(story, item, 80), await OpenAsync(story, other, 70));

        await story.ChangeAsync(item with { Balance = Story.Usd(0) }, "written-off", 70, 3);
        await story.ChangeAsync(other with { Balance = Story.Usd(0) }, "written-off", 70, 3);
        await BecomesAsync(story, gone, DisputeStatus.Withdrawn);
        await story.AllReviewedAsync();

        (await story.GetAsync<DisputeView>($"{Path}/{open.Id}")).Status.ShouldBe(DisputeStatus.Open);
        await story.TellAsync(Story.Applied(item, Story.NewId(), 30), 2);
        await story.KnowsAsync(
            $"select count(*) from item_history where invoice_id = '{item.InvoiceId}' and version = 2");
        await story.AllReviewedAsync();
        (await story.GetAsync<DisputeView>($"{Path}/{open.Id}")).Status.ShouldBe(DisputeStatus.Open);
    }

    /// <summary>Invoicing marks it on the item that it has just written off; its words may come in any order.</summary>
    [Fact]
    public async Task one_that_was_marked_on_its_item_after_the_write_off_is_closed()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1);
        var (gone, none) = (await OpenAsync(story, item, 70), item with { Balance = Story.Usd(0) });

        await story.ChangeAsync(none, "dispute-marked", 70, 4);
        await story.TellAsync(
            new OpenItemsChanged(
                item.InvoiceId, "written-off", Story.Usd(100), app.Clock.Today, "lost", Story.NewId(), [none]), 3);

        (await BecomesAsync(story, gone, DisputeStatus.Withdrawn)).Disputed.Amount.ShouldBe(0);
    }

    /// <summary>A word about an invoice may follow that it is void.</summary>
    [Fact]
    public async Task one_of_a_void_invoice_is_closed()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var (item, other) = (await story.InvoiceAsync(customer, 1), await story.InvoiceAsync(customer, 1));
        var (gone, kept) = (await OpenAsync(story, item, 70), await OpenAsync(story, other, 70));
        var none = item with { Balance = Story.Usd(0) };

        await story.TellAsync(new InvoiceVoided(item.InvoiceId, "Billed twice.", app.Clock.Today, [none]), 3);
        await story.ChangeAsync(none, "dispute-marked", 70, 4);

        (await BecomesAsync(story, gone, DisputeStatus.Withdrawn)).Disputed.Amount.ShouldBe(0);
        using var client = app.Client();
        (await client.GetStringAsync($"{Path}/{gone.Id}/history")).ShouldContain("the invoice is void");
        await story.AllReviewedAsync();
        (await story.GetAsync<DisputeView>($"{Path}/{kept.Id}")).Status.ShouldBe(DisputeStatus.Open);
    }
}
