using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>
/// A March, counted by hand: 1,000 was open before it (600 due in February, 400 in April), 500 was invoiced in it (due
/// in April), and 450 of the 600 was paid in it.
/// </summary>
public sealed class Results(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task a_month_is_told_by_collector_and_in_all()
    {
        var story = await MarchAsync();
        await story.PutAsync<TargetsView>($"/v1/collections/targets/{story.Entity}/2026-03", new
        {
            targets = new object[] { new { collector = "ana", cash = new { amount = "900.00", currency = "USD" } } },
        });

        var report = await story.GetAsync<CollectionResultsView>(
            $"/v1/reports/collection-effectiveness?legalEntity={story.Entity}&period=2026-03");

        report.Rows.Select(row => (row.All, row.Collector)).ShouldBe([(true, null), (false, "ana"), (false, null)]);
        var all = report.Rows[0];
        (all.Beginning, all.Sales, all.Ending, all.EndingCurrent, all.Cash).ShouldBe(
            (Usd(1000), Usd(500), Usd(1050), Usd(900), Usd(450)));

        // (1,000 + 500 − 1,050) ÷ (1,000 + 500 − 900)
        all.Effectiveness.ShouldBe(75);
        (all.CurrentPercent, all.OldPercent).ShouldBe((85.71m, 0));
        var ana = report.Rows[1];
        (ana.Cash, ana.Target, ana.Achieved).ShouldBe((Usd(450), Usd(900), 50));
        report.Rows[2].Target.ShouldBeNull();
    }

    /// <summary>REP-06: of several months the sales of one on average count: 600 + 900 ÷ 2 − 1,050 is 0.</summary>
    [Fact]
    public async Task several_months_are_told_together_with_their_targets()
    {
        var story = await MarchAsync();
        foreach (var month in new[] { "2026-02", "2026-03" })
        {
            await story.PutAsync<TargetsView>(
                $"/v1/collections/targets/{story.Entity}/{month}",
                new { targets = new[] { new { collector = "ana", cash = Usd(300) } } });
        }

        var path = $"/v1/reports/collection-effectiveness?legalEntity={story.Entity}&period=2026-03&months=";
        var report = await story.GetAsync<CollectionResultsView>($"{path}2");

        (report.Period, report.Months).ShouldBe(("2026-03", 2));
        var all = report.Rows[0];
        (all.Beginning, all.Sales, all.Ending, all.EndingCurrent, all.Cash, all.Target).ShouldBe(
            (Usd(600), Usd(900), Usd(1050), Usd(900), Usd(450), Usd(600)));
        all.Effectiveness.ShouldBe(0);
        using var client = app.Client();
        (await client.GetAsync($"{path}25")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>REP-15: how long holds last that ended in a month.</summary>
    [Fact]
    public async Task the_days_of_holds_count_in_the_month_in_which_they_end()
    {
        var story = await MarchAsync();
        var customer = await story.ScalarAsync<Guid>(
            $"select c.id from customers c where c.legal_entity = '{story.Entity}' limit 1");
        foreach (var (placed, ended) in new[] { ("2026-02-20", "2026-03-02"), ("2026-03-10", "2026-03-14") })
        {
            await story.ScalarAsync<int>(
                "insert into holds (id, legal_entity, customer_id, kind, releasers, reason, status, placed_at, " +
                $"placed_by, ended_at, version) values (gen_random_uuid(), '{story.Entity}', '{customer}', " +
                $"'dunning-block', '{{}}', 'As told.', 'released', '{placed}T12:00Z', 'ana', '{ended}T12:00Z', 2) " +
                "returning 1");
        }

        var report = await story.GetAsync<CollectionResultsView>(
            $"/v1/reports/collection-effectiveness?legalEntity={story.Entity}&period=2026-03");

        // Ten days from 20 February to 2 March, and four.
        (report.Rows[0].Holds, report.Rows[0].HoldDays).ShouldBe((2, 7m));
    }

    /// <summary>Of 130 that was sold before, 100 is charged back in March, and 30 more, which is taken back.</summary>
    [Fact]
    public async Task what_is_charged_back_was_sold_before_and_is_not_collected()
    {
        var story = await MarchAsync();
        var (customer, on) = (await story.CustomerAsync(), new DateOnly(2026, 3, 15));
        var sold = await IssuedAsync(story, customer, new(2026, 2, 25), new(2026, 4, 10), 130);
        await story.ChangeAsync(Open(sold, 30), "charged-back", 100, 2, on: on);
        await story.ChangeAsync(Open(sold, 0), "charged-back", 30, 3, on: on);
        await story.ChangeAsync(Open(sold, 30), "chargeback-reversed", 30, 4, on: on);
        foreach (var amount in new[] { 100m, 30m })
        {
            var item = story.Item(customer, new(2026, 4, 14), amount, amount) with
            {
                InvoiceDate = on,
                Kind = "debit-memo",
            };
            await story.TellAsync(Story.Issued(item) with { ChargebackOf = sold.InvoiceId }, 1);
            await KnownAsync(item, 1);
            if (amount != 30)
                continue;
            await story.TellAsync(new InvoiceVoided(item.InvoiceId, "it had come", on, [Open(item, 0)]), 2);
            await KnownAsync(item, 2);
        }

        var all = (await story.GetAsync<CollectionResultsView>(
            $"/v1/reports/collection-effectiveness?legalEntity={story.Entity}&period=2026-03")).Rows[0];

        // What is gone, 1,130 + 500 − 1,180, is what was paid.
        (all.Beginning, all.Sales, all.Ending, all.Cash).ShouldBe((Usd(1130), Usd(500), Usd(1180), Usd(450)));

        static OpenItem Open(OpenItem item, decimal balance) =>
            item with { Balance = item.Balance with { Amount = balance } };

        Task KnownAsync(OpenItem item, int version) => story.KnowsAsync(
            $"select count(*) from open_items where invoice_id = '{item.InvoiceId}' and version = {version}");
    }

    [Fact]
    public async Task money_is_followed_from_age_to_age()
    {
        var story = await MarchAsync();

        var report = await story.GetAsync<RollRatesView>(
            $"/v1/reports/roll-rates?legalEntity={story.Entity}&period=2026-03");

        report.Rows.Select(row => (row.All, row.Collector, row.From, row.To, row.Amount.Amount, row.Rate)).ShouldBe(
        [
            (true, null, "new", "current", 500m, 100m), (true, null, "current", "current", 400m, 100m),
            (true, null, "1-30", "31-60", 150m, 25m), (true, null, "1-30", "settled", 450m, 75m),
            (false, "ana", "current", "current", 400m, 100m), (false, "ana", "1-30", "31-60", 150m, 25m),
            (false, "ana", "1-30", "settled", 450m, 75m), (false, null, "new", "current", 500m, 100m),
        ]);
        report.NetFlows.Select(row => (row.All, row.Collector, row.From, row.Beginning.Amount, row.Ending.Amount,
            row.Rate)).ShouldBe(
        [
            (true, null, "current", 400m, 0m, 0m), (true, null, "1-30", 600m, 150m, 25m),
            (false, "ana", "current", 400m, 0m, 0m), (false, "ana", "1-30", 600m, 150m, 25m),
        ]);
        using var client = app.Client(entities: story.Entity);
        client.DefaultRequestHeaders.Add("Accept", "text/csv");
        (await client.GetStringAsync($"/v1/reports/roll-rates?legalEntity={story.Entity}&period=2026-03"))
            .ShouldContain("ana");
    }

    [Fact]
    public async Task handing_customers_on_changes_no_month_that_is_over_and_money_counts_for_whoever_had_them_then()
    {
        var story = await MarchAsync();
        var ana = await story.ScalarAsync<Guid>(
            "select c.id from customers c join collectors k on k.customer_id = c.id " +
            $"where c.legal_entity = '{story.Entity}'");
        await AssignAsync(story, ana, "ben", new(2026, 3, 20));
        await AssignAsync(story, ana, "eva", app.Clock.Today);

        var march = await story.GetAsync<CollectionResultsView>(
            $"/v1/reports/collection-effectiveness?legalEntity={story.Entity}&period=2026-03");
        var april = await story.GetAsync<CollectionResultsView>(
            $"/v1/reports/collection-effectiveness?legalEntity={story.Entity}&period=2026-04");

        march.Rows.Where(row => row.Collector is not null).Select(row => (row.Collector, row.Beginning, row.Cash))
            .ShouldBe([("ana", Usd(0), Usd(450)), ("ben", Usd(1000), Usd(0))]);
        april.Rows.Single(row => row.Collector is not null).Collector.ShouldBe("eva");
        (await story.GetAsync<RollRatesView>($"/v1/reports/roll-rates?legalEntity={story.Entity}&period=2026-03")).Rows
            .Where(row => !row.All).Select(row => row.Collector).Distinct().ShouldBe(["ben", null]);
    }

    /// <summary>On the first of April nothing that falls due later in April is overdue.</summary>
    [Fact]
    public async Task a_month_that_is_not_over_ends_today()
    {
        var story = await MarchAsync();

        var report = await story.GetAsync<CollectionResultsView>(
            $"/v1/reports/collection-effectiveness?legalEntity={story.Entity}&period=2026-04");
        (report.Rows[0].Ending, report.Rows[0].EndingCurrent).ShouldBe((Usd(1050), Usd(900)));
        (await story.GetAsync<RollRatesView>($"/v1/reports/roll-rates?legalEntity={story.Entity}&period=2026-04")).Rows
            .Where(row => row.All).Select(row => (row.From, row.To, row.Amount.Amount)).ShouldBe(
            [
                ("current", "current", 900m), ("31-60", "31-60", 150m),
            ]);
    }

    [Fact]
    public async Task what_is_asked_wrongly_is_refused_and_says_why()
    {
        var story = await Story.BeginAsync(app);
        using var client = app.Client();
        foreach (var report in new[] { "collection-effectiveness", "roll-rates" })
        {
            var path = $"/v1/reports/{report}?legalEntity={story.Entity}&period=";
            (await client.GetAsync($"{path}March")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await client.GetAsync($"{path}2026-03")).StatusCode.ShouldBe(HttpStatusCode.OK);
            using var stranger = app.Client(entities: "XX99");
            (await stranger.GetAsync($"{path}2026-03")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        var targets = $"/v1/collections/targets/{story.Entity}/2026-03";
        var twice = new { collector = "ana", cash = Usd(1) };
        (await client.PutAsJsonAsync(targets, new { targets = new[] { twice, twice } }, Json.Wire)).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await client.PutAsJsonAsync(
            targets.Replace("2026-03", "2026-13"), new { targets = new[] { twice } }, Json.Wire))
            .StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>The two customers: one has a collector.</summary>
    private async Task<Story> MarchAsync()
    {
        var story = await Story.BeginAsync(app);
        var (ana, nobody) = (await story.CustomerAsync(), await story.CustomerAsync());
        await AssignAsync(story, ana, "ana", new(2026, 2, 1));
        var late = await IssuedAsync(story, ana, new(2026, 1, 20), new(2026, 2, 19), 600);
        await IssuedAsync(story, ana, new(2026, 2, 25), new(2026, 4, 10), 400);
        await IssuedAsync(story, nobody, new(2026, 3, 5), new(2026, 4, 4), 500);
        await story.TellAsync(
            Story.Applied(late, Story.NewId(), 450) with
            {
                ValueDate = new(2026, 3, 12),
                PostingDate = new(2026, 3, 12),
            },
            2);
        await story.KnowsAsync($"select count(*) from settlements where invoice_id = '{late.InvoiceId}'");
        return story;
    }

    /// <summary>As if it had been done on a day.</summary>
    private async Task AssignAsync(Story story, Guid customer, string collector, DateOnly on)
    {
        var days = app.Clock.Days;
        app.Clock.Days += on.DayNumber - app.Clock.Today.DayNumber;
        await story.PutAsync<object>($"/v1/collections/customers/{customer}/collector", new { collector });
        app.Clock.Days = days;
    }

    private static async Task<OpenItem> IssuedAsync(
        Story story, Guid customer, DateOnly issued, DateOnly due, decimal amount)
    {
        var item = story.Item(customer, due, amount, amount) with { InvoiceDate = issued };
        await story.TellAsync(Story.Issued(item), 1);
        await story.KnowsAsync($"select count(*) from open_items where invoice_id = '{item.InvoiceId}'");
        return item;
    }

    private static Money Usd(decimal amount) => Money.Of(amount, "USD");
}
