using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Contracts.CashApplication.V1;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>B-04: nobody is reminded whose money is in the bank, also where that is not certain yet.</summary>
public sealed class LikelyPayers(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task who_has_likely_paid_is_not_reminded_until_it_is_known_that_somebody_else_has()
    {
        var story = await Story.BeginAsync(app);
        var likely = await story.CustomerAsync("likely@globex.example");
        var hardly = await story.CustomerAsync("hardly@globex.example");
        await story.InvoiceAsync(likely, 1);
        await story.InvoiceAsync(hardly, 1);
        var receipt = await story.ReceiveAsync(
            100, new LikelyPayer(likely, 0.60m), new LikelyPayer(hardly, 0.59m));

        var first = (await story.RunAsync()).Notices.ToDictionary(notice => notice.CustomerId);

        (first[likely].NoticeId, first[likely].BlockedBy).ShouldBe((null, "unmatched-cash-covers"));
        await story.NoticeAsync(first[hardly].NoticeId, NoticeStatus.Sent);
        await story.TellAsync(new ReceiptIdentified(receipt, story.Entity, hardly, Story.Cash(hardly, 100)), 3);
        await story.KnowsAsync($"select count(*) from receipts where customer_id = '{hardly}'");
        var next = (await story.RunAsync()).Notices.ShouldHaveSingleItem();
        next.CustomerId.ShouldBe(likely);
        await story.NoticeAsync(next.NoticeId, NoticeStatus.Sent);
    }

    [Fact]
    public async Task what_is_too_little_keeps_nobody_from_being_reminded()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("little@globex.example");
        await story.InvoiceAsync(customer, 1);
        await story.ReceiveAsync(99.99m, new LikelyPayer(customer, 0.95m));

        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBeNull();
    }

    [Fact]
    public async Task of_words_in_any_order_and_twice_the_newest_holds()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("order@globex.example");
        await story.InvoiceAsync(customer, 1);
        var receipt = await story.ReceiveAsync(100);
        var (late, twice) = (new ReceiptPayersFound(receipt, [new LikelyPayer(customer, 0.90m)]), Story.NewId());

        await story.TellAsync(late, 1, twice);
        await story.TellAsync(late, 1, twice);
        await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{twice}'");
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBeNull();

        await story.TellAsync(late, 3);
        await story.KnowsAsync($"select count(*) from likely_payers where receipt_id = '{receipt}' and version = 3");
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe("unmatched-cash-covers");
    }
}
