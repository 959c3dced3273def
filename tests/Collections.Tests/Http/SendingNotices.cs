using System.Net;
using Npgsql;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>
/// What happens between a notice that is decided and a mail that is taken. Each test has a service of its own.
/// </summary>
public sealed class SendingNotices(Servers servers) : IAsyncLifetime
{
    private readonly CollectionsApp _app = new(servers);

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task a_service_that_dies_between_deciding_and_sending_sends_when_it_is_back()
    {
        var story = await Story.BeginAsync(_app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("crash@globex.example"), 1);
        DunningRunView run;
        await using (await HoldAsync(InvoiceLock(item.InvoiceId)))
        {
            run = await story.RunAsync();
            await _app.StopAsync();
        }

        story.MailsTo("crash@globex.example").ShouldBeEmpty();
        _app.Start();

        var sent = await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Sent);
        story.MailsTo("crash@globex.example").ShouldHaveSingleItem().MessageId.ShouldBe(sent.Mail!.MessageId);
    }

    [Fact]
    public async Task a_commit_lost_after_the_mail_was_taken_repeats_the_same_message()
    {
        var story = await Story.BeginAsync(_app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("lost@globex.example"), 1);
        var beforeSending = await HoldAsync(InvoiceLock(item.InvoiceId));
        var run = await story.RunAsync();
        await using (var row = await HoldAsync(
            $"select 1 from mt_streams where id = '{run.Notices[0].NoticeId}' for update"))
        {
            // Now the mail can leave, and what was to say so in the database cannot be written.
            await beforeSending.DisposeAsync();
            await Eventually.BecomesTrue(
                () => story.MailsTo("lost@globex.example").Count == 1, "the mail server has the mail");
            await Eventually.BecomesTrue(
                async () => await story.ScalarAsync<long>(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity where " +
                    $"datname = current_database() and {row.Connection.ProcessID} = any(pg_blocking_pids(pid))") > 0,
                "the write was waiting and is cut off");
        }

        await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Sent);
        var mails = story.MailsTo("lost@globex.example");
        mails.Count.ShouldBe(2);
        mails[1].ShouldBe(mails[0]);
    }

    [Fact]
    public async Task what_is_paid_before_the_mail_leaves_is_not_asked_for()
    {
        var story = await Story.BeginAsync(_app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("paid@globex.example"), 1);
        var rest = await story.InvoiceAsync(item.CustomerId, 1, 55);
        DunningRunView run;
        await using (await HoldAsync(
            $"{InvoiceLock(item.InvoiceId)}; " +
            $"update open_items set balance = 0, version = 2 where invoice_id = '{item.InvoiceId}'"))
        {
            run = await story.RunAsync();
        }

        var withdrawn = await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Withdrawn);
        withdrawn.Reason.ShouldBe("balance-changed");
        story.MailsTo("paid@globex.example").ShouldBeEmpty();

        var again = await story.RunAsync();
        again.Notices.ShouldHaveSingleItem().Items.ShouldHaveSingleItem().InvoiceId.ShouldBe(rest.InvoiceId);
        await story.NoticeAsync(again.Notices[0].NoticeId, NoticeStatus.Sent);
        story.MailsTo("paid@globex.example").ShouldHaveSingleItem().Subject.ShouldContain("55.00 USD");
    }

    /// <summary>I-13, I-14: holds and unapplied cash count at the moment of sending, not of planning.</summary>
    [Fact]
    public async Task who_comes_under_a_hold_or_has_paid_before_the_mail_leaves_is_not_written_to()
    {
        var story = await Story.BeginAsync(_app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("blocked@globex.example"), 1);
        var legal = await story.InvoiceAsync(await story.CustomerAsync("legal@globex.example"), 1);
        var cash = await story.InvoiceAsync(await story.CustomerAsync("cash@globex.example"), 1);
        var likely = await story.InvoiceAsync(await story.CustomerAsync("likely@globex.example"), 1);
        DunningRunView run;
        await using (await HoldAsync(
            $"{InvoiceLock(item.InvoiceId)}; {InvoiceLock(legal.InvoiceId)}; {InvoiceLock(cash.InvoiceId)}; " +
            $"{InvoiceLock(likely.InvoiceId)}"))
        {
            run = await story.RunAsync();
            await story.ReceiveAsync(100, new LikelyPayer(likely.CustomerId, 0.60m));
            await PlaceAsync(story, item.CustomerId, "dunning-block");
            await PlaceAsync(story, legal.CustomerId, "legal-hold");
            await story.TellAsync(new Contracts.CashApplication.V1.ReceiptRecorded(
                Story.NewId(), "RCT-1", story.Entity, "wire", null, _app.Clock.Today, _app.Clock.Today, null, null,
                Story.Cash(cash.CustomerId, 100)), 1);
            await story.KnowsAsync($"select count(*) from receipt_shares where customer_id = '{cash.CustomerId}'");
        }

        (await ReasonAsync(item.CustomerId)).ShouldBe("dunning-block");
        (await ReasonAsync(legal.CustomerId)).ShouldBe("legal-hold");
        (await ReasonAsync(cash.CustomerId)).ShouldBe("unapplied-cash-covers");
        (await ReasonAsync(likely.CustomerId)).ShouldBe("unmatched-cash-covers");
        foreach (var name in new[] { "blocked", "legal", "cash", "likely" })
            story.MailsTo($"{name}@globex.example").ShouldBeEmpty();

        async Task<string?> ReasonAsync(Guid customer) => (await story.NoticeAsync(
            run.Notices.Single(notice => notice.CustomerId == customer).NoticeId, NoticeStatus.Withdrawn)).Reason;
    }

    [Fact]
    public async Task a_hold_waits_for_the_contact_that_is_being_made()
    {
        var story = await Story.BeginAsync(_app);
        var customer = await story.CustomerAsync();
        Task placing;
        await using (await HoldAsync(
            $"select pg_advisory_xact_lock({Ids.LockKey($"ordertocash:contact:{customer:N}")})"))
        {
            placing = PlaceAsync(story, customer, "legal-hold");
            await story.KnowsAsync(
                "select count(*) from pg_stat_activity where datname = current_database() " +
                "and wait_event_type = 'Lock' and wait_event = 'advisory'");
            (await story.ScalarAsync<long>("select count(*) from holds")).ShouldBe(0);
        }

        await placing;
        (await story.ScalarAsync<long>("select count(*) from holds")).ShouldBe(1);
    }

    /// <summary>
    /// I-14: a promise, a plan, a hand-over and money that has come wait for the mail that is on its way; whichever
    /// comes second knows of the first.
    /// </summary>
    [Fact]
    public async Task what_takes_an_item_out_of_collection_waits_for_the_mail_that_is_on_its_way()
    {
        var story = await Story.BeginAsync(_app);
        OpenItem[] items =
        [
            await story.InvoiceAsync(await story.CustomerAsync("promised@globex.example"), 1),
            await story.InvoiceAsync(await story.CustomerAsync("planned@globex.example"), 1),
            await story.InvoiceAsync(await story.CustomerAsync("placed@globex.example"), 1),
            await story.InvoiceAsync(await story.CustomerAsync("money@globex.example"), 1),
        ];
        Task<HttpResponseMessage>[] asked;
        await using (await HoldAsync(
            $"{string.Join(';', items[..3].Select(item => InvoiceLock(item.InvoiceId)))}; " +
            $"select pg_advisory_xact_lock({Ids.LockKey($"ordertocash:contact:{items[3].CustomerId:N}")})"))
        {
            asked =
            [
                story.PostAsync("/v1/collections/promises", new
                {
                    customerId = items[0].CustomerId,
                    amount = Story.Usd(100),
                    date = _app.Clock.Today.AddDays(3),
                }),
                story.PostAsync("/v1/collections/payment-plans", new
                {
                    customerId = items[1].CustomerId,
                    equal = new { count = 2, firstDueDate = _app.Clock.Today.AddDays(7) },
                }),
                story.PostAsync("/v1/collections/placements", new
                {
                    customerId = items[2].CustomerId,
                    agency = "a",
                    commissionPercent = 10,
                    reason = "They are gone.",
                }),
            ];
            await story.TellAsync(new Contracts.CashApplication.V1.ReceiptRecorded(
                Story.NewId(), "RCT-1", story.Entity, "wire", null, _app.Clock.Today, _app.Clock.Today, null, null,
                Story.Cash(items[3].CustomerId, 100)), 1);
            await Eventually.BecomesTrue(
                async () => await story.ScalarAsync<long>(
                    "select count(*) from pg_stat_activity where datname = current_database() " +
                    "and wait_event_type = 'Lock' and wait_event = 'advisory'") == 4,
                "all four wait");
            (await story.ScalarAsync<long>(
                "select (select count(*) from promises) + (select count(*) from payment_plans) + " +
                "(select count(*) from placements) + (select count(*) from receipt_shares)")).ShouldBe(0);
        }

        foreach (var answer in asked)
            (await answer).StatusCode.ShouldBe(HttpStatusCode.Created);
        await story.KnowsAsync("select count(*) from receipt_shares");
        (await story.RunAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe("unapplied-cash-covers");
    }

    /// <summary>I-14: what was promised, planned or handed over since the run is not asked for.</summary>
    [Fact]
    public async Task what_is_promised_planned_or_handed_over_before_the_mail_leaves_is_not_asked_for()
    {
        var story = await Story.BeginAsync(_app);
        var pairs = new List<OpenItem[]>();
        foreach (var name in new[] { "promised", "planned", "placed" })
        {
            var customer = await story.CustomerAsync($"{name}@globex.example");
            OpenItem[] pair = [await story.InvoiceAsync(customer, 1), await story.InvoiceAsync(customer, 1)];
            pairs.Add([.. pair.OrderBy(item => Ids.LockKey($"ordertocash:invoice:{item.InvoiceId:N}"))]);
        }

        DunningRunView run;

        // The sender takes the locks of a notice in the order of their keys: it waits for the first of each.
        await using (await HoldAsync(string.Join(';', pairs.Select(pair => InvoiceLock(pair[0].InvoiceId)))))
        {
            run = await story.RunAsync();
            (string Path, object Body)[] asked =
            [
                ("promises", new
                {
                    customerId = pairs[0][1].CustomerId,
                    amount = Story.Usd(100),
                    date = _app.Clock.Today.AddDays(3),
                    invoiceIds = new[] { pairs[0][1].InvoiceId },
                }),
                ("payment-plans", new
                {
                    customerId = pairs[1][1].CustomerId,
                    equal = new { count = 2, firstDueDate = _app.Clock.Today.AddDays(7) },
                    invoiceIds = new[] { pairs[1][1].InvoiceId },
                }),
                ("placements", new
                {
                    customerId = pairs[2][1].CustomerId,
                    agency = "a",
                    commissionPercent = 10,
                    reason = "They are gone.",
                    invoiceIds = new[] { pairs[2][1].InvoiceId },
                }),
            ];
            foreach (var (path, body) in asked)
                (await story.PostAsync($"/v1/collections/{path}", body)).StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        run.Notices.Count.ShouldBe(3);
        foreach (var notice in run.Notices)
            (await story.NoticeAsync(notice.NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("balance-changed");
        foreach (var name in new[] { "promised", "planned", "placed" })
            story.MailsTo($"{name}@globex.example").ShouldBeEmpty();
    }

    /// <summary>D-51: an address that the server does not know is a task and no dead end.</summary>
    [Fact]
    public async Task d51_a_refused_address_is_a_task_and_the_next_run_waits_until_it_is_good_again()
    {
        var story = await Story.BeginAsync(_app);
        var bad = await story.CustomerAsync("bad@globex.example");
        var good = await story.CustomerAsync("good@globex.example");
        await story.InvoiceAsync(bad, 1);
        await story.InvoiceAsync(good, 1);
        _app.Mail.Refuse = to =>
            to.StartsWith("bad@", StringComparison.Ordinal) ? "550 5.1.1 No such mailbox" : null;

        var run = await story.RunAsync();

        var failed = await story.NoticeAsync(run.Notices.Single(n => n.CustomerId == bad).NoticeId,
            NoticeStatus.Failed);
        failed.Reason.ShouldNotBeNull().ShouldContain("No such mailbox");
        await story.NoticeAsync(run.Notices.Single(n => n.CustomerId == good).NoticeId, NoticeStatus.Sent);
        var work = await story.WorklistAsync();
        work.Items.Single(row => row.CustomerId == bad).NextAction.Code.ShouldBe("resolve-failed-notice");
        work.Items.Single(row => row.CustomerId == good).NextAction.Code.ShouldBe("await-reply");

        (await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={bad}&state=open")).Items
            .ShouldHaveSingleItem().Kind.ShouldBe("repair-address");

        _app.Mail.Refuse = null;
        var dead = await story.RunAsync();
        (await story.NoticeAsync(dead.Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Withdrawn)).Reason
            .ShouldBe("address-failed");
        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync(
                $"/v1/collections/customers/{bad}/restored-addresses",
                new { address = "bad@globex.example", reason = "It was a fault of theirs." }),
            HttpStatusCode.OK);
        var again = await story.RunAsync();
        var sent = await story.NoticeAsync(again.Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        sent.Mail!.MessageId.ShouldBe(failed.Mail!.MessageId);
        var log = await story.GetAsync<Page<ActivityView>>($"/v1/collections/activities?customerId={bad}");
        log.Items.Select(entry => entry.Outcome).ShouldBe(["sent", "failed"]);
    }

    [Fact]
    public async Task days_without_a_run_are_caught_up_by_one_notice_and_the_end_is_an_end()
    {
        var story = await Story.BeginAsync(_app);
        await story.InvoiceAsync(await story.CustomerAsync("story@globex.example"), -5);
        string?[] expected = [null, null, "friendly-reminder", null, "second-notice", null, "final-notice", null, null];
        int[] days = [0, 1, 3, 4, 17, 18, 40, 41, 90];

        foreach (var (day, step) in days.Zip(expected))
        {
            _app.Clock.Days = day;
            var run = await story.RunAsync();
            run.Notices.SingleOrDefault()?.Step.ShouldBe(step);
            run.Notices.Count.ShouldBe(step is null ? 0 : 1, $"day {day}");
            if (step is not null)
                await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Sent);
        }

        // A run for a day in the past finds nothing softer to send either.
        (await story.RunAsync(_app.Clock.Today.AddDays(-80))).Notices.ShouldBeEmpty();
        story.MailsTo("story@globex.example").Count.ShouldBe(3);
    }

    private async Task PlaceAsync(Story story, Guid customer, string kind) => await Story.ReadAsync<HoldView>(
        await story.PostAsync("/v1/collections/holds", new
        {
            customerId = customer,
            kind,
            reason = "As told.",
            until = _app.Clock.Today.AddDays(5),
        }),
        HttpStatusCode.Created);

    /// <summary>The lock under which news about an invoice are written.</summary>
    private static string InvoiceLock(Guid invoice) =>
        $"select pg_advisory_xact_lock({Ids.LockKey($"ordertocash:invoice:{invoice:N}")})";

    /// <summary>Runs a statement and keeps its locks until the end, which commits.</summary>
    private async Task<Held> HoldAsync(string sql)
    {
        var connection = await _app.Database.Source.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync();
        return new Held(connection, transaction);
    }

    private sealed record Held(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.CommitAsync();
            await Connection.DisposeAsync();
        }
    }
}
