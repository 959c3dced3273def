using System.Net;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Forecasts are made of what is open, kept, read, and held against what came.</summary>
public sealed class Forecasts(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Path = "/v1/collections/forecasts";

    [Fact]
    public async Task a_forecast_is_made_once_a_day_kept_and_scored_by_what_came()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        var paid = await story.InvoiceAsync(customer, 20);
        await story.PayAsync(paid, 100);
        var open = await story.InvoiceAsync(customer, 5, 300);
        await story.InvoiceAsync(customer, -20, 200);

        var made = await Story.ReadAsync<ForecastView>(await MakeAsync(story), HttpStatusCode.Created);
        made.Items.ShouldBe(2);
        made.Rows.Where(row => row.Grain == ForecastGrain.Month).Sum(row => row.Expected.Amount)
            .ShouldBeInRange(1, 500);
        await story.InvoiceAsync(customer, 3);
        (await Story.ReadAsync<ForecastView>(await MakeAsync(story), HttpStatusCode.OK)).Items.ShouldBe(2);

        var days = app.Clock.Days;
        app.Clock.Days += 40;
        try
        {
            await story.TellAsync(
                Story.Applied(open, Story.NewId(), 300) with { ValueDate = app.Clock.Today.AddDays(-30) }, 2);
            await story.KnowsAsync(
                $"select count(*) from settlements where invoice_id = '{open.InvoiceId}' and amount = 300");
            var scores = await story.GetAsync<Page<ScoredForecast>>($"{Path}/scores?legalEntity={story.Entity}");
            var week = scores.Items.Single(one => one.Grain == "week");
            week.Id.ShouldBe(made.Id);
            week.Score.Buckets.ShouldBeInRange(5, 6);
            var early = await story.GetAsync<Page<ScoredForecast>>(
                $"{Path}/scores?legalEntity={story.Entity}&through={made.AsOf.AddDays(20):yyyy-MM-dd}");
            early.Items.Single(one => one.Grain == "week").Score.Buckets.ShouldBeInRange(2, 3);
            var latest = await story.GetAsync<ForecastView>(
                $"/v1/collections/forecast?legalEntity={story.Entity}&grain=week" +
                $"&to={made.AsOf.AddDays(30):yyyy-MM-dd}");
            latest.Rows.ShouldAllBe(row => row.Grain == ForecastGrain.Week && row.From <= made.AsOf.AddDays(30));
        }
        finally
        {
            app.Clock.Days = days;
        }
    }

    /// <summary>A debit is initiated today: its money comes on its day, and is no less than before.</summary>
    [Fact]
    public async Task what_is_announced_comes_on_its_day()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 5, 300);
        var (today, announced) = (app.Clock.Today, Story.NewId());
        await story.TellAsync(
            new PendingPaymentRecorded(
                Story.NewId(), story.Entity, "ach", "initiated", item.CustomerId, Story.Usd(200), today.AddDays(3),
                today.AddDays(9), [new(announced, item.InvoiceId, 1, item.InvoiceNumber, Story.Usd(200))]),
            1);
        await story.KnowsAsync($"select count(*) from pending_allocations where allocation_id = '{announced}'");

        var made = await Story.ReadAsync<ForecastView>(await MakeAsync(story), HttpStatusCode.Created);

        var days = made.Rows.Where(row => row.Grain == ForecastGrain.Day).ToList();
        days.Single(row => row.From == today.AddDays(3)).Expected.Amount.ShouldBeInRange(200, 215);
        days.Where(row => row.From != today.AddDays(3)).ShouldAllBe(row => row.Expected.Amount < 100);
        made.Rows.Where(row => row.Grain == ForecastGrain.Month).Sum(row => row.Expected.Amount)
            .ShouldBeInRange(200, 300);
    }

    [Fact]
    public async Task forecasts_are_tables_too_and_only_for_who_may_see_them()
    {
        var story = await Story.BeginAsync(app);
        await story.InvoiceAsync(await story.CustomerAsync(), 5);
        using var client = app.Client();
        (await client.GetAsync($"/v1/collections/forecast?legalEntity={story.Entity}")).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        await Story.ReadAsync<ForecastView>(await MakeAsync(story), HttpStatusCode.Created);

        client.DefaultRequestHeaders.Add("Accept", "text/csv");
        var csv = await client.GetStringAsync($"/v1/collections/forecast?legalEntity={story.Entity}&grain=month");
        csv.ShouldStartWith("grain,from,to,expected.amount,expected.currency,low.amount");
        using var stranger = app.Client(entities: "XX99");
        foreach (var path in new[] { "/v1/collections/forecast", $"{Path}/scores" })
        {
            (await stranger.GetAsync($"{path}?legalEntity={story.Entity}")).StatusCode
                .ShouldBe(HttpStatusCode.Forbidden);
        }

        (await client.GetAsync($"/v1/collections/forecast?legalEntity={story.Entity}&grain=year")).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        (await story.PostAsync(Path, new { legalEntity = "NONE" })).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task how_a_customer_pays_is_told_from_what_it_paid()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        foreach (var days in new[] { 30, 25, 20 })
        {
            var item = await story.InvoiceAsync(customer, days);
            await story.TellAsync(
                Story.Applied(item, Story.NewId(), 100) with { ValueDate = item.DueDate.AddDays(8) }, 2);
            await story.KnowsAsync($"select count(*) from settlements where invoice_id = '{item.InvoiceId}'");
        }

        var behaviour = await story.GetAsync<PaymentBehaviourView>(
            $"/v1/collections/customers/{customer}/payment-behaviour");

        (behaviour.Items, behaviour.AverageDays).ShouldBe((3, 8));
        behaviour.Distribution.Select(one => one.Share).ShouldBeInOrder();
        behaviour.MedianDays!.Value.ShouldBeInRange(0, 20);

        // Nobody here pays before the due date: the forecast learns it, and it tells of a customer nothing is known of.
        var unknown = await story.CustomerAsync();
        var before = await PaidWhenDueAsync(unknown);
        before.ShouldBeGreaterThan(await PaidWhenDueAsync(customer));
        await Story.ReadAsync<ForecastView>(await MakeAsync(story), HttpStatusCode.Created);
        (await PaidWhenDueAsync(unknown)).ShouldBeLessThan(before);

        async Task<decimal> PaidWhenDueAsync(Guid id) => (await story.GetAsync<PaymentBehaviourView>(
            $"/v1/collections/customers/{id}/payment-behaviour")).Distribution.Single(one => one.Day == 0).Share;
    }

    private static Task<HttpResponseMessage> MakeAsync(Story story) =>
        story.PostAsync(Path, new { legalEntity = story.Entity });
}
