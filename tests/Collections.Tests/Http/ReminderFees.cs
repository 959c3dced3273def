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

    private async Task<DunningRunView> RunAsync(Story story)
    {
        var playbook = $"fee-{Story.NewId():N}";
        using var client = app.Client();
        var defined = await client.PutAsJsonAsync(
            $"/v1/collections/playbooks/{playbook}",
            new DefinePlaybook.Request(
                "With a fee",
                [
                    new PlaybookStep(
                        "notice", 1, NoticeChannel.Email, [],
                        new Dictionary<string, Wording> { ["en"] = new("notice", "o", "c") },
                        Fees: [Money.Of(9, "USD")]),
                ]),
            Json.Wire);
        await Story.ReadAsync<PlaybookView>(defined, HttpStatusCode.Created);
        return await Story.ReadAsync<DunningRunView>(
            await story.PostAsync("/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook }),
            HttpStatusCode.Created);
    }
}
