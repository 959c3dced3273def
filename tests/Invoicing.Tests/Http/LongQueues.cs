using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.UseCases;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>
/// More than one go looks up stands before what can be done, and nothing can be done about it: an older instance that
/// meets what only a newer one knows sees that.
/// </summary>
[Collection("Read models")]
public class LongQueues(InvoicingApp app)
{
    private const int Stuck = 250;

    private static readonly EventMetadata Metadata = new("tester");

    [Fact]
    public async Task What_cannot_be_marked_as_overdue_keeps_nobody_waiting()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var due = TestApi.Today.AddDays(-400);
        await ExecuteAsync(
            "insert into open_items (invoice_id, installment, legal_entity, customer_id, currency, due_date, amount, " +
            "balance) select gen_random_uuid(), 1, @entity, @customer, 'USD', @due, 1, 1 " +
            "from generate_series(1, @Stuck)", new { entity, customer, due, Stuck });
        try
        {
            var late = await app.Client.IssueAsync(customer, 100, TestApi.Today.AddDays(-60));

            await app.Services.GetRequiredService<OverdueMarking>().MarkAsync(
                Metadata, entity, TestApi.Attempt, CancellationToken.None);

            (await app.Client.ReadAsync($"/v1/invoices/{late.Id}/history"))["items"].EnumerateArray()
                .Select(item => item.GetProperty("type").GetString()).ShouldContain("invoice-became-overdue");
        }
        finally
        {
            await ExecuteAsync(
                "delete from open_items where legal_entity = @entity and due_date = @due", new { entity, due });
        }
    }

    [Fact]
    public async Task A_schedule_that_cannot_be_billed_keeps_nobody_waiting()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var due = TestApi.Today.AddDays(-400);
        await ExecuteAsync(
            "insert into billing_schedules (schedule_id, legal_entity, customer_id, name, kind, currency, " +
            "next_bill_on, version) select gen_random_uuid(), @entity, @customer, 'x', 'dates', 'USD', @due, 1 " +
            "from generate_series(1, @Stuck)", new { entity, customer, due, Stuck });
        try
        {
            object line = new { description = "Support", quantity = "1", unitPrice = "10" };
            object day = new { billOn = TestApi.Today, lines = new[] { line } };
            (await app.Client.PostAsync(
                "/v1/billing-schedules",
                new { customerId = customer, name = "Support", plan = new { dates = new[] { day } } }))
                .ShouldBe(HttpStatusCode.Created);

            (await app.Services.GetRequiredService<ScheduledBilling>().BillAsync(
                Metadata, entity, again: true, TestApi.Attempt, CancellationToken.None))
                .ShouldAllBe(one => one.Refusal == null);

            (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"].GetArrayLength().ShouldBe(1);
        }
        finally
        {
            await ExecuteAsync("delete from billing_schedules where name = 'x' and legal_entity = @entity",
                new { entity });
        }
    }

    private async Task ExecuteAsync(string sql, object parameters)
    {
        await using var connection = await app.Store.Database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }
}
