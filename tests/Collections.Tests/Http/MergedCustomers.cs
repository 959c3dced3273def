using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>INV-16, I-13, I-14: customers that were merged are one company to whoever collects.</summary>
public sealed class MergedCustomers(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private static Contact Ap(string email) => new("Ana Ruiz", "accounts-payable", email, null, null);

    [Fact]
    public async Task two_customers_that_were_merged_get_one_notice_and_one_row_of_the_worklist_and_again_two()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = await TwoAsync(story, "one");
        OpenItem[] items = [await story.InvoiceAsync(survivor, 5, 70), await story.InvoiceAsync(duplicate, 5, 30)];
        (await story.PreviewAsync()).Notices.Count.ShouldBe(2);
        await story.ChangeAsync(duplicate, 2, [Ap("dup-one@globex.example")], survivor);
        await MovedAsync(story, items[1], survivor);

        var run = await story.RunAsync();
        var notice = run.Notices.ShouldHaveSingleItem();
        (notice.CustomerId, notice.Items.Count).ShouldBe((survivor, 2));
        await story.NoticeAsync(notice.NoticeId, NoticeStatus.Sent);
        story.MailsTo("one@globex.example").ShouldHaveSingleItem().Subject.ShouldContain("100.00 USD");
        story.MailsTo("dup-one@globex.example").ShouldBeEmpty();
        (await story.WorklistAsync()).Items.ShouldHaveSingleItem().CustomerId.ShouldBe(survivor);
        (await Promised(story, survivor, items)).ShouldBe(HttpStatusCode.Created);

        // Invoicing still names who was billed.
        await story.PayAsync(items[1], 10);
        await story.AllReviewedAsync();
        await MovedAsync(story, items[1], survivor);

        await story.ChangeAsync(duplicate, 3, [Ap("dup-one@globex.example")]);
        await MovedAsync(story, items[1], duplicate);
        await story.ChangeAsync(duplicate, 4, [Ap("dup-one@globex.example")], survivor);
        await MovedAsync(story, items[1], survivor);
        await story.TellAsync(
            new CustomerChanged(
                duplicate, "CUST-X", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null, [],
                "active", null, false), 3, Story.NewId());
        await story.AllReviewedAsync();
        await MovedAsync(story, items[1], survivor);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task holds_and_money_of_either_count_for_what_the_other_was_billed(bool survivors)
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = await TwoAsync(story, "either");
        var item = await story.InvoiceAsync(duplicate, 5);
        await story.ChangeAsync(duplicate, 2, [], survivor);
        await MovedAsync(story, item, survivor);
        var one = survivors ? survivor : duplicate;

        await story.TellAsync(new ReceiptRecorded(
            Story.NewId(), "RCT-1", story.Entity, "wire", null, app.Clock.Today, app.Clock.Today, null, null,
            Story.Cash(one, 100)), 1);
        await story.KnowsAsync($"select count(*) from receipt_shares where customer_id = '{one}'");
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe("unapplied-cash-covers");
        (await story.WorklistAsync()).Items.ShouldHaveSingleItem().CustomerId.ShouldBe(survivor);
        await Story.ReadAsync<HoldView>(
            await story.PostAsync(
                "/v1/collections/holds", new { customerId = one, kind = "do-not-contact", reason = "They said so." }),
            HttpStatusCode.Created);
        (await story.WorklistAsync()).Items.ShouldBeEmpty();
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe("do-not-contact");
        (await CallAsync(story, survivor)).Rule.ShouldBe("do-not-contact");
        (await CallAsync(story, duplicate)).Rule.ShouldBe("do-not-contact");
    }

    /// <summary>A hold counts for all of the company, and so does its end: none is forgotten on the worklist.</summary>
    [Fact]
    public async Task what_is_left_to_do_at_another_customer_of_the_company_is_back_when_a_hold_ends()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, held) = await TwoAsync(story, "held");
        var other = await story.CustomerWithAsync(Ap("other-held@globex.example"));
        await story.ChangeAsync(held, 2, [], survivor);
        await story.ChangeAsync(other, 2, [], survivor);
        await story.PostAsync("/v1/collections/tasks", new { customerId = other, text = "Send the statement" });
        await story.KnowsAsync($"select count(*) from worklist_customers where customer_id = '{other}'");

        var hold = await Story.ReadAsync<HoldView>(
            await story.PostAsync(
                "/v1/collections/holds", new { customerId = held, kind = "do-not-contact", reason = "They said so." }),
            HttpStatusCode.Created);
        await story.KnowsAsync($"select 1 - count(*) from worklist_customers where customer_id = '{other}'");
        await story.PostAsync($"/v1/collections/holds/{hold.Id}/release", new { reason = "Settled." });

        await story.KnowsAsync($"select count(*) from worklist_customers where customer_id = '{other}'");
    }

    /// <summary>What one of them has said is known at the moment of the answer, not of the question.</summary>
    [Fact]
    public async Task a_no_to_the_other_customer_while_somebody_asks_is_heeded()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = await TwoAsync(story, "no");
        await story.ChangeAsync(duplicate, 2, [], survivor);
        var key = Ids.LockKey($"ordertocash:contact:{survivor:N}");
        var cancellation = TestContext.Current.CancellationToken;
        await using var held = await app.Database.Source.OpenConnectionAsync(cancellation);
        await using var waiting = await held.BeginTransactionAsync(cancellation);
        await using var take = held.CreateCommand();
        take.CommandText = $"select pg_advisory_xact_lock({key})";
        await take.ExecuteNonQueryAsync(cancellation);
        var asking = story.PostAsync(
            "/v1/collections/contact-attempts",
            new { customerId = survivor, channel = "email", address = "no@globex.example" });
        await story.KnowsAsync(
            $"select count(*) from pg_locks where locktype = 'advisory' and not granted and objsubid = 1 " +
            $"and (classid::bigint << 32 | objid::bigint) = {key}");

        await app.Services.GetRequiredService<EventStore>().DecideAsync(
            ContactProfileStream.Type, ContactProfileStream.Id(duplicate), new EventMetadata("ana"),
            _ => Decision.Of(new ConsentStated(
                new ContactPoint(story.Entity, duplicate, ContactChannel.Email, "no@globex.example", null), false,
                app.Clock.Today, "mail")),
            cancellation: cancellation);
        await waiting.CommitAsync(cancellation);

        (await Story.ReadAsync<ContactAttemptView>(await asking, HttpStatusCode.Created)).Rule.ShouldBe("opted-out");
    }

    [Fact]
    public async Task caps_count_what_was_tried_at_either_and_of_two_at_once_one_gets_the_last()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = await TwoAsync(story, "cap");
        for (var call = 0; call < 3; call++)
            (await CallAsync(story, duplicate)).Allowed.ShouldBeTrue();
        await story.ChangeAsync(duplicate, 2, [], survivor);
        for (var call = 0; call < 3; call++)
            (await CallAsync(story, survivor)).Allowed.ShouldBeTrue();

        var two = await Task.WhenAll(CallAsync(story, survivor), CallAsync(story, duplicate));

        two.Count(one => one.Allowed).ShouldBe(1);
        two.Single(one => !one.Allowed).Rule.ShouldBe("contact-cap");
    }

    [Fact]
    public async Task what_came_of_an_attempt_is_logged_with_either_wherever_it_was_allowed()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = await TwoAsync(story, "attempt");
        var before = (await CallAsync(story, duplicate)).Id!.Value;
        await story.ChangeAsync(duplicate, 2, [], survivor);
        var after = (await CallAsync(story, duplicate)).Id!.Value;

        foreach (var (customerId, attemptId) in new[] { (survivor, before), (duplicate, after) })
        {
            (await story.PostAsync(
                "/v1/collections/activities",
                new { customerId, channel = "call", outcome = "no-answer", summary = "Nobody there.", attemptId }))
                .StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        for (var call = 0; call < 5; call++)
            (await CallAsync(story, survivor)).Allowed.ShouldBeTrue("each attempt counts once");
        (await CallAsync(story, duplicate)).Rule.ShouldBe("contact-cap");
    }

    [Fact]
    public async Task a_notice_to_a_customer_that_is_merged_before_it_leaves_is_not_sent()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = await TwoAsync(story, "leaving");
        var item = await story.InvoiceAsync(duplicate, 5);
        DunningRunView run;
        await using (var held = await app.Database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var waiting = await held.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var take = held.CreateCommand();
            var key = Ids.LockKey($"ordertocash:invoice:{item.InvoiceId:N}");
            take.CommandText = $"select pg_advisory_xact_lock({key})";
            await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            run = await story.RunAsync();
            await story.ChangeAsync(duplicate, 2, [Ap("dup-leaving@globex.example")], survivor);
        }

        (await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("customer-merged");
        await MovedAsync(story, item, survivor);
        await story.NoticeAsync((await story.RunAsync()).Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        story.MailsTo("dup-leaving@globex.example").ShouldBeEmpty();
        story.MailsTo("leaving@globex.example").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task what_was_paid_before_a_merge_is_the_surviving_ones_in_a_simulation_too()
    {
        var story = await Story.BeginAsync(app);
        var (survivor, duplicate) = await TwoAsync(story, "before");
        var (paid, open) = (await story.InvoiceAsync(duplicate, 10), await story.InvoiceAsync(survivor, 10));
        await story.PayAsync(paid, 100);
        await story.ChangeAsync(duplicate, 2, [], survivor);

        var played = await Story.ReadAsync<SimulationView>(
            await story.PostAsync("/v1/collections/playbooks/standard/simulations", new SimulatePlaybook.Request(
                story.Entity, new DefinePlaybook.Request("Standard", StandardPlaybook.Read().Steps),
                app.Clock.Today.AddDays(-30), app.Clock.Today.AddDays(-1))),
            HttpStatusCode.OK);

        open.CustomerId.ShouldBe(survivor);
        played.Current.Customers.ShouldBe(1);
    }

    private static async Task<(Guid Survivor, Guid Duplicate)> TwoAsync(Story story, string name) => (
        await story.CustomerWithAsync(Ap($"{name}@globex.example")),
        await story.CustomerWithAsync(Ap($"dup-{name}@globex.example")));

    private static Task MovedAsync(Story story, OpenItem item, Guid to) => story.KnowsAsync(
        $"select count(*) from open_items where invoice_id = '{item.InvoiceId}' and customer_id = '{to}'");

    private static async Task<HttpStatusCode> Promised(Story story, Guid customer, OpenItem[] items) =>
        (await story.PostAsync("/v1/collections/promises", new
        {
            customerId = customer,
            amount = Story.Usd(100),
            date = items[0].DueDate.AddDays(30),
            invoiceIds = items.Select(item => item.InvoiceId),
        })).StatusCode;

    private static async Task<ContactAttemptView> CallAsync(Story story, Guid customer) =>
        await Story.ReadAsync<ContactAttemptView>(
            await story.PostAsync(
                "/v1/collections/contact-attempts", new { customerId = customer, channel = "call" }),
            HttpStatusCode.Created);
}
