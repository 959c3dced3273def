using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.TestKit;
using Stored = OrderToCash.Invoicing.Invoices.InvoiceBecameOverdue;

namespace OrderToCash.Invoicing.Tests.Http;

public class OverdueInvoices(InvoicingApp app)
{
    private static readonly EventMetadata Metadata = new("tester");

    /// <summary>D-42: due next week and due today are not overdue, whatever the invoice's date.</summary>
    [Fact]
    public async Task D42_are_listed_from_the_day_after_the_due_date()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var late = await IssueAsync(customer, -31, "NET 30");
        var today = await IssueAsync(customer, -30, "NET 30");
        var nextWeek = await IssueAsync(customer, -23, "NET 30");
        var gone = await IssueAsync(customer, -40, "NET 30");
        await app.Client.PostAsync($"/v1/invoices/{gone}/void", new { reason = "duplicate" });

        (await ListAsync(entity, "overdue=true")).ShouldBe([late]);
        (await ListAsync(entity, "overdue=false")).ShouldBe([today, nextWeek, gone], ignoreOrder: true);
    }

    /// <summary>D-41, I-21: a day of the legal entity, from one end of the world to the other.</summary>
    [Fact]
    public async Task D41_are_marked_when_the_due_day_has_ended_where_the_legal_entity_is()
    {
        foreach (var zone in new[] { "Pacific/Pago_Pago", "America/Chicago", "Asia/Kolkata", "Pacific/Kiritimati" })
        {
            var entity = await app.EntityAsync();
            (await app.Client.PutAsync($"/v1/legal-entities/{entity}", new
            {
                name = "Test Inc.",
                baseCurrency = "USD",
                country = "US",
                timeZone = zone,
            })).ShouldBe(HttpStatusCode.OK);
            var invoice = await IssueAsync(await app.Client.RegisterAsync(entity), 0, "NET 300");
            var due = TestApi.Today.AddDays(300).ToDateTime(TimeOnly.MinValue);
            var end = new DateTimeOffset(
                due.AddDays(1), TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(due.AddDays(1)));

            (await MarkAsync(entity, end.AddSeconds(-1))).ShouldBe(0, zone);
            (await MarkAsync(entity, end)).ShouldBe(1, zone);
            (await MarkAsync(entity, end.AddDays(1))).ShouldBe(0, zone);
            (await MarksAsync(invoice)).ShouldHaveSingleItem().Item.DueDate.ShouldBe(DateOnly.FromDateTime(due));
        }
    }

    [Fact]
    public async Task Are_told_once_by_however_many_instances_also_after_weeks_and_not_when_they_are_paid()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var paid = await IssueAsync(customer, -99, "NET 90");
        await app.Bus.PublishAsync(Messages.Requested(Some.NewId(), paid, 100));
        await Eventually.Passes(async () =>
            (await app.Client.ReadAsync($"/v1/invoices/{paid}"))["status"].GetString().ShouldBe("paid"));
        var late = (await app.Client.PostAsync(
            "/v1/invoices", TestApi.Invoice(customer, 90, TestApi.Today.AddDays(-70), "SPLIT 30/60/90"))).Id;

        var instances = Enumerable.Range(0, 4)
            .Select(_ => ActivatorUtilities.CreateInstance<OverdueMarking>(app.Services));
        await Task.WhenAll(instances.Select(one =>
            one.MarkAsync(Metadata, entity, TestApi.Attempt, CancellationToken.None)));

        (await MarksAsync(late)).Select(mark => mark.Item.Installment).ShouldBe([1, 2]);
        var told = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<InvoiceBecameOverdue>(late)), heard => heard.Count == 2, "told");
        told.Select(one => (one.Item.Installment, one.OverdueSince, one.Item.Balance.Amount)).ShouldBe(
            [(1, TestApi.Today.AddDays(-39), 30m), (2, TestApi.Today.AddDays(-9), 30m)]);
        (await app.Client.ReadAsync($"/v1/invoices/{late}/history"))["items"].EnumerateArray().Last()
            .GetProperty("type").GetString().ShouldBe("invoice-became-overdue");
        (await MarksAsync(paid)).Where(mark => mark.Item.Balance.IsZero).ShouldBeEmpty();
    }

    /// <summary>What keeps none of the others waiting must not keep operators in the dark either.</summary>
    [Fact]
    public async Task One_that_the_clock_cannot_mark_is_counted_and_the_others_are_marked()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        await ExecuteAsync(
            "create function stuck() returns trigger language plpgsql as $$ begin raise exception 'stuck'; end $$;" +
            "create trigger stuck before update on open_items for each row " +
            $"when (old.customer_id = '{customer}' and old.amount = 77) execute function stuck()");
        try
        {
            var stuck = await IssueAsync(customer, -32, "NET 30", 77);
            var late = await IssueAsync(customer, -31, "NET 30");
            using var failures = new Readings("otc.work.failures", "otc.work", "What a day brings");
            using var clock = ActivatorUtilities.CreateInstance<InvoicingClock>(app.Services);

            await clock.StartAsync(CancellationToken.None);

            await Eventually.Passes(async () => (await MarksAsync(late)).ShouldHaveSingleItem());
            await Eventually.BecomesTrue(() => failures.Seen.Sum() > 0, "it is counted");
            await clock.StopAsync(CancellationToken.None);
            (await MarksAsync(stuck)).ShouldBeEmpty();
        }
        finally
        {
            await ExecuteAsync("drop trigger stuck on open_items; drop function stuck");
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = app.Store.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<Guid> IssueAsync(Guid customer, int days, string terms, decimal amount = 100) =>
        (await app.Client.PostAsync(
            "/v1/invoices", TestApi.Invoice(customer, amount, TestApi.Today.AddDays(days), terms)))
            .ShouldBe(HttpStatusCode.Created).Id;

    private async Task<IEnumerable<Guid>> ListAsync(string entity, string filter) =>
        (await app.Client.ReadAsync($"/v1/invoices?legalEntity={entity}&{filter}"))["items"].EnumerateArray()
            .Select(item => item.GetProperty("id").GetGuid());

    private async Task<int> MarkAsync(string entity, DateTimeOffset now) =>
        await new OverdueMarking(app.Store, new StoppedClock(now))
            .MarkAsync(Metadata, entity, TestApi.Attempt, CancellationToken.None);

    private async Task<IReadOnlyList<Stored>> MarksAsync(Guid invoice) =>
        [.. (await app.Store.HistoryAsync(invoice)).Select(e => e.Data).OfType<Stored>()];
}
