using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Tests.Http;

public sealed partial class Worklist(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    /// <summary>D-50: whoever has something past due is listed, and nothing that is not due yet.</summary>
    [Fact]
    public async Task d50_it_equals_brute_force_over_what_is_known()
    {
        var story = await Story.BeginAsync(app);
        await story.RateAsync("EUR", 1.25m);
        var random = new Random(20260401);
        var items = await OwingAsync(story, random);
        var trouble = await story.TroubleAsync(items.Select(pair => pair.Item.CustomerId).Distinct());
        (await story.PostAsync("/v1/collections/forecasts", new { legalEntity = story.Entity })).StatusCode
            .ShouldBe(HttpStatusCode.Created);
        var behaviour = PaymentBehaviour.Learn(
            [.. items.Where(pair => pair.Item.Balance.Amount > 0).Select(pair => Open(pair.Item))]);
        var left = new Dictionary<Guid, decimal>();
        foreach (var (item, pending) in items)
            left[item.InvoiceId] = await AgreeAsync(story, item, item.Balance.Amount - pending, random.Next(8));
        var tasks = await TasksAsync(story, items.Select(pair => pair.Item.CustomerId).Distinct(), random);
        var expected = items
            .Where(pair => pair.Item.DueDate < app.Clock.Today && left[pair.Item.InvoiceId] > 0)
            .Select(pair => (pair.Item, pair.Item.Balance.Currency, Left: left[pair.Item.InvoiceId],
                Days: app.Clock.Today.DayNumber - pair.Item.DueDate.DayNumber))
            .GroupBy(one => one.Item.CustomerId)
            .Select(group => (
                CustomerId: group.Key, Amount: group.Sum(one => one.Left * (one.Currency == "EUR" ? 1.25m : 1)),
                Items: group.Count(), Days: group.Max(one => one.Days),
                Euros: group.Where(one => one.Currency == "EUR").Sum(one => one.Left)))
            .ToList();
        expected.AddRange(tasks
            .Where(task => task.In <= 0 && expected.TrueForAll(row => row.CustomerId != task.Id))
            .Select(task => (task.Id, 0m, 0, 0, 0m)));
        expected = [.. expected.OrderByDescending(RankOf)];
        expected.Count(row => row.Items > 0).ShouldBeGreaterThan(3);
        expected.ShouldContain(row => row.Euros > 0 && row.Euros * 1.25m < row.Amount, "one owes in both");
        var rows = await PagesAsync(story, 3);

        rows.Select(row => row.Rank).ShouldBe(
            expected.Select(RankOf));
        rows.ShouldAllBe(row => row.Overdue.Currency.Code == "USD");
        rows.Select(row => (row.CustomerId, row.Overdue.Amount, row.Items, row.OldestDaysOverdue,
            row.Amounts.Where(one => one.Overdue.Currency.Code == "EUR").Sum(one => one.Overdue.Amount)))
            .ShouldBe(expected, ignoreOrder: true);
        rows.Where(row => row.Tasks.Count > 0).Select(row => row.CustomerId).ShouldBe(
            tasks.Where(task => task.In <= 0).Select(task => task.Id), ignoreOrder: true);
        await PreDueEqualsBruteForceAsync(
            story, [.. items.Select(pair => (pair.Item, left[pair.Item.InvoiceId]))], rows,
            id => (ChanceOf(id), trouble.GetValueOrDefault(id, 1)));

        decimal RankOf((Guid CustomerId, decimal Amount, int Items, int Days, decimal Euros) row) =>
            Rank(row.Amount, row.Days, ChanceOf(row.CustomerId), trouble[row.CustomerId]);

        decimal ChanceOf(Guid customer) => 1 - decimal.Round(behaviour.Of(customer, null).Curve.PaidBy(0), 4);

        PaymentObservation Open(OpenItem item) => new(
            item.CustomerId, null, item.Balance.Currency, item.Balance.Amount, item.DueDate,
            item.InvoiceDate.DayNumber - item.DueDate.DayNumber,
            app.Clock.Today.DayNumber - item.DueDate.DayNumber, Paid: false);
    }

    [Fact]
    public async Task it_says_why_and_what_next()
    {
        var story = await Story.BeginAsync(app);
        var fresh = await story.CustomerAsync("fresh@globex.example");
        var silent = await story.CustomerAsync(email: null);
        var rich = await story.CustomerAsync("rich2@globex.example");
        var spoken = await story.CustomerAsync("spoken@globex.example");
        foreach (var customer in new[] { fresh, silent, rich, spoken })
            await story.InvoiceAsync(customer, 2);
        await story.TellAsync(new Contracts.CashApplication.V1.ReceiptIdentified(
            Story.NewId(), story.Entity, rich, Story.Cash(rich, 150)), 2);
        await story.KnowsAsync($"select count(*) from receipts where customer_id = '{rich}'");
        await Story.ReadAsync<ActivityView>(
            await story.PostAsync("/v1/collections/activities",
                new { customerId = spoken, channel = "call", outcome = "spoke", summary = "Pays on Friday" }),
            HttpStatusCode.Created);

        var rows = (await PagesAsync(story, 50)).ToDictionary(row => row.CustomerId);

        rows[fresh].NextAction.Code.ShouldBe("send-notice");
        rows[silent].NextAction.Code.ShouldBe("add-email-contact");
        rows[rich].NextAction.Code.ShouldBe("apply-cash");
        rows[rich].Amounts.ShouldHaveSingleItem().UnappliedCash.Amount.ShouldBe(150);
        rows[rich].Reasons.ShouldContain("150.00 USD is not applied yet, enough to cover all of it.");
        rows[spoken].NextAction.Code.ShouldBe("await-reply");
        rows[spoken].LastContact!.Outcome.ShouldBe("spoke");
        rows[fresh].Reasons[0].ShouldBe("100.00 USD overdue on 1 item, the oldest since 2 days.");
    }

    [Fact]
    public async Task what_falls_due_today_is_not_overdue_and_a_paid_item_leaves()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("today@globex.example");
        await story.InvoiceAsync(customer, 0);
        await story.InvoiceAsync(customer, -7);
        var late = await story.InvoiceAsync(customer, 1, 80);
        (await PagesAsync(story, 50)).ShouldHaveSingleItem().Overdue.Amount.ShouldBe(80);

        await story.PayAsync(late, 80);

        (await PagesAsync(story, 50)).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_collector_sees_the_customers_that_were_given_to_them()
    {
        var story = await Story.BeginAsync(app);
        var mine = await story.CustomerAsync("mine@globex.example");
        await story.InvoiceAsync(mine, 2);
        await story.InvoiceAsync(await story.CustomerAsync("other@globex.example"), 2);
        using var client = app.Client();

        (await client.PutAsJsonAsync($"/v1/collections/customers/{mine}/collector", new { collector = "ana" }))
            .StatusCode.ShouldBe(HttpStatusCode.OK);

        var rows = await story.WorklistAsync("&collector=ana");
        rows.Items.ShouldHaveSingleItem().CustomerId.ShouldBe(mine);
        (await client.PutAsJsonAsync($"/v1/collections/customers/{Guid.Empty}/collector", new { collector = "ana" }))
            .StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task it_comes_as_csv_and_only_of_entities_the_caller_may_see()
    {
        var story = await Story.BeginAsync(app);
        await story.InvoiceAsync(await story.CustomerAsync("csv@globex.example", name: "CSV Company"), 2);
        await story.AllReviewedAsync();
        using var client = app.Client(entities: story.Entity);
        client.DefaultRequestHeaders.Add("Accept", "text/csv");

        (await client.GetStringAsync("/v1/collections/worklist")).ShouldContain("CSV Company");
        using var stranger = app.Client(entities: "XX99");
        (await stranger.GetFromJsonAsync<Page<WorklistRow>>("/v1/collections/worklist",
            Json.Wire))!.Items.ShouldBeEmpty();
        (await stranger.GetAsync($"/v1/collections/worklist?legalEntity={story.Entity}"))
            .StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync("/v1/collections/worklist?sort=nothing")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task who_must_not_be_contacted_is_never_on_it()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("quiet@globex.example");
        await story.InvoiceAsync(customer, 2);
        (await PagesAsync(story, 50)).ShouldHaveSingleItem();

        await Story.ReadAsync<HoldView>(
            await story.PostAsync("/v1/collections/holds", new
            {
                customerId = customer,
                kind = "cease-and-desist",
                reason = "Their lawyer wrote.",
            }),
            HttpStatusCode.Created);

        (await PagesAsync(story, 50)).ShouldBeEmpty();
    }

    [Fact]
    public async Task what_is_done_leaves_until_something_about_it_changes()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("done@globex.example");
        await story.InvoiceAsync(customer, 2);
        await story.AllReviewedAsync();

        await Story.ReadAsync<CollectionAccountView>(
            await story.PostAsync($"/v1/collections/worklist/{customer}/done", new { note = "They pay on Friday." }),
            HttpStatusCode.OK);
        (await PagesAsync(story, 50)).ShouldBeEmpty();

        await story.InvoiceAsync(customer, 1, 40);
        (await PagesAsync(story, 50)).ShouldHaveSingleItem().Overdue.Amount.ShouldBe(140);
    }

    [Fact]
    public async Task rules_give_customers_to_collectors_and_a_person_overrules_them()
    {
        var story = await Story.BeginAsync(app);
        var large = await story.CustomerAsync("large@globex.example");
        var small = await story.CustomerAsync("small@globex.example");
        await story.InvoiceAsync(large, 2, 5_000);
        await story.InvoiceAsync(small, 2, 10);
        await story.PutAsync<PortfolioView>($"/v1/collections/portfolios/{story.Entity}", new
        {
            rules = new object[]
            {
                new
                {
                    name = "large",
                    collector = "ana",
                    customers = new { owingAtLeast = new[] { new { amount = "1000", currency = "USD" } } },
                },
                new { name = "rest", collector = "ben", customers = new { } },
            },
        });

        (await CollectorsAsync(story)).ShouldBe(new() { [large] = "ana", [small] = "ben" });
        await story.PutAsync<CollectionAccountView>(
            $"/v1/collections/customers/{small}/collector", new { collector = "eva" });
        (await CollectorsAsync(story)).ShouldBe(new() { [large] = "ana", [small] = "eva" });

        (await Story.ReadAsync<ReassignmentView>(
            await story.PostAsync("/v1/collections/portfolios/reassignments", new
            {
                from = "eva",
                to = "ana",
                reason = "Eva is away.",
                legalEntity = story.Entity,
            }),
            HttpStatusCode.OK)).ShouldBe(new ReassignmentView(1, 0));
        (await CollectorsAsync(story)).ShouldBe(new() { [large] = "ana", [small] = "ana" });

        // Given to nobody, they are the rules' again.
        await Story.ReadAsync<ReassignmentView>(
            await story.PostAsync("/v1/collections/portfolios/reassignments", new
            {
                from = "ana",
                to = (string?)null,
                reason = "By the rules again.",
                legalEntity = story.Entity,
            }),
            HttpStatusCode.OK);
        (await CollectorsAsync(story)).ShouldBe(new() { [large] = "ana", [small] = "ben" });
    }

    /// <summary>Each playbook has a last step of its own.</summary>
    [Fact]
    public async Task after_the_last_notice_of_its_own_playbook_somebody_is_to_call()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("ownlast@globex.example");
        await story.InvoiceAsync(customer, 2);
        var code = $"short-{story.Entity.ToLowerInvariant()}";
        using var client = app.Client();
        (await client.PutAsJsonAsync($"/v1/collections/playbooks/{code}", new
        {
            name = "Short",
            steps = new[]
            {
                new
                {
                    code = "only",
                    offsetDays = 1,
                    channel = "email",
                    minimumAmounts = Array.Empty<object>(),
                    wording = new { en = new { subject = "Pay", opening = "Pay.", closing = "Thanks." } },
                },
            },
        })).StatusCode.ShouldBe(HttpStatusCode.Created);
        var run = await Story.ReadAsync<DunningRunView>(
            await story.PostAsync("/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook = code }),
            HttpStatusCode.Created);
        await story.NoticeAsync(run.Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);

        app.Clock.Days += 8;
        await story.ReviewedAsync(customer);
        (await TestKit.Eventually.Becomes(
            async () => (await PagesAsync(story, 50)).ShouldHaveSingleItem().NextAction,
            next => next.Code == "call", "somebody is to call")).Text.ShouldContain("The last notice has gone out");
    }

    /// <summary>Customers with items, due before and after today, some of it on its way.</summary>
    private async Task<List<(OpenItem Item, decimal Pending)>> OwingAsync(Story story, Random random)
    {
        var items = new List<(OpenItem Item, decimal Pending)>();
        for (var customer = 0; customer < 8; customer++)
        {
            var id = await story.CustomerAsync($"c{customer}@globex.example", name: $"Customer {customer}");
            for (var count = random.Next(0, 6); count > 0; count--)
            {
                var amount = random.Next(1, 500);
                var item = story.Item(id, app.Clock.Today.AddDays(random.Next(-20, 20)), amount,
                    random.Next(0, amount + 1),
                    random.Next(4) == 0 ? "EUR" : "USD");
                var pending = random.Next(3) == 0 ? random.Next(0, (int)item.Balance.Amount + 1) : 0;
                items.Add((item, pending));
                await story.TellAsync(Story.Issued(item), 1);
                if (pending > 0)
                    await story.TellAsync(story.Requested(item, Story.NewId(), pending), 1);
            }
        }

        foreach (var (item, pending) in items)
        {
            await story.KnowsAsync($"select count(*) from open_items where invoice_id = '{item.InvoiceId}'");
            if (pending > 0)
                await story.KnowsAsync(
                    $"select count(*) from pending_allocations where invoice_id = '{item.InvoiceId}'");
        }

        return items;
    }

    /// <summary>A task for each, due in so many days or so many days ago.</summary>
    private async Task<List<(Guid Id, int In)>> TasksAsync(Story story, IEnumerable<Guid> customers, Random random)
    {
        var tasks = new List<(Guid Id, int In)>();
        foreach (var id in customers)
        {
            var days = random.Next(-3, 4);
            await story.PostAsync("/v1/collections/tasks", new
            {
                customerId = id,
                text = "Send the statement",
                dueOn = app.Clock.Today.AddDays(days),
            });
            tasks.Add((id, days));
        }

        return tasks;
    }

    /// <summary>Agrees on something about an item, or on nothing; gives what may be asked for afterwards.</summary>
    private async Task<decimal> AgreeAsync(Story story, OpenItem item, decimal left, int what)
    {
        if (left <= 0)
            return 0;
        var (invoiceIds, part) = (new[] { item.InvoiceId }, decimal.Ceiling(left / 3));
        var (some, all) = (item.Balance with { Amount = part }, item.Balance with { Amount = left });
        (string Path, object Body, decimal Left)? agreed = what switch
        {
            0 => ("disputes", new { invoiceId = item.InvoiceId, reasonCode = "price", amount = some }, left - part),
            1 => ("holds", new
            {
                customerId = item.CustomerId,
                kind = "dunning-block",
                invoiceId = item.InvoiceId,
                installment = 1,
                amount = some,
                until = app.Clock.Today.AddDays(9),
                reason = "As told.",
            }, left - part),
            2 => ("promises", new
            {
                customerId = item.CustomerId,
                amount = all,
                date = app.Clock.Today.AddDays(9),
                invoiceIds,
            }, 0),
            3 => ("payment-plans", new
            {
                customerId = item.CustomerId,
                installments = new[] { new { dueDate = app.Clock.Today.AddDays(9), amount = all } },
                invoiceIds,
            }, 0),
            _ => null,
        };
        if (agreed is not { } one)
            return left;
        var answer = await story.PostAsync($"/v1/collections/{one.Path}", one.Body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return one.Left;
    }

    private static async Task<Dictionary<Guid, string?>> CollectorsAsync(Story story) =>
        (await story.WorklistAsync()).Items.ToDictionary(row => row.CustomerId, row => row.Collector);

    /// <summary>As documented, for customers who never made trouble but for what Credit thinks of them.</summary>
    private static decimal Rank(decimal amount, int days, decimal chance, decimal trouble) =>
        decimal.Round(amount * chance * (1 + (Math.Min(days, 180) / 90m)) * trouble, 4);

    private static async Task<List<WorklistRow>> PagesAsync(Story story, int limit)
    {
        var rows = new List<WorklistRow>();
        string? cursor = null;
        do
        {
            var page = await story.WorklistAsync($"&limit={limit}{cursor}");
            rows.AddRange(page.Items);
            cursor = page.Next is null ? null : $"&cursor={page.Next}";
        }
        while (cursor is not null);
        return rows;
    }
}
