using System.Text;
using Npgsql;
using OrderToCash.Collections.Reviews;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Integration;

/// <summary>Messages come twice and in any order; what is known ends the same.</summary>
public sealed partial class Replicas(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task a_payment_that_comes_before_its_invoice_is_not_undone_by_it()
    {
        var story = await Story.BeginAsync(app);
        var item = story.Item(await story.CustomerAsync(), app.Clock.Today, 100, 100);

        await story.TellAsync(Story.Applied(item, Story.NewId(), 60), 2);
        await story.KnowsAsync($"select count(*) from open_items where invoice_id = '{item.InvoiceId}'");
        var late = Story.NewId();
        await story.TellAsync(Story.Issued(item), 1, late);
        await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{late}'");

        (await Balance(story, item)).ShouldBe(40);
    }

    [Fact]
    public async Task a_message_that_comes_twice_counts_once()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1);
        var (allocation, message, last) = (Story.NewId(), Story.NewId(), Story.NewId());
        var applied = Story.Applied(item, allocation, 60);

        await story.TellAsync(applied, 2, message);
        await story.TellAsync(new PaymentReversed(item.InvoiceId, allocation, Story.NewId(), Story.Usd(60),
            item.DueDate, item), 3, last);
        await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{last}'");
        await story.TellAsync(applied, 2, message);
        var marker = Story.NewId();
        await story.TellAsync(Story.Issued(story.Item(item.CustomerId, app.Clock.Today, 1, 1)), 1, marker);
        await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{marker}'");

        (await Balance(story, item)).ShouldBe(100);
        (await story.ScalarAsync<long>($"select count(*) from otc_inbox where message_id = '{message}'")).ShouldBe(1);
    }

    [Fact]
    public async Task a_changed_customer_is_known_as_it_is_now()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var changed = new CustomerChanged(
            customer, "CUST-1", story.Entity, "Renamed Inc.", null, "USD", "US", "fr", "enterprise", "EOM", null,
            [new Contact("Ana Ruiz", "accounts-payable", "ana@renamed.example", null, null)], "suspended", null, true);

        await story.TellAsync(changed, 5);
        await story.KnowsAsync($"select count(*) from customers where id = '{customer}' and name = 'Renamed Inc.'");
        var late = Story.NewId();
        await story.TellAsync(changed with { Name = "Before" }, 4, late);
        await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{late}'");

        (await story.ScalarAsync<string>($"select name || language from customers where id = '{customer}'"))
            .ShouldBe("Renamed Inc.fr");
    }

    /// <summary>While Invoicing is rolled out, the same word comes with and without the calendar.</summary>
    [Fact]
    public async Task a_calendar_that_is_known_is_not_erased_by_a_word_that_knows_none()
    {
        var story = await Story.BeginAsync(app);
        var told = new LegalEntityDefined(
            story.Entity, "Acme Inc", "USD", "US", "UTC", new CashAccounts("2400", "2410", "1090"),
            new WorkingCalendar(["friday"], [new DateOnly(2026, 12, 24)]));
        await HandledAsync(story, told);
        await HandledAsync(story, told with { Calendar = null });
        (await DaysOffAsync()).ShouldBe("friday");

        await HandledAsync(story, told with { Calendar = null }, 3);
        (await DaysOffAsync()).ShouldBe("none");

        Task<string> DaysOffAsync() => story.ScalarAsync<string>(
            $"select coalesce(days_off[1], 'none') from legal_entities where code = '{story.Entity}'");
    }

    [Fact]
    public async Task whatever_changes_an_item_says_what_it_is_afterwards()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1);
        var credited = item with { Balance = Story.Usd(70), DueDate = item.DueDate.AddDays(30) };

        await story.TellAsync(Changed(credited, "rescheduled"), 3);
        await story.KnowsAsync(
            $"select count(*) from open_items where invoice_id = '{item.InvoiceId}' and version = 3");
        var late = Story.NewId();
        await story.TellAsync(Changed(item, "credit-applied"), 2, late);
        await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{late}'");

        (await Balance(story, item)).ShouldBe(70);
        (await story.ScalarAsync<DateOnly>(
            $"select due_date from open_items where invoice_id = '{item.InvoiceId}'")).ShouldBe(credited.DueDate);

        static OpenItemsChanged Changed(OpenItem item, string kind) =>
            new(item.InvoiceId, kind, Story.Usd(30), item.DueDate, "agreed", null, [item]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task an_answer_closes_what_is_pending_whichever_comes_first(bool answerFirst)
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1);
        var allocation = Story.NewId();
        object[] messages = [story.Requested(item, allocation, 60), Story.Applied(item, allocation, 60)];

        foreach (var message in answerFirst ? messages.Reverse() : messages)
        {
            var id = Story.NewId();
            await story.TellAsync(message, 2, id);
            await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{id}'");
        }

        (await Pending(story, item)).ShouldBe(0);
        (await Balance(story, item)).ShouldBe(40);
    }

    /// <summary>I-14: what is given up beside a payment is not asked for while the payment is on its way.</summary>
    [Fact]
    public async Task the_discount_and_the_difference_of_an_allocation_are_pending_with_it()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1);

        await HandledAsync(story, story.Requested(item, Story.NewId(), 97.50m) with
        {
            Discount = Story.Usd(2),
            Difference = Story.Usd(0.50m),
        });

        (await Pending(story, item)).ShouldBe(100);
    }

    [Fact]
    public async Task a_refused_allocation_is_no_longer_pending_and_a_confirmed_one_is_until_the_balance_falls()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 1);
        var (refused, confirmed) = (Story.NewId(), Story.NewId());
        await HandledAsync(story, story.Requested(item, refused, 30));
        await HandledAsync(story, story.Requested(item, confirmed, 60));
        (await Pending(story, item)).ShouldBe(90);

        await HandledAsync(story, new PaymentApplicationRejected(
            item.InvoiceId, 1, refused, Story.NewId(), Story.Usd(30), "exceeds-balance", "It is too much."));
        await HandledAsync(story, new AllocationConfirmed(
            Story.NewId(), confirmed, item.InvoiceId, 1, Story.Usd(60), Story.Cash(item.CustomerId, 0)));

        (await Pending(story, item)).ShouldBe(60);
        await HandledAsync(story, Story.Applied(item, confirmed, 60));
        (await Pending(story, item)).ShouldBe(0);
    }

    /// <summary>
    /// I-14: what a pending payment is to pay is not asked for until that ends, whichever word of it comes first; its
    /// money is no cash and lowers no balance.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task i14_what_a_pending_payment_is_to_pay_is_held_back_until_it_ends(bool endComesFirst)
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var (first, second) = (await story.InvoiceAsync(customer, 1), await story.InvoiceAsync(customer, 2));
        var (payment, today) = (Story.NewId(), app.Clock.Today);
        PendingPaymentItem[] items =
        [
            new(Story.NewId(), first.InvoiceId, 1, first.InvoiceNumber, Story.Usd(100)),
            new(Story.NewId(), second.InvoiceId, 1, second.InvoiceNumber, Story.Usd(30)),
        ];
        var recorded = new PendingPaymentRecorded(
            payment, story.Entity, "ach", "initiated", customer, Story.Usd(130), today, today.AddDays(10), items);
        var ended = new PendingPaymentEnded(
            payment, story.Entity, "failed", customer, Story.Usd(130), null, items);

        if (!endComesFirst)
        {
            await HandledAsync(story, recorded, 1);
            (await Pending(story, first), await Pending(story, second)).ShouldBe((100, 30));
            (await Balance(story, first)).ShouldBe(100);
        }

        await HandledAsync(story, ended);
        if (endComesFirst)
            await HandledAsync(story, recorded, 1);
        (await Pending(story, first), await Pending(story, second)).ShouldBe((0, 0));
        (await story.ScalarAsync<long>($"select count(*) from receipts where customer_id = '{customer}'")).ShouldBe(0);
    }

    [Fact]
    public async Task unapplied_cash_follows_the_newest_word_about_a_receipt()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var receipt = Story.NewId();

        await HandledAsync(story, new ReceiptIdentified(receipt, story.Entity, customer, Story.Cash(customer, 70)), 3);
        await HandledAsync(story, new ReceiptRecorded(
            receipt, "RCT", story.Entity, "wire", null, app.Clock.Today, app.Clock.Today, null, null,
            Story.Cash(null, 1000)), 1);
        (await Unapplied()).ShouldBe(70);
        await HandledAsync(story, new ReceiptReversed(
            receipt, story.Entity, "nsf", "R01", app.Clock.Today, Story.Cash(customer, 0)), 4);
        (await Unapplied()).ShouldBe(0);

        Task<decimal> Unapplied() =>
            story.ScalarAsync<decimal>(
                $"select unapplied from receipts where id = '{receipt}' and customer_id = '{customer}'");
    }

    [Fact]
    public async Task a_message_with_fields_missing_goes_to_the_error_queue_and_stops_nobody()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();

        var body = Encoding.UTF8.GetBytes($$"""{"invoiceId":"{{Story.NewId()}}"}""");
        await story.TellAsync(typeof(InvoiceIssued), body, 1);
        await story.InvoiceAsync(customer, 1);

        await Eventually.Passes(async () =>
        {
            var channel = await app.Broker.PublishChannelAsync(CancellationToken.None);
            (await channel.QueueDeclarePassiveAsync("collections-open-items_error")).MessageCount.ShouldBe(1u);
        });
    }

    [Fact]
    public async Task news_of_a_customer_do_not_wait_for_each_other_and_are_looked_at_after_each()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await using var slow = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, slow);
        batch.BatchCommands.Add(ReviewQueue.Request(app.Clock.GetUtcNow(), customer));
        await batch.ExecuteNonQueryAsync();

        await story.InvoiceAsync(customer, 10);
        (await story.WorklistAsync()).Items.Single().Overdue.Amount.ShouldBe(100);
        await using var paid = new NpgsqlCommand(
            $"update open_items set balance = 40 where customer_id = '{customer}'", connection, slow);
        await paid.ExecuteNonQueryAsync();
        await slow.CommitAsync();

        (await story.WorklistAsync()).Items.Single().Overdue.Amount.ShouldBe(40);
    }

    /// <summary>A rule's hold has one identifier, however often it is placed.</summary>
    [Fact]
    public async Task a_credit_hold_that_is_placed_again_holds_again_whichever_word_comes_last()
    {
        var story = await Story.BeginAsync(app);
        var (customer, hold) = (await story.CustomerAsync(), Story.NewId());
        var placed = new CreditHoldPlaced(customer, hold, "past-due", "Late.", true, null);
        var released = new CreditHoldReleased(customer, hold, "past-due", "Paid.");
        await story.InvoiceAsync(customer, 10);

        await HandledAsync(story, released, 3);
        await HandledAsync(story, placed, 2);
        (await IsHeldAsync()).ShouldBeFalse();
        await HandledAsync(story, placed, 4);
        (await IsHeldAsync()).ShouldBeTrue();
        await HandledAsync(story, released, 3);
        (await IsHeldAsync()).ShouldBeTrue();
        await HandledAsync(story, released, 5);
        (await IsHeldAsync()).ShouldBeFalse();

        async Task<bool> IsHeldAsync() => (await story.WorklistAsync()).Items.ShouldHaveSingleItem().Reasons
            .Contains("Its orders are held by Credit.");
    }

    private static async Task HandledAsync(Story story, object message, long version = 2)
    {
        var id = Story.NewId();
        await story.TellAsync(message, version, id);
        await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{id}'");
    }

    private static Task<decimal> Balance(Story story, OpenItem item) =>
        story.ScalarAsync<decimal>($"select balance from open_items where invoice_id = '{item.InvoiceId}'");

    private static Task<decimal> Pending(Story story, OpenItem item) => story.ScalarAsync<decimal>(
        $"select coalesce(sum(amount), 0) from pending_allocations where open and invoice_id = '{item.InvoiceId}'");
}
