using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>COL-17: nobody is asked for more than what is left of what they have to their credit.</summary>
public sealed class CreditsInDunning(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task open_credit_memos_and_money_that_is_not_applied_are_taken_off_and_named()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("credit@globex.example");
        await story.InvoiceAsync(customer, 5, 1000);
        await CreditAsync(story, customer, 900);
        await PaidAsync(story, customer, 40);

        var notice = (await story.RunAsync()).Notices.ShouldHaveSingleItem();

        var sent = await story.NoticeAsync(notice.NoticeId, NoticeStatus.Sent);
        sent.Deductions!.Select(one => (one.Kind, one.Amount.Amount)).ShouldBe(
            [(DeductionKind.CreditMemos, 900m), (DeductionKind.UnappliedCash, 40m)]);
        var mail = story.MailsTo("credit@globex.example").ShouldHaveSingleItem();
        mail.Subject.ShouldContain("60.00 USD");
        mail.Text.ShouldContain("Please pay: 60.00 USD");
    }

    [Fact]
    public async Task who_has_all_of_it_to_their_credit_is_asked_for_nothing()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("covered@globex.example");
        await story.InvoiceAsync(customer, 5);
        await CreditAsync(story, customer, 90);
        await PaidAsync(story, customer, 10);

        (await story.RunAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe("open-credit-covers");
    }

    /// <summary>I-14: between the word of the credit memo and that of the invoice it would be neither.</summary>
    [Fact]
    public async Task i14_what_a_credit_memo_settles_is_not_asked_for_before_the_balance_says_so()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("between@globex.example");
        var item = await story.InvoiceAsync(customer, 5);
        var memo = await CreditAsync(story, customer, 30);
        var application = Story.NewId();

        await story.TellAsync(
            new CreditMemoChanged(
                memo, "applied", item.InvoiceId, Story.Usd(30), Story.Usd(0), application, item.Installment), 2);
        await story.KnowsAsync($"select count(*) from credit_memos where id = '{memo}' and version = 2");
        (await AskedAsync(story)).ShouldBe(70);
        await story.TellAsync(
            new OpenItemsChanged(
                item.InvoiceId, "credit-applied", Story.Usd(30), app.Clock.Today, "", application,
                [item with { Balance = Story.Usd(70) }]), 2);
        await story.KnowsAsync(
            $"select count(*) from open_items where invoice_id = '{item.InvoiceId}' and version = 2");
        (await AskedAsync(story)).ShouldBe(70);
    }

    /// <summary>As when the credit memos of the past are told to a service that knows their effect already.</summary>
    [Fact]
    public async Task what_has_lowered_the_balance_already_is_not_held_back()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("past@globex.example");
        var item = await story.InvoiceAsync(customer, 5);
        var memo = await CreditAsync(story, customer, 30);
        var application = Story.NewId();
        await story.TellAsync(
            new OpenItemsChanged(
                item.InvoiceId, "credit-applied", Story.Usd(30), app.Clock.Today, "", application,
                [item with { Balance = Story.Usd(70) }]), 2);
        await story.KnowsAsync($"select count(*) from settlements where id = '{application}'");
        await using (var forget = app.Database.Source.CreateCommand(
            $"delete from pending_allocations where allocation_id = '{application}'"))
        {
            await forget.ExecuteNonQueryAsync();
        }

        await story.TellAsync(
            new CreditMemoChanged(
                memo, "applied", item.InvoiceId, Story.Usd(30), Story.Usd(0), application, item.Installment), 2);

        await story.KnowsAsync($"select count(*) from credit_memos where id = '{memo}' and version = 2");
        (await AskedAsync(story)).ShouldBe(70);
    }

    [Fact]
    public async Task a_change_that_comes_before_the_credit_memo_or_twice_counts_once()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("order@globex.example");
        await story.InvoiceAsync(customer, 5);
        var (memo, refund, message) = (Story.NewId(), Story.Usd(20), Story.NewId());
        var refunded = new CreditMemoChanged(memo, "refunded", null, refund, Story.Usd(10));

        await story.TellAsync(refunded, 2, message);
        await story.KnowsAsync($"select count(*) from credit_memos where id = '{memo}'");
        (await AskedAsync(story)).ShouldBe(100);
        await IssueAsync(story, customer, memo, 30);
        await story.TellAsync(refunded, 2, message);
        await story.TellAsync(refunded, 2, Story.NewId());
        await story.KnowsAsync($"select count(*) from credit_memos where customer_id = '{customer}' and open = 10");

        (await AskedAsync(story)).ShouldBe(90);
    }

    /// <summary>As its playbook says, in the run, and when the sender looks again.</summary>
    [Fact]
    public async Task a_playbook_may_ignore_credit_memos_and_name_what_is_not_due_yet()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("ignore@globex.example");
        await story.InvoiceAsync(customer, 5);
        var coming = await story.InvoiceAsync(customer, -40, 700);
        await CreditAsync(story, customer, 900);
        var standard = await story.GetAsync<PlaybookView>("/v1/collections/playbooks/standard");
        using var client = app.Client();
        (await client.PutAsJsonAsync("/v1/collections/playbooks/ignoring", new
        {
            name = "Ignoring",
            steps = standard.Steps,
            credits = "ignored",
            includeCurrent = true,
        }, Kernel.Json.Wire)).StatusCode.ShouldBe(HttpStatusCode.Created);

        var run = await Story.ReadAsync<DunningRunView>(
            await story.PostAsync(
                "/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook = "ignoring" }),
            HttpStatusCode.Created);

        await story.NoticeAsync(run.Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        var mail = story.MailsTo("ignore@globex.example").ShouldHaveSingleItem();
        mail.Text.ShouldContain("Total due: 100.00 USD");
        mail.Text.ShouldNotContain("Please pay");
        mail.Text.ShouldContain($"{coming.InvoiceNumber}, May 11, 2026 (due in 40 days): 700.00 USD");
    }

    private static async Task<decimal> AskedAsync(Story story)
    {
        var preview = await story.PreviewAsync();
        var notice = preview.Notices.ShouldHaveSingleItem();
        notice.BlockedBy.ShouldBeNull();
        return Deduction.From(notice.Totals, notice.Deductions)[0].Amount;
    }

    private static async Task<Guid> CreditAsync(Story story, Guid customer, decimal amount)
    {
        var memo = Story.NewId();
        await IssueAsync(story, customer, memo, amount);
        await story.KnowsAsync($"select count(*) from credit_memos where customer_id = '{customer}'");
        return memo;
    }

    private static Task IssueAsync(Story story, Guid customer, Guid memo, decimal amount) => story.TellAsync(
        new CreditMemoIssued(
            memo, "CM-1", story.Entity, customer, new DateOnly(2026, 4, 1), "goodwill", null, Story.Usd(amount),
            Story.Usd(0), Story.Usd(amount)), 1);

    private static async Task PaidAsync(Story story, Guid customer, decimal amount)
    {
        await story.TellAsync(new ReceiptRecorded(
            Story.NewId(), "RCT-1", story.Entity, "wire", null, new(2026, 4, 1), new(2026, 4, 1), null, null,
            Story.Cash(customer, amount)), 1);
        await story.KnowsAsync($"select count(*) from receipt_shares where customer_id = '{customer}'");
    }
}
