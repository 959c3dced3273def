using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>A fee from the contract's clause at Invoicing to the debit memo that it is charged with.</summary>
public sealed class ReminderFees(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task a_notice_names_its_fee_and_shows_what_it_was_charged_with()
    {
        var story = await Story.BeginAsync(app);
        var customer = await AllowingAsync(story, 4, "fee@globex.example");
        var without = await AllowingAsync(story, null, "free@globex.example");
        await story.InvoiceAsync(customer, 5);
        await story.InvoiceAsync(without, 5);

        var run = await RunAsync(story);

        run.Notices.ToDictionary(notice => notice.CustomerId, notice => notice.Fee?.Amount).ShouldBe(
            new Dictionary<Guid, decimal?> { [customer] = 4, [without] = null }, ignoreOrder: true);
        var id = run.Notices.Single(notice => notice.CustomerId == customer).NoticeId!.Value;
        var sent = await story.NoticeAsync(id, NoticeStatus.Sent);
        (sent.Fee, sent.Amount.Amount).ShouldBe((Money.Of(4, "USD"), 100m));
        story.MailsTo("fee@globex.example").ShouldHaveSingleItem().Text.ShouldContain("a fee of 4.00");
        var answer = new CollectionsRequestAnswered(
            ReminderFeeStream.RequestId(id), id, "late-fee", "carried-out", null, null, Story.NewId(), "DM-1");
        await story.TellAsync(answer, 1);
        await story.TellAsync(answer, 1);
        var row = await Eventually.Becomes(
            () => RowAsync(story, customer), row => row.FeeDocument is not null, "the fee is charged");
        (row.FeeDocument, row.FeeDocumentId, row.Fee).ShouldBe(("DM-1", answer.DocumentId, Money.Of(4, "USD")));
        var single = await story.GetAsync<NoticeView>($"/v1/collections/notices/{id}");
        (single.FeeDocument, single.FeeDocumentId).ShouldBe(("DM-1", answer.DocumentId));
        var page = await story.GetAsync<Page<RunNoticeView>>($"/v1/collections/dunning-runs/{run.Id}/notices");
        page.Items.ToDictionary(notice => notice.CustomerId, notice => notice.FeeDocument).ShouldBe(
            new Dictionary<Guid, string?> { [customer] = "DM-1", [without] = null }, ignoreOrder: true);
    }

    [Fact]
    public async Task what_replaces_a_notice_that_came_back_costs_nothing_more_and_a_refusal_is_shown()
    {
        var story = await Story.BeginAsync(app);
        var customer = await AllowingAsync(story, 4, "left@globex.example", "stays@globex.example");
        await story.InvoiceAsync(customer, 5);
        var first = (await RunAsync(story)).Notices.ShouldHaveSingleItem();
        first.Fee.ShouldBe(Money.Of(4, "USD"));
        await story.NoticeAsync(first.NoticeId, NoticeStatus.Sent);

        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync(
                $"/v1/collections/customers/{customer}/failed-addresses",
                new { address = "left@globex.example", detail = "5.1.1", noticeId = first.NoticeId }),
            HttpStatusCode.OK);
        var second = (await RunAsync(story)).Notices.ShouldHaveSingleItem();

        second.Fee.ShouldBeNull();
        await story.NoticeAsync(second.NoticeId, NoticeStatus.Sent);
        story.MailsTo("stays@globex.example").ShouldHaveSingleItem().Text.ShouldNotContain("a fee of");
        var id = first.NoticeId!.Value;
        await story.TellAsync(
            new CollectionsRequestAnswered(
                ReminderFeeStream.RequestId(id), id, "late-fee", "refused", "no-reminder-fee", "None.", null, null), 1);
        (await Eventually.Becomes(
            () => RowAsync(story, customer), row => row.FeeRefusal is not null, "the fee is refused"))
            .FeeRefusal.ShouldBe("no-reminder-fee");
        (await story.GetAsync<NoticeView>($"/v1/collections/notices/{id}")).FeeRefusal.ShouldBe("no-reminder-fee");
    }

    [Fact]
    public async Task what_fails_or_is_withdrawn_costs_nothing_and_its_step_costs_once_when_it_goes_out()
    {
        var story = await Story.BeginAsync(app);
        var customer = await AllowingAsync(story, 4, "nobody@globex.example", "somebody@globex.example");
        var item = await story.InvoiceAsync(customer, 5);
        app.Mail.Refuse = to =>
            to.StartsWith("nobody@", StringComparison.Ordinal) ? "550 5.1.1 No such mailbox" : null;

        var failed = (await RunAsync(story)).Notices.ShouldHaveSingleItem();

        failed.Fee.ShouldBe(Money.Of(4, "USD"));
        await story.NoticeAsync(failed.NoticeId, NoticeStatus.Failed);
        (await AskedAsync(story, customer), await ChargedAsync(story, item)).ShouldBe((0, 0));
        app.Mail.Refuse = null;
        await app.StopMailAsync();
        var withdrawn = (await RunAsync(story)).Notices.ShouldHaveSingleItem();
        await story.PayAsync(item, 30);
        await story.NoticeAsync(withdrawn.NoticeId, NoticeStatus.Withdrawn);
        (await AskedAsync(story, customer), await ChargedAsync(story, item)).ShouldBe((0, 0));
        app.StartMail();

        var sent = (await RunAsync(story)).Notices.ShouldHaveSingleItem();

        sent.Fee.ShouldBe(Money.Of(4, "USD"));
        await story.NoticeAsync(sent.NoticeId, NoticeStatus.Sent);
        (await AskedAsync(story, customer), await ChargedAsync(story, item)).ShouldBe((1, 1));
        app.Clock.Days += 30;
        (await RunAsync(story)).Notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_step_costs_once_under_two_instances_and_after_its_table_was_built_anew()
    {
        var story = await Story.BeginAsync(app);
        var customer = await AllowingAsync(story, 4, "wrong@globex.example", "right@globex.example");
        var item = await story.InvoiceAsync(customer, 5);
        await using var second = app.Another();
        var playbook = await DefineAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(at => StartAsync(at % 2 == 0)));

        await Eventually.BecomesTrue(
            async () => await AskedAsync(story, customer) == 1, "the notice went out with its fee");
        var id = await story.ScalarAsync<Guid>($"select id from notices where customer_id = '{customer}'");
        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync(
                $"/v1/collections/customers/{customer}/failed-addresses",
                new { address = "wrong@globex.example", detail = "5.1.1", noticeId = id }),
            HttpStatusCode.OK);
        foreach (var model in new[] { "reminder_fees", "notices" })
            (await story.PostAsync($"/admin/projections/{model}/rebuild", new { })).EnsureSuccessStatusCode();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(at => StartAsync(at % 2 == 0)));

        (await story.NoticeAsync(id, NoticeStatus.Sent)).Fee.ShouldBeNull();
        (await AskedAsync(story, customer), await ChargedAsync(story, item)).ShouldBe((1, 1));
        story.MailsTo("right@globex.example").ShouldHaveSingleItem().Text.ShouldNotContain("a fee of");

        // Another one may be under way, or has seen to all; both are the same to the customer.
        async Task StartAsync(bool here)
        {
            using var client = here ? app.Client() : app.Client(second);
            var answer = await client.PostAsJsonAsync(
                "/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook });
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.Conflict);
        }
    }

    /// <summary>Written anew on the same day, at a harder step: the one notice of the day was charged.</summary>
    [Fact]
    public async Task the_notice_of_a_day_names_no_second_fee()
    {
        var story = await Story.BeginAsync(app);
        var customer = await AllowingAsync(story, 4, "one-a-day@globex.example", "other-day@globex.example");
        await story.InvoiceAsync(customer, 5);
        var first = (await RunAsync(story, "notice")).Notices.ShouldHaveSingleItem();
        await story.NoticeAsync(first.NoticeId, NoticeStatus.Sent);
        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync(
                $"/v1/collections/customers/{customer}/failed-addresses",
                new { address = "one-a-day@globex.example", detail = "5.1.1", noticeId = first.NoticeId }),
            HttpStatusCode.OK);

        var harder = (await RunAsync(story, "last-warning")).Notices.ShouldHaveSingleItem();

        (harder.NoticeId, harder.Step, harder.Fee).ShouldBe((first.NoticeId, "last-warning", null));
        await story.NoticeAsync(harder.NoticeId, NoticeStatus.Sent);
        (await AskedAsync(story, customer)).ShouldBe(1);
    }

    [Fact]
    public async Task one_notice_to_customers_that_were_merged_costs_one_fee_by_the_clause_of_the_surviving_one()
    {
        var story = await Story.BeginAsync(app);
        var survivor = await AllowingAsync(story, 4, "one-fee@globex.example");
        var duplicate = await AllowingAsync(story, 7, "dup-fee@globex.example");
        await story.InvoiceAsync(survivor, 5, 70);
        var moved = await story.InvoiceAsync(duplicate, 5, 30);
        await story.ChangeAsync(duplicate, 3, [], survivor);
        await story.KnowsAsync(
            "select count(*) from open_items " +
            $"where invoice_id = '{moved.InvoiceId}' and customer_id = '{survivor}'");

        var notice = (await RunAsync(story)).Notices.ShouldHaveSingleItem();

        (notice.CustomerId, notice.Items.Count, notice.Fee).ShouldBe((survivor, 2, Money.Of(4, "USD")));
        await story.NoticeAsync(notice.NoticeId, NoticeStatus.Sent);
        story.MailsTo("one-fee@globex.example").ShouldHaveSingleItem().Text.ShouldContain("a fee of 4.00");
        story.MailsTo("dup-fee@globex.example").ShouldBeEmpty();
    }

    private static async Task<NoticeRow> RowAsync(Story story, Guid customer) =>
        (await story.GetAsync<Page<NoticeRow>>($"/v1/collections/notices?customerId={customer}"))
            .Items.ShouldHaveSingleItem();

    private static async Task<Guid> AllowingAsync(Story story, decimal? fee, params string[] emails)
    {
        var id = Story.NewId();
        await story.TellAsync(
            new CustomerChanged(
                id, $"CUST-{id:N}", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null,
                [.. emails.Select(email => new Contact("Bo", "accounts-payable", email, null, null))], "active", null,
                false, null, fee is { } most ? Story.Usd(most) : null), 2);
        await story.KnowsAsync($"select count(*) from customers where id = '{id}'");
        return id;
    }

    /// <summary>How often Invoicing was asked for a fee.</summary>
    private static Task<long> AskedAsync(Story story, Guid customer) => story.ScalarAsync<long>(
        $"select count(*) from mt_events where type = 'reminder_fee_asked' and data ->> 'CustomerId' = '{customer}'");

    private static Task<long> ChargedAsync(Story story, OpenItem item) => story.ScalarAsync<long>(
        $"select count(*) from charged_steps where invoice_id = '{item.InvoiceId}' and step = 'notice'");

    private async Task<DunningRunView> RunAsync(Story story, string step = "notice")
    {
        var playbook = await DefineAsync(step);
        return await Story.ReadAsync<DunningRunView>(
            await story.PostAsync("/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook }),
            HttpStatusCode.Created);
    }

    private async Task<string> DefineAsync(string step = "notice")
    {
        var playbook = $"fee-{Story.NewId():N}";
        using var client = app.Client();
        var defined = await client.PutAsJsonAsync(
            $"/v1/collections/playbooks/{playbook}",
            new DefinePlaybook.Request(
                "With a fee",
                [
                    new PlaybookStep(
                        step, step == "notice" ? 1 : 2, NoticeChannel.Email, [],
                        new Dictionary<string, Wording> { ["en"] = new(step, "o", "c") },
                        Fees: [Money.Of(9, "USD")]),
                ]),
            Json.Wire);
        await Story.ReadAsync<PlaybookView>(defined, HttpStatusCode.Created);
        return playbook;
    }
}
