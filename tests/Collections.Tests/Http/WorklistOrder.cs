using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Who comes first on the worklist, and what is to be done there.</summary>
public sealed class WorklistOrder(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task amounts_of_several_currencies_are_one_row_and_count_by_the_rates_of_the_day()
    {
        var story = await Story.BeginAsync(app);
        await story.RateAsync("EUR", 1.25m);
        var (both, one, other) = (
            await story.CustomerAsync("both@globex.example"), await story.CustomerAsync("one@globex.example"),
            await story.CustomerAsync("other@globex.example"));
        await story.InvoiceAsync(both, 2);
        await story.InvoiceAsync(both, 1, currency: "EUR");
        await story.InvoiceAsync(one, 2, 200);
        await story.InvoiceAsync(other, 2, 30_000, currency: "JPY");

        var rows = (await story.WorklistAsync()).Items;
        rows.Select(row => (row.CustomerId, row.Overdue.Amount, row.Overdue.Currency.Code)).ShouldBe(
            [(other, 30_000m, "USD"), (both, 225m, "USD"), (one, 200m, "USD")]);
        rows[1].Amounts.Select(amounts => amounts.Overdue.ToString()).ShouldBe(["100.00 USD", "100.00 EUR"]);
        rows[1].Items.ShouldBe(2);
        rows[1].Reasons[0].ShouldBe("100.00 USD and 100.00 EUR overdue on 2 items, the oldest since 2 days.");
        const string bare = "There is no rate for JPY of the last month: it counts as the bare number.";
        rows[0].Reasons.ShouldContain(bare);
        rows[1].Reasons.ShouldNotContain(bare);

        await story.RateAsync("JPY", 0.0066m, version: 2);
        await story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new { });

        // Without a rate of its own for the day the euro counts as a bare number, too.
        rows = (await story.WorklistAsync()).Items;
        rows.Select(row => (row.CustomerId, row.Overdue.Amount)).ShouldBe(
            [(both, 200m), (one, 200m), (other, 198m)], ignoreOrder: true);
        rows[2].CustomerId.ShouldBe(other);
    }

    /// <summary>20,000 of one currency are not more than 10,000 of another because the number is larger.</summary>
    [Fact]
    public async Task entities_with_books_in_different_currencies_are_not_put_in_one_order()
    {
        var (dollars, pesos) = (await Story.BeginAsync(app), await Story.BeginAsync(app));
        await pesos.TellAsync(
            new LegalEntityDefined(
                pesos.Entity, "Acme SA", "MXN", "MX", "UTC", new CashAccounts("2400", "2410", "1090")), 2);
        await pesos.KnowsAsync(
            $"select count(*) from legal_entities where code = '{pesos.Entity}' and base_currency = 'MXN'");
        await dollars.InvoiceAsync(await dollars.CustomerAsync(), 20, 10_000);
        await pesos.InvoiceAsync(await pesos.CustomerAsync(), 20, 20_000, currency: "MXN");
        (await dollars.WorklistAsync()).Items.ShouldHaveSingleItem();
        (await pesos.WorklistAsync()).Items.ShouldHaveSingleItem().Overdue.Currency.Code.ShouldBe("MXN");

        using var both = app.Client(entities: [dollars.Entity, pesos.Entity]);
        var refused = await both.GetAsync("/v1/collections/worklist");

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("several-currencies");
        (await both.GetAsync($"/v1/collections/worklist?legalEntity={pesos.Entity}")).StatusCode
            .ShouldBe(HttpStatusCode.OK);
        (await both.GetAsync("/v1/collections/worklist?collector=nobody")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task what_counts_how_much_is_the_policys()
    {
        var story = await Story.BeginAsync(app);
        var (old, large) = (
            await story.CustomerAsync("old@globex.example"), await story.CustomerAsync("large@globex.example"));
        await story.InvoiceAsync(old, 170);
        await story.InvoiceAsync(large, 1, 150);
        (await story.WorklistAsync()).Items.Select(row => row.CustomerId).ShouldBe([old, large]);
        var path = $"/v1/collections/policies/{story.Entity}";

        var policy = await story.PutAsync<PolicyView>(path, new
        {
            worklist = new
            {
                age = "0",
                oldestDays = 180,
                brokenPromise = "1",
                breachedPlan = "1",
                overdueDispute = "1",
                creditHold = "1",
                mostOfAKind = 3,
            },
        });

        policy.Worklist.Age.ShouldBe(0);
        var rows = (await story.WorklistAsync()).Items;
        var chance = PaymentTimes.Of(PaymentBehaviour.Of([], null).Curve, StandardPolicy.Payers).ChanceOfLate;
        rows.Select(row => (row.CustomerId, row.Rank)).ShouldBe([(large, 150 * chance), (old, 100 * chance)]);
        (await story.PutAsync<PolicyView>(path, new { })).Worklist.ShouldBeEquivalentTo(StandardPolicy.Weights);
        (await story.WorklistAsync()).Items.Select(row => row.CustomerId).ShouldBe([old, large]);
    }

    /// <summary>COL-16: how late a customer pays is one figure, wherever it is asked for.</summary>
    [Fact]
    public async Task the_worklist_goes_by_how_the_forecast_expects_customers_to_pay()
    {
        var story = await Story.BeginAsync(app);
        var (late, prompt) = (
            await story.CustomerAsync("late@globex.example"), await story.CustomerAsync("prompt@globex.example"));
        foreach (var (customer, delay) in new[] { (late, 45), (prompt, 0), (late, 50), (prompt, 0), (late, 55) })
        {
            var paid = await story.InvoiceAsync(customer, 60);
            await story.TellAsync(
                Story.Applied(paid, Story.NewId(), 100) with { ValueDate = paid.DueDate.AddDays(delay) }, 2);
            await story.KnowsAsync($"select count(*) from settlements where invoice_id = '{paid.InvoiceId}'");
        }

        await story.InvoiceAsync(late, 2);
        await story.InvoiceAsync(prompt, 2);
        (await story.PostAsync("/v1/collections/forecasts", new { legalEntity = story.Entity })).StatusCode
            .ShouldBe(HttpStatusCode.Created);

        var rows = (await story.WorklistAsync()).Items;

        rows.Select(row => row.CustomerId).ShouldBe([late, prompt]);
        foreach (var row in rows)
        {
            var shown = await story.GetAsync<PaymentBehaviourView>(
                $"/v1/collections/customers/{row.CustomerId}/payment-behaviour");
            (row.Pays, row.Rating).ShouldBe((shown.Pays, shown.Rating));
            row.ChanceOfLate.ShouldBe(1 - shown.Distribution.Single(one => one.Day == 0).Share);
            shown.Pays.VeryLate.ShouldBe(1 - shown.Distribution.Single(one => one.Day == 30).Share);
            row.Reasons.ShouldContain(
                $"It pays late in {decimal.Round(100 * row.ChanceOfLate):0} of 100 cases, in " +
                $"{decimal.Round(100 * row.Pays!.VeryLate):0} very late.");
        }

        // By what makes a bad payer here: the shares stand, the rating follows the policy.
        var share = decimal.Ceiling(100 * rows[1].Pays!.VeryLate) + 1;
        await story.PutAsync<PolicyView>(
            $"/v1/collections/policies/{story.Entity}",
            new { payers = new { veryLateDays = 30, latePercent = "100", veryLatePercent = share } });
        (await story.WorklistAsync()).Items.Select(row => row.Rating)
            .ShouldBe([PayerRating.Bad, PayerRating.Good]);

        // Shares of 30 days are not rated as such of 60: there is no rating until the next forecast.
        await story.PutAsync<PolicyView>(
            $"/v1/collections/policies/{story.Entity}",
            new { payers = new { veryLateDays = 60, latePercent = "60", veryLatePercent = "60" } });
        rows = (await story.WorklistAsync()).Items;
        rows.Select(row => (row.CustomerId, row.Pays, row.Rating)).ShouldBe([(late, null, null), (prompt, null, null)]);
        rows[0].ChanceOfLate.ShouldBeGreaterThan(rows[1].ChanceOfLate);
        var now = await story.GetAsync<PaymentBehaviourView>($"/v1/collections/customers/{late}/payment-behaviour");
        now.Pays.VeryLate.ShouldBe(1 - now.Distribution.Single(one => one.Day == 60).Share);
        app.Clock.Days++;
        (await story.PostAsync("/v1/collections/forecasts", new { legalEntity = story.Entity })).StatusCode
            .ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.OK);
        (await story.WorklistAsync()).Items.ShouldAllBe(row => row.Rating != null);
    }

    [Fact]
    public async Task who_must_not_be_called_is_not_to_be_called()
    {
        var story = await Story.BeginAsync(app);
        var customer = Story.NewId();
        await story.TellAsync(new CustomerRegistered(
            customer, "CUST-PHONE", story.Entity, "Phone Inc.", null, "USD", "US", "en", null, "NET 30", null,
            [new Contact("Ana Ruiz", "accounts-payable", "ana@phone.example", "+15550100", null)]), 1);
        await story.KnowsAsync($"select count(*) from customers where id = '{customer}'");
        await story.InvoiceAsync(customer, 2);
        await story.PostAsync(
            "/v1/collections/tasks", new { customerId = customer, text = "Call Ana.", kind = "call" });
        var row = (await story.WorklistAsync()).Items.ShouldHaveSingleItem();
        (row.NextAction.Code, row.NoCall).ShouldBe(("do-task", null));

        await ConsentAsync(story, customer, granted: false);
        row = (await story.WorklistAsync()).Items.ShouldHaveSingleItem();
        row.NoCall!.Rule.ShouldBe("opted-out");
        (row.NextAction.Code, row.NextAction.Text).ShouldBe(("send-notice", "Nobody was in touch yet. Run dunning."));

        await ConsentAsync(story, customer, granted: true);
        for (var attempt = 0; attempt < 7; attempt++)
        {
            (await Story.ReadAsync<ContactAttemptView>(
                await story.PostAsync("/v1/collections/contact-attempts", new
                {
                    customerId = customer,
                    channel = "email",
                    address = "ana@phone.example",
                }),
                HttpStatusCode.Created)).Allowed.ShouldBeTrue();
        }

        row = (await story.WorklistAsync()).Items.ShouldHaveSingleItem();
        (row.NoCall!.Rule, row.NoCall.Until!.Value.UtcDateTime.Date).ShouldBe(
            ("contact-cap", app.Clock.Today.AddDays(7).ToDateTime(TimeOnly.MinValue)));
        row.NextAction.Code.ShouldBe("send-notice");
    }

    [Fact]
    public async Task who_has_likely_paid_is_first_to_be_identified()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("identify@globex.example");
        await story.InvoiceAsync(customer, 2);
        await story.ReceiveAsync(100, new LikelyPayer(customer, 0.80m));

        var row = (await story.WorklistAsync()).Items.ShouldHaveSingleItem();

        row.NextAction.Code.ShouldBe("identify-cash");
        row.Amounts[0].LikelyCash.Amount.ShouldBe(100);
        row.Reasons.ShouldContain("100.00 USD waits to be identified, and it has likely paid that.");
    }

    /// <summary>It is not put before what is overdue today, and is back on its day whatever was done before.</summary>
    [Fact]
    public async Task a_task_of_a_later_day_is_listed_on_its_day()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("later@globex.example");
        await story.InvoiceAsync(customer, 2);
        await story.PostAsync("/v1/collections/tasks", new
        {
            customerId = customer,
            text = "Send the contract",
            dueOn = app.Clock.Today.AddDays(2),
        });
        var row = (await story.WorklistAsync()).Items.ShouldHaveSingleItem();
        (row.NextAction.Code, row.Tasks.Count).ShouldBe(("send-notice", 0));
        await story.PostAsync($"/v1/collections/worklist/{customer}/done", new { note = "They pay on Friday." });
        (await story.WorklistAsync()).Items.ShouldBeEmpty();

        app.Clock.Days += 2;

        (await Eventually.Becomes(
            async () => (await story.WorklistAsync()).Items.SingleOrDefault(), one => one is not null, "it is back"))!
            .NextAction.ShouldBe(new Worklists.NextAction("do-task", "Send the contract"));
    }

    /// <summary>COL-01: nothing has changed, and it is listed again on the day that was named.</summary>
    [Fact]
    public async Task what_is_done_until_a_day_is_back_on_it()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("rest@globex.example");
        await story.InvoiceAsync(customer, 2);
        await story.AllReviewedAsync();
        var path = $"/v1/collections/worklist/{customer}/done";
        foreach (var days in new[] { 0, 91 })
        {
            var refused = await story.PostAsync(path, new { note = "Later.", until = app.Clock.Today.AddDays(days) });
            refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            (await refused.Content.ReadAsStringAsync()).ShouldContain("done-until");
        }

        await story.PostAsync(path, new { note = "They pay on Friday." });
        await Story.ReadAsync<CollectionAccountView>(
            await story.PostAsync(path, new { note = "Look again.", until = app.Clock.Today.AddDays(3) }),
            HttpStatusCode.OK);
        app.Clock.Days += 2;
        (await story.WorklistAsync()).Items.ShouldBeEmpty();
        app.Clock.Days += 1;
        (await story.WorklistAsync()).Items.ShouldHaveSingleItem().CustomerId.ShouldBe(customer);

        // An instance of the version before says that later work is done, and knows of no day.
        await story.ScalarAsync<Guid>(
            $"update collectors set done_with = done_with || '.' where customer_id = '{customer}' " +
            "returning customer_id");
        (await story.WorklistAsync()).Items.ShouldBeEmpty();
    }

    /// <summary>Of a notice some days ago a reply is waited for, but not once a promise since was broken.</summary>
    [Fact]
    public async Task a_promise_that_was_broken_since_the_last_notice_is_to_be_called_about()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("broken@globex.example"), 2);
        await story.NoticeAsync((await story.RunAsync()).Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        (await story.PostAsync("/v1/collections/promises", new
        {
            customerId = item.CustomerId,
            amount = Story.Usd(100),
            date = app.Clock.Today.AddDays(1),
        })).StatusCode.ShouldBe(HttpStatusCode.Created);

        app.Clock.Days += 5;

        (await Eventually.Becomes(
            async () => (await story.WorklistAsync()).Items.SingleOrDefault(),
            row => row?.Reasons.Contains("1 promise broken.") == true, "it is broken"))!
            .NextAction.Text.ShouldContain("A promise was broken.");
    }

    /// <summary>A debit kept the promise, somebody was in touch since, and then the bank took the money back.</summary>
    [Fact]
    public async Task a_promise_that_is_broken_by_money_taken_back_is_to_be_called_about()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("debit@globex.example"), 2);
        (await story.PostAsync("/v1/collections/promises", new
        {
            customerId = item.CustomerId,
            amount = Story.Usd(100),
            date = app.Clock.Today.AddDays(1),
        })).StatusCode.ShouldBe(HttpStatusCode.Created);
        var paid = Story.Applied(item, Story.NewId(), 100) with { ValueDate = app.Clock.Today };
        await story.TellAsync(paid, 2);
        await story.KnowsAsync(
            $"select count(*) from promises where customer_id = '{item.CustomerId}' and status = 'kept'");
        app.Clock.Days += 8;
        (await story.PostAsync("/v1/collections/activities", new
        {
            customerId = item.CustomerId,
            channel = "call",
            outcome = "no-answer",
            summary = "To say thank you.",
            occurredAt = app.Clock.GetUtcNow(),
        })).StatusCode.ShouldBe(HttpStatusCode.Created);
        app.Clock.Ahead += TimeSpan.FromHours(1);

        await story.TellAsync(
            new PaymentReversed(
                item.InvoiceId, paid.AllocationId, paid.ReceiptId, paid.Amount, app.Clock.Today, item), 3);

        (await Eventually.Becomes(
            async () => (await story.WorklistAsync()).Items.SingleOrDefault(),
            row => row?.Reasons.Contains("1 promise broken.") == true, "it is broken"))!
            .NextAction.Text.ShouldContain("A promise was broken.");
    }

    private async Task ConsentAsync(Story story, Guid customer, bool granted)
    {
        using var client = app.Client();
        (await client.PutAsJsonAsync($"/v1/collections/customers/{customer}/consents", new
        {
            address = "+15550100",
            channel = "call",
            granted,
            source = "They said so.",
        })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await story.ReviewedAsync(customer);
    }
}
