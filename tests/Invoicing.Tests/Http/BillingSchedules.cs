using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.UseCases;

namespace OrderToCash.Invoicing.Tests.Http;

public partial class BillingSchedules(InvoicingApp app)
{
    private static readonly object[] Lines =
        [new { description = "Hosting", quantity = "1", unitPrice = "310.00", taxRate = "0.10" }];

    [Fact]
    public async Task After_weeks_of_downtime_each_missed_period_is_billed_once_by_however_many_instances()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var start = TestApi.Today.AddMonths(-3).AddDays(-1);
        var schedule = await CreateAsync(customer, new
        {
            recurring = new { interval = "monthly", timing = "advance", start, lines = Lines },
        });
        var preview = await app.Client.ReadAsync(
            $"/v1/billing-schedules/{schedule.Id}/preview?until={TestApi.Today:yyyy-MM-dd}");
        preview.Json.GetArrayLength().ShouldBe(4);

        var billing = Enumerable.Range(0, 4)
            .Select(_ => ActivatorUtilities.CreateInstance<ScheduledBilling>(app.Services));
        await Task.WhenAll(billing.Select(one =>
            one.BillAsync(
                new EventMetadata("tester"), entity, again: false, TestApi.Attempt, CancellationToken.None)));

        var invoices = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"];
        invoices.GetArrayLength().ShouldBe(4);
        invoices.EnumerateArray().ShouldAllBe(invoice =>
            invoice.GetProperty("total").GetProperty("amount").GetString() == "341.00"
            && invoice.GetProperty("invoiceDate").GetString() == $"{TestApi.Today:yyyy-MM-dd}");
        var after = await app.Client.ReadAsync($"/v1/billing-schedules/{schedule.Id}");
        after["billed"].EnumerateArray().Select(one => one.GetProperty("key").GetString())
            .ShouldBe(preview.Json.EnumerateArray().Select(one => one.GetProperty("key").GetString()));
        after["nextBillOn"].GetString().ShouldBe($"{start.AddMonths(4):yyyy-MM-dd}");
        (await RunAsync(entity))["invoices"].GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task What_cannot_be_billed_says_why_once_a_day_and_is_billed_when_the_cause_is_gone()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity, currency: "EUR");
        var schedule = await CreateAsync(customer, new
        {
            dates = new object[]
            {
                new { billOn = TestApi.Today.AddDays(-2), lines = Lines },
                new { billOn = TestApi.Today.AddDays(-1), lines = Lines },
            },
        });

        // What is refused holds up what comes after it; the clock may have been quicker than the run.
        for (var run = 0; run < 2; run++)
        {
            (await RunAsync(entity))["invoices"].EnumerateArray().ShouldHaveSingleItem()
                .GetProperty("code").GetString().ShouldBe("no-exchange-rate");
        }

        var listed = await app.Client.ReadAsync($"/v1/billing-schedules?legalEntity={entity}&refused=true");
        listed["items"].EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(schedule.Id);
        (await app.Store.HistoryAsync(schedule.Id)).Select(e => e.Data).OfType<SchedulePeriodRefused>()
            .ShouldHaveSingleItem();
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"].GetArrayLength().ShouldBe(0);

        await app.Client.RateAsync(entity, "EUR", 1.10m, TestApi.Today);
        (await RunAsync(entity))["invoices"].EnumerateArray().ShouldAllBe(one =>
            one.GetProperty("invoiceId").ValueKind == JsonValueKind.String);
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"].GetArrayLength().ShouldBe(2);
        (await app.Client.ReadAsync($"/v1/billing-schedules/{schedule.Id}"))["refused"].ValueKind
            .ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Who_is_no_customer_any_more_is_billed_no_further()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        (await app.Client.PostAsync($"/v1/customers/{customer}/terminate", new { reason = "moved away" }))
            .ShouldBe(HttpStatusCode.OK);
        await CreateAsync(customer, new { dates = new[] { new { billOn = TestApi.Today, lines = Lines } } });

        (await RunAsync(entity))["invoices"].EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("code").GetString().ShouldBe("customer-terminated");
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"].GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_milestone_is_billed_once_it_is_reached()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var schedule = await CreateAsync(customer, new
        {
            milestones = new[]
            {
                new { code = "design", description = "Design", lines = Lines },
                new { code = "go-live", description = "Go live", lines = Lines },
            },
        });
        (await RunAsync(entity))["invoices"].GetArrayLength().ShouldBe(0);

        var path = $"/v1/billing-schedules/{schedule.Id}/milestones";
        (await app.Client.PostAsync($"{path}/go-live/reached", new { })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"{path}/party/reached", new { }))
            .ShouldBe(HttpStatusCode.NotFound, "unknown-milestone");
        (await app.Client.PostAsync($"{path}/design/reached", new { on = TestApi.Today.AddDays(3) }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "date-in-future");

        // The clock may have been quicker than the run.
        await RunAsync(entity);
        var after = await app.Client.ReadAsync($"/v1/billing-schedules/{schedule.Id}");
        after["billed"].EnumerateArray().ShouldHaveSingleItem().GetProperty("key").GetString().ShouldBe("go-live");
        after["status"].GetString().ShouldBe("active");
    }

    [Fact]
    public async Task A_schedule_without_rule_waits_for_those_who_must_approve_it()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new
        {
            rules = new[]
            {
                new { kind = "billing-schedule", upTo = (decimal?)null, approvals = 1, role = "controller" },
            },
        })).ShouldBe(HttpStatusCode.OK);
        var dates = new[] { new { billOn = TestApi.Today, lines = Lines } };

        var waiting = (await app.Client.PostAsync("/v1/billing-schedules", Request(customer, new { dates })))
            .ShouldBe(HttpStatusCode.Accepted);
        waiting["amount"].GetProperty("amount").GetString().ShouldBe("341.00");
        (await RunAsync(entity))["invoices"].GetArrayLength().ShouldBe(0);
        (await app.Approver("cora", "controller").PostAsync(
            $"/v1/approvals/{waiting.Id}/approve", new { reason = "as agreed" })).ShouldBe(HttpStatusCode.OK);

        await RunAsync(entity);
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_paused_schedule_bills_what_fell_into_the_pause_when_it_goes_on()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var schedule = await CreateAsync(customer, new
        {
            recurring = new
            {
                interval = "monthly",
                timing = "arrears",
                start = TestApi.Today.AddMonths(1),
                lines = Lines,
            },
        });
        foreach (var (verb, status) in new[] { ("pause", "paused"), ("resume", "active") })
        {
            (await app.Client.PostAsync($"/v1/billing-schedules/{schedule.Id}/{verb}", new { reason = "x" }))
                .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe(status);
        }

        (await app.Client.PostAsync(
            $"/v1/billing-schedules/{schedule.Id}/end", new { lastDay = TestApi.Today, reason = "cancelled" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("completed");
        (await app.ClientWith("invoicing:read", "US99").ReadAsync($"/v1/billing-schedules/{schedule.Id}"))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    private static object Request(Guid customerId, object plan) => new { customerId, name = "Hosting", plan };

    private async Task<Answer> CreateAsync(Guid customer, object plan) =>
        (await app.Client.PostAsync("/v1/billing-schedules", Request(customer, plan)))
            .ShouldBe(HttpStatusCode.Created);

    private async Task<Answer> RunAsync(string entity) =>
        (await app.Client.PostAsync("/v1/billing-runs", new { legalEntity = entity })).ShouldBe(HttpStatusCode.OK);
}
