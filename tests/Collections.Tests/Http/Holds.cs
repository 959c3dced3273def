using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

public sealed class Holds(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Path = "/v1/collections/holds";

    /// <summary>D-52: with one customer and one item that is held, exactly that is held and nothing else.</summary>
    [Fact]
    public async Task d52_a_single_item_is_held_and_lifted_at_its_boundary()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("single@globex.example"), 1);
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem();

        var hold = await PlaceAsync(story, new
        {
            customerId = item.CustomerId,
            kind = "dunning-block",
            invoiceId = item.InvoiceId,
            until = app.Clock.Today,
            reason = "Payment announced.",
        });
        (await story.PreviewAsync()).Notices.ShouldBeEmpty();
        app.Clock.Days++;

        await Eventually.Becomes(
            () => story.GetAsync<HoldView>($"{Path}/{hold.Id}"), now => now.Status == HoldStatus.Expired,
            "it is lifted by itself");
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Items.ShouldHaveSingleItem()
            .InvoiceId.ShouldBe(item.InvoiceId);
    }

    [Fact]
    public async Task part_of_an_item_is_held_and_the_rest_is_asked_for()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("part@globex.example"), 1, 100);

        await PlaceAsync(story, new
        {
            customerId = item.CustomerId,
            kind = "dunning-block",
            invoiceId = item.InvoiceId,
            installment = 1,
            amount = Story.Usd(60),
            releasers = new[] { "ana" },
            reason = "Freight in question.",
        });

        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Amount.Amount.ShouldBe(40);
        var other = await story.PostAsync(Path, new
        {
            customerId = item.CustomerId,
            kind = "dunning-block",
            invoiceId = item.InvoiceId,
            installment = 1,
            amount = new { amount = "5", currency = "JPY" },
            releasers = new[] { "ana" },
            reason = "Freight in question.",
        });
        (await other.Content.ReadAsStringAsync()).ShouldContain("hold-currency");
    }

    /// <summary>D-56: what stands for nobody is not written to, either.</summary>
    [Theory]
    [InlineData("legal-hold")]
    [InlineData("do-not-contact")]
    [InlineData("cease-and-desist")]
    [InlineData("bankruptcy")]
    [InlineData("internal-party")]
    [InlineData("dunning-block")]
    public async Task d56_a_customer_on_hold_is_listed_with_the_reason_and_gets_nothing(string kind)
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync($"{kind}@globex.example"), 1);

        await PlaceAsync(story, new
        {
            customerId = item.CustomerId,
            kind,
            reason = "As told.",
            until = app.Clock.Today.AddDays(5),
        });

        (await story.RunAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe(kind);
        story.MailsTo($"{kind}@globex.example").ShouldBeEmpty();
    }

    [Fact]
    public async Task it_is_released_by_who_is_named_and_by_nobody_else()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1);
        var hold = await PlaceAsync(story, new
        {
            customerId = item.CustomerId,
            kind = "dunning-block",
            reason = "Management says so.",
            releasers = new[] { "the-boss" },
        });

        var refused = await story.PostAsync($"{Path}/{hold.Id}/release", new { reason = "Enough." });

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("not-a-releaser");
        var active = await story.GetAsync<Page<HoldRow>>($"{Path}?customerId={item.CustomerId}&status=active");
        active.Items.ShouldHaveSingleItem().Releasers.ShouldBe(["the-boss"]);
        (await story.GetAsync<Page<HistoryItem>>($"{Path}/{hold.Id}/history")).Items.ShouldHaveSingleItem()
            .Reason.ShouldBe("Management says so.");
    }

    /// <summary>B-07: that a lawsuit is over is not said by whoever collects.</summary>
    [Fact]
    public async Task a_matter_of_law_nobody_is_named_for_is_released_by_who_runs_the_system()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var hold = await PlaceAsync(
            story, new { customerId = customer, kind = "legal-hold", reason = "Lawsuit." });
        using var collector = app.Client("collections:read collections:write");

        var refused = await collector.PostAsJsonAsync($"{Path}/{hold.Id}/release", new { reason = "Enough." });

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("not-a-releaser");
        (await Story.ReadAsync<HoldView>(
            await story.PostAsync($"{Path}/{hold.Id}/release", new { reason = "Settled." }), HttpStatusCode.OK))
            .Status.ShouldBe(HoldStatus.Released);
    }

    /// <summary>A hold that names a role of no name would be released by nobody.</summary>
    [Theory]
    [InlineData("role:")]
    [InlineData("role: ")]
    public async Task a_role_has_a_name(string releaser)
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("role@globex.example");

        var refused = await story.PostAsync(
            Path,
            new { customerId = customer, kind = "legal-hold", reason = "Lawsuit.", releasers = new[] { releaser } });

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("/releasers");
    }

    private static async Task<HoldView> PlaceAsync(Story story, object body) =>
        await Story.ReadAsync<HoldView>(await story.PostAsync(Path, body), HttpStatusCode.Created);
}
