using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>COL-02, COL-17: levels by the orders that invoices share, and by stages.</summary>
public sealed class InvoiceGroups(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Runs = "/v1/collections/dunning-runs";

    [Fact]
    public async Task a_playbook_by_groups_is_shown_as_it_is_and_a_run_does_what_its_preview_shows()
    {
        var story = await Story.BeginAsync(app);
        var code = await DefineAsync(PlaybookScope.LeadingOfPurchaseOrder, PlaybookStages.Aged);
        var customer = await story.CustomerAsync("groups@globex.example");
        var old = await InvoiceAsync(story, customer, 12, "PO-1");
        var alone = await InvoiceAsync(story, customer, 11, null);
        var young = await InvoiceAsync(story, customer, 2, "PO-1");

        var preview = (await RunAsync(story, code, preview: true)).Notices.ShouldHaveSingleItem();
        var notice = (await RunAsync(story, code)).Notices.ShouldHaveSingleItem();

        notice.Items.Select(item => (item.InvoiceId, item.Step, item.Listed, item.Group)).ShouldBe(
        [
            (old.InvoiceId, "second-notice", false, "PO-1"), (young.InvoiceId, "second-notice", true, "PO-1"),
            (alone.InvoiceId, "second-notice", false, null),
        ]);
        preview.Items.ShouldBe(notice.Items);
        await story.NoticeAsync(notice.NoticeId, NoticeStatus.Sent);
        story.MailsTo("groups@globex.example").ShouldHaveSingleItem().Text
            .ShouldContain($"{young.InvoiceNumber}\n  Order: PO-1\n");
        (await RunAsync(story, code)).Notices.ShouldBeEmpty();
    }

    /// <summary>The next is the oldest of its group then, and told what it has come to itself.</summary>
    [Fact]
    public async Task a_notice_whose_leading_invoice_is_paid_is_withdrawn_and_the_next_run_goes_by_who_leads_then()
    {
        var story = await Story.BeginAsync(app);
        var code = await DefineAsync(PlaybookScope.LeadingOfOrderReference, PlaybookStages.Aged);
        var customer = await story.CustomerWithAsync();
        var old = await InvoiceAsync(story, customer, 12, null, "SO-7");
        var young = await InvoiceAsync(story, customer, 2, null, "SO-7");
        var letter = (await RunAsync(story, code)).Notices.ShouldHaveSingleItem();
        letter.Items.Select(item => item.InvoiceId).ShouldBe([old.InvoiceId, young.InvoiceId]);
        await story.NoticeAsync(letter.NoticeId, NoticeStatus.Queued);

        await story.PayAsync(old, 100);

        (await story.NoticeAsync(letter.NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("balance-changed");
        var next = (await RunAsync(story, code)).Notices.ShouldHaveSingleItem();
        next.Items.Select(item => (item.InvoiceId, item.Step, item.Listed))
            .ShouldBe([(young.InvoiceId, "first-notice", false)]);
    }

    [Fact]
    public async Task by_stages_an_old_debt_begins_with_the_first_notice_in_runs_previews_and_simulations()
    {
        var story = await Story.BeginAsync(app);
        var code = await DefineAsync(PlaybookScope.LeadingOfPurchaseOrder, PlaybookStages.Staged);
        var customer = await story.CustomerAsync("stages@globex.example");
        var old = await InvoiceAsync(story, customer, 90, "PO-1");
        await InvoiceAsync(story, customer, 80, "PO-1");

        var first = (await RunAsync(story, code)).Notices.ShouldHaveSingleItem();

        first.Step.ShouldBe("first-notice");
        await story.NoticeAsync(first.NoticeId, NoticeStatus.Sent);
        (await StepsOnAsync(8)).ShouldBeEmpty();
        (await StepsOnAsync(9)).ShouldBe([(old.InvoiceId, "second-notice"), (null, "second-notice")]);
        var played = await Story.ReadAsync<SimulationView>(
            await story.PostAsync(
                $"/v1/collections/playbooks/{code}/simulations",
                new SimulatePlaybook.Request(
                    story.Entity, Book(PlaybookScope.EveryInvoice, PlaybookStages.Aged), app.Clock.Today.AddDays(-30),
                    app.Clock.Today.AddDays(-1))),
            HttpStatusCode.OK);
        var (byGroup, byAge) = (played.Differences.ShouldHaveSingleItem().Current, played.Differences[0].Proposed);
        byGroup.Select(one => (one.Date.DayNumber - app.Clock.Today.DayNumber, one.Step, one.Items)).ShouldBe(
        [
            (-30, "first-notice", 2), (-21, "second-notice", 2), (-11, "final-notice", 2), (-10, "first-notice", 2),
            (-1, "second-notice", 2),
        ]);
        byAge.ShouldHaveSingleItem().Step.ShouldBe("final-notice");

        async Task<IEnumerable<(Guid?, string)>> StepsOnAsync(int days) =>
            (await RunAsync(story, code, preview: true, app.Clock.Today.AddDays(days))).Notices
                .SelectMany(notice => notice.Items)
                .Select(item => (item.Listed ? (Guid?)null : item.InvoiceId, item.Step));
    }

    /// <summary>A run that was missed is made later: the customer has its days to pay in all the same.</summary>
    [Fact]
    public async Task by_stages_the_days_after_a_notice_count_from_when_it_went_out_whatever_day_its_run_was_for()
    {
        var story = await Story.BeginAsync(app);
        var code = await DefineAsync(PlaybookScope.LeadingOfPurchaseOrder, PlaybookStages.Staged);
        await InvoiceAsync(story, await story.CustomerAsync("missed@globex.example"), 90, "PO-1");

        var missed = (await RunAsync(story, code, date: app.Clock.Today.AddDays(-19))).Notices.ShouldHaveSingleItem();

        missed.Step.ShouldBe("first-notice");
        await story.NoticeAsync(missed.NoticeId, NoticeStatus.Sent);
        (await NoticesOnAsync(8)).ShouldBeEmpty();
        (await NoticesOnAsync(9)).ShouldHaveSingleItem().Step.ShouldBe("second-notice");
        var played = await Story.ReadAsync<SimulationView>(
            await story.PostAsync(
                $"/v1/collections/playbooks/{code}/simulations",
                new SimulatePlaybook.Request(
                    story.Entity, Book(PlaybookScope.EveryInvoice, PlaybookStages.Aged), app.Clock.Today.AddDays(-9),
                    app.Clock.Today.AddDays(-1))),
            HttpStatusCode.OK);
        (played.Current.Notices, played.Proposed.Notices).ShouldBe((0, 1));

        async Task<IReadOnlyList<RunNoticeView>> NoticesOnAsync(int days) =>
            (await RunAsync(story, code, preview: true, app.Clock.Today.AddDays(days))).Notices;
    }

    /// <summary>By the queue of its own: in any order, and as often as it is told.</summary>
    [Fact]
    public async Task an_invoice_is_asked_for_by_groups_once_it_is_told_what_it_shares()
    {
        var story = await Story.BeginAsync(app);
        var code = await DefineAsync(PlaybookScope.LeadingOfPurchaseOrder, PlaybookStages.Aged);
        var item = await InvoiceAsync(story, await story.CustomerAsync("told@globex.example"), 12, " PO-1 ", "  ");
        (await story.ScalarAsync<string>(
            "select purchase_order || coalesce(order_reference, '!') from invoice_references " +
            $"where invoice_id = '{item.InvoiceId}'")).ShouldBe("PO-1!");
        await story.ScalarAsync<long>(
            $"with gone as (delete from invoice_references where invoice_id = '{item.InvoiceId}' returning 1) " +
            "select count(*) from gone");

        (await RunAsync(story, code, preview: true)).Notices.ShouldBeEmpty();
        await TellAsync(story, Story.Issued(item) with { PurchaseOrder = "PO-1" });

        (await RunAsync(story, code, preview: true)).Notices.ShouldHaveSingleItem().Items.ShouldHaveSingleItem()
            .Group.ShouldBe("PO-1");
    }

    private async Task<string> DefineAsync(PlaybookScope scope, PlaybookStages stages)
    {
        var code = $"groups-{Story.NewId():N}"[..20];
        var path = $"/v1/collections/playbooks/{code}";
        using var client = app.Client();
        (await client.PutAsJsonAsync(path, Book(scope, stages), Json.Wire)).StatusCode
            .ShouldBe(HttpStatusCode.Created);
        var shown = JsonNode.Parse(await client.GetStringAsync(path))!;
        (shown["scope"]!.GetValue<string>(), shown["stages"]!.GetValue<string>())
            .ShouldBe((Json.NameOf(scope), Json.NameOf(stages)));
        (await client.PutAsJsonAsync(path, shown)).Headers.ETag!.Tag.ShouldBe("\"1\"", "the same again is nothing");
        return code;
    }

    private static DefinePlaybook.Request Book(PlaybookScope scope, PlaybookStages stages) =>
        new("By groups", StandardPlaybook.Read().Steps, Scope: scope, Stages: stages);

    private async Task<OpenItem> InvoiceAsync(
        Story story, Guid customer, int daysOverdue, string? purchaseOrder, string? order = null)
    {
        var item = story.Item(customer, app.Clock.Today.AddDays(-daysOverdue), 100, 100);
        await TellAsync(
            story, Story.Issued(item) with { PurchaseOrder = purchaseOrder, OrderReference = order });
        await story.KnowsAsync($"select count(*) from open_items where invoice_id = '{item.InvoiceId}'");
        return item;
    }

    private static async Task TellAsync(Story story, InvoiceIssued issued)
    {
        await story.TellAsync(issued, 1);
        await story.KnowsAsync($"select count(*) from invoice_references where invoice_id = '{issued.InvoiceId}'");
    }

    private static async Task<DunningRunView> RunAsync(
        Story story, string playbook, bool preview = false, DateOnly? date = null) =>
        await Story.ReadAsync<DunningRunView>(
            await story.PostAsync(Runs, new { legalEntity = story.Entity, playbook, date, preview }),
            preview ? HttpStatusCode.OK : HttpStatusCode.Created);
}
