using System.Net;
using OrderToCash.Collections.Promises;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

public sealed class Promises(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Path = "/v1/collections/promises";

    [Fact]
    public async Task what_is_promised_is_not_asked_for_and_what_is_not_promised_is()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("promised@globex.example");
        var promised = await story.InvoiceAsync(customer, 5);
        var other = await story.InvoiceAsync(customer, 5);

        var promise = await PromiseAsync(story, promised, 100, 3);

        promise.Status.ShouldBe(PromiseStatus.Open);
        promise.JudgedAfter.ShouldBe(promise.Date.AddDays(3));
        promise.Items.ShouldHaveSingleItem().InvoiceId.ShouldBe(promised.InvoiceId);
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem()
            .Items.ShouldHaveSingleItem().InvoiceId.ShouldBe(other.InvoiceId);
    }

    [Fact]
    public async Task a_promise_that_is_next_to_nothing_leaves_nothing_in_peace()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("dollar@globex.example");
        await story.InvoiceAsync(customer, 5, 1000);
        var wish = new { customerId = customer, amount = Story.Usd(1), date = app.Clock.Today.AddDays(90) };

        var refused = await story.PostAsync(Path, wish);

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("promise-too-small");
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem();
        var policy = $"/v1/collections/policies/{story.Entity}";
        var promises = (await story.GetAsync<PolicyView>(policy)).Promises with { LeastPercent = 0 };
        (await story.PutAsync<PolicyView>(policy, new { promises })).Promises.LeastPercent.ShouldBe(0);
        (await story.PostAsync(Path, wish)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    /// <summary>Of a promise and a dispute at once the second is decided on what the first has left.</summary>
    [Fact]
    public async Task what_is_disputed_while_it_is_promised_is_not_promised()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5);
        await using var disputing = await app.Database.Source.OpenConnectionAsync();
        await using var transaction = await disputing.BeginTransactionAsync();
        await ExecuteAsync(
            $"select pg_advisory_xact_lock({Kernel.Ids.LockKey($"ordertocash:invoice:{item.InvoiceId:N}")})");

        var promising = story.PostAsync(Path, new
        {
            customerId = item.CustomerId,
            amount = Story.Usd(100),
            date = app.Clock.Today.AddDays(3),
            invoiceIds = new[] { item.InvoiceId },
        });
        await story.KnowsAsync(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted and objsubid = 1 " +
            $"and (classid::bigint << 32 | objid::bigint) = " +
            $"{Kernel.Ids.LockKey($"ordertocash:invoice:{item.InvoiceId:N}")}");
        await ExecuteAsync(
            "insert into pending_allocations (allocation_id, invoice_id, installment, amount, open) " +
            $"values (gen_random_uuid(), '{item.InvoiceId}', 1, 60, true)");
        await transaction.CommitAsync();

        var refused = await promising;
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("more-than-open");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, disputing, transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task it_is_kept_by_what_is_applied_in_time_even_if_that_is_known_late()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5);
        var promise = await PromiseAsync(story, item, 100, 2);

        app.Clock.Days += 6;
        await BecomesAsync(story, promise, PromiseStatus.Broken);
        var inTime = Story.Applied(item, Story.NewId(), 100) with { ValueDate = promise.Date };
        await story.TellAsync(inTime, 2);

        (await BecomesAsync(story, promise, PromiseStatus.Kept)).Received.Amount.ShouldBe(100);
    }

    /// <summary>
    /// A run that gives up small rests takes the last half dollar: nobody asks for that any more. Where all of it is
    /// given up nobody has failed to pay, and who did pay in time has kept it, whenever that is booked.
    /// </summary>
    [Fact]
    public async Task what_a_write_off_gives_up_of_it_is_neither_kept_nor_broken()
    {
        var story = await Story.BeginAsync(app);
        await story.PutAsync<PolicyView>(
            $"/v1/collections/policies/{story.Entity}",
            new { promises = new { graceDays = 3, tolerancePercent = 0, longestDays = 90 } });
        var (paid, lost) = (
            await story.InvoiceAsync(await story.CustomerAsync(), 5),
            await story.InvoiceAsync(await story.CustomerAsync(), 5));
        var (kept, gone) = (await PromiseAsync(story, paid, 100, 2), await PromiseAsync(story, lost, 100, 2));
        await story.PayAsync(paid, 99.5m);
        (await story.GetAsync<PromiseView>($"{Path}/{kept.Id}")).Status.ShouldBe(PromiseStatus.Open);

        await story.ChangeAsync(paid with { Balance = Story.Usd(0) }, "written-off", 0.5m, 3);
        await story.ChangeAsync(lost with { Balance = Story.Usd(0) }, "written-off", 100, 2);

        (await BecomesAsync(story, kept, PromiseStatus.Kept)).Received.Amount.ShouldBe(99.5m);
        app.Clock.Days += 6;
        (await BecomesAsync(story, gone, PromiseStatus.Cancelled)).Received.Amount.ShouldBe(0);
        (await story.ScalarAsync<bool>(
            $"select failed or open from promise_items where promise_id = '{gone.Id}'")).ShouldBeFalse();

        await story.ChangeAsync(lost, "write-off-recovered", 100, 3);
        await story.TellAsync(Story.Applied(lost, Story.NewId(), 100) with { ValueDate = gone.Date }, 4);
        (await BecomesAsync(story, gone, PromiseStatus.Kept)).Received.Amount.ShouldBe(100);
    }

    /// <summary>2 % discount are deducted from 100: what was promised has come.</summary>
    [Fact]
    public async Task it_is_kept_by_money_with_the_discount_beside_it_and_not_by_the_credit_of_a_dispute()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5);
        var discounted = await PromiseAsync(story, item, 100, 2);
        await story.TellAsync(
            Story.Applied(item, Story.NewId(), 98) with
            {
                ValueDate = app.Clock.Today,
                Discount = Story.Usd(2),
                Item = item with { Balance = Story.Usd(0) },
            },
            2);
        (await BecomesAsync(story, discounted, PromiseStatus.Kept)).Received.Amount.ShouldBe(100);

        var disputed = await story.InvoiceAsync(item.CustomerId, 5);
        var rest = await PromiseAsync(story, disputed, 70, 2);
        var credited = disputed with { Balance = Story.Usd(70) };
        await story.ChangeAsync(credited, "credit-applied", 30, 2);
        await story.TellAsync(Story.Applied(credited, Story.NewId(), 40) with { ValueDate = app.Clock.Today }, 3);
        await story.KnowsAsync(
            $"select count(*) from open_items where invoice_id = '{disputed.InvoiceId}' and version = 3");
        await story.ReviewedAsync(item.CustomerId);
        app.Clock.Days += 6;

        (await BecomesAsync(story, rest, PromiseStatus.PartlyKept)).Received.Amount.ShouldBe(40);
    }

    /// <summary>It is owed on, by a document of its own.</summary>
    [Fact]
    public async Task it_is_not_kept_by_what_is_charged_back_of_its_item()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5);
        var promise = await PromiseAsync(story, item, 100, 2);
        await story.ChangeAsync(item with { Balance = Story.Usd(0) }, "charged-back", 100, 2);

        app.Clock.Days += 6;

        (await BecomesAsync(story, promise, PromiseStatus.Broken)).Received.Amount.ShouldBe(0);
    }

    [Fact]
    public async Task money_from_before_it_was_made_or_after_its_grace_does_not_keep_it()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5, 100);
        await story.PayAsync(item, 40);
        var promise = await PromiseAsync(story, item, 60, 2);

        app.Clock.Days += 6;
        await BecomesAsync(story, promise, PromiseStatus.Broken);
        var late = Story.Applied(item, Story.NewId(), 60) with { ValueDate = app.Clock.Today };
        await story.TellAsync(late, 3);
        await story.KnowsAsync($"select count(*) from settlements where id = '{late.AllocationId}'");
        await story.ReviewedAsync(item.CustomerId);

        (await story.GetAsync<PromiseView>($"{Path}/{promise.Id}")).Status.ShouldBe(PromiseStatus.Broken);
    }

    [Fact]
    public async Task a_returned_payment_opens_it_again_and_then_it_breaks()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5);
        var promise = await PromiseAsync(story, item, 100, 2);
        var applied = Story.Applied(item, Story.NewId(), 100) with { ValueDate = app.Clock.Today };

        await story.TellAsync(applied, 2);
        await BecomesAsync(story, promise, PromiseStatus.Kept);
        await story.TellAsync(new PaymentReversed(
            item.InvoiceId, applied.AllocationId, applied.ReceiptId, applied.Amount, app.Clock.Today, item), 3);
        await BecomesAsync(story, promise, PromiseStatus.Open);
        app.Clock.Days += 6;
        await BecomesAsync(story, promise, PromiseStatus.Broken);
    }

    /// <summary>D-55: a broken promise stays visible as one, in the list and in its history.</summary>
    [Fact]
    public async Task d55_a_broken_promise_stays_visible_and_raises_the_level_of_the_next()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5);
        var first = await PromiseAsync(story, item, 100, 1);
        app.Clock.Days += 5;
        await BecomesAsync(story, first, PromiseStatus.Broken);

        var second = await PromiseAsync(story, item, 100, 1);
        var cancelled = await Story.ReadAsync<PromiseView>(
            await story.PostAsync($"{Path}/{second.Id}/cancel", new { reason = "Called back." }), HttpStatusCode.OK);
        var third = await PromiseAsync(story, item, 50, 1);

        (first.Level, second.Level, third.Level).ShouldBe((0, 1, 2));
        cancelled.Status.ShouldBe(PromiseStatus.Cancelled);
        var listed = await story.GetAsync<Page<PromiseRow>>($"{Path}?customerId={item.CustomerId}&sort=madeAt");
        listed.Items.Select(row => row.Status).ShouldBe(["broken", "cancelled", "open"]);
        var history = await story.GetAsync<Page<HistoryItem>>($"{Path}/{first.Id}/history");
        history.Items.Select(entry => entry.Type).ShouldBe(["promise-made", "promise-broken"]);
    }

    [Fact]
    public async Task an_item_has_one_open_promise_however_many_ask_at_once()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => story.PostAsync(Path, Body(item, 100, 3))));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(4);
        (await answers.First(answer => answer.StatusCode == HttpStatusCode.Conflict).Content.ReadAsStringAsync())
            .ShouldContain("already-promised");
    }

    [Fact]
    public async Task without_invoices_it_is_for_all_that_is_past_due()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var overdue = await story.InvoiceAsync(customer, 5);
        await story.InvoiceAsync(customer, -5);

        var promise = await Story.ReadAsync<PromiseView>(
            await story.PostAsync(Path, new
            {
                customerId = customer,
                amount = Story.Usd(80),
                date = app.Clock.Today,
                contactName = "Ana Ruiz",
            }),
            HttpStatusCode.Created);

        promise.Items.ShouldHaveSingleItem().InvoiceId.ShouldBe(overdue.InvoiceId);
    }

    [Fact]
    public async Task what_may_not_be_is_refused_and_says_why()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5);

        await RefusedAsync(Body(item, 101, 1), HttpStatusCode.UnprocessableEntity, "more-than-open");
        await RefusedAsync(Body(item, 100, -1), HttpStatusCode.UnprocessableEntity, "promise-date");
        await RefusedAsync(
            Body(item with { InvoiceId = Story.NewId() }, 1, 1), HttpStatusCode.UnprocessableEntity, "unknown-invoice");
        await RefusedAsync(
            Body(item with { CustomerId = Story.NewId() }, 1, 1), HttpStatusCode.UnprocessableEntity,
            "unknown-customer");
        await RefusedAsync(new { customerId = item.CustomerId }, HttpStatusCode.BadRequest, null);
        using var client = app.Client(entities: "XX99");
        (await client.GetAsync($"{Path}?legalEntity={story.Entity}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync($"{Path}/{Guid.Empty}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        async Task RefusedAsync(object body, HttpStatusCode status, string? code)
        {
            var answer = await story.PostAsync(Path, body);
            answer.StatusCode.ShouldBe(status);
            (await answer.Content.ReadAsStringAsync()).ShouldContain(code ?? "code");
        }
    }

    private object Body(OpenItem item, decimal amount, int days) => new
    {
        customerId = item.CustomerId,
        amount = Story.Usd(amount),
        date = app.Clock.Today.AddDays(days),
        invoiceIds = new[] { item.InvoiceId },
    };

    private async Task<PromiseView> PromiseAsync(Story story, OpenItem item, decimal amount, int days) =>
        await Story.ReadAsync<PromiseView>(
            await story.PostAsync(Path, Body(item, amount, days)), HttpStatusCode.Created);

    private static Task<PromiseView> BecomesAsync(Story story, PromiseView promise, PromiseStatus status) =>
        Eventually.Becomes(
            () => story.GetAsync<PromiseView>($"{Path}/{promise.Id}"), now => now.Status == status, $"it is {status}");
}
