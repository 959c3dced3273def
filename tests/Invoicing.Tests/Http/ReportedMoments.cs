using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class ReportedMoments(InvoicingApp app)
{
    /// <summary>Recorded before the moment of the report, and not there yet when it is asked for.</summary>
    private const string Write =
        """
        insert into subledger_entries (event_id, installment, invoice_id, invoice_number, legal_entity, customer_id,
            due_date, posting_date, kind, currency, amount, base_amount, recorded_at)
        select gen_random_uuid(), installment, invoice_id, invoice_number, legal_entity, customer_id, due_date,
            posting_date, kind, currency, 50, 50, @at
        from subledger_entries where legal_entity = @entity
        """;

    [Fact]
    public async Task I05_a_report_waits_for_what_is_being_written_of_its_moment()
    {
        var (entity, _, _) = await OwingAsync();
        await using var writer = await app.Store.Database.OpenConnectionAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        var at = Now();
        await writer.ExecuteAsync("select check_recorded_at(@at)", new { at });
        var known = Now();

        var report = AgingAsync(entity, known);
        await Eventually.Passes(async () =>
        {
            await using var other = await app.Store.Database.OpenConnectionAsync();
            (await other.ExecuteScalarAsync<bool>("select told >= @known from report_moments", new { known }))
                .ShouldBeTrue();
        });
        report.IsCompleted.ShouldBeFalse();
        await writer.ExecuteAsync(Write, new { at, entity });
        await transaction.CommitAsync();

        Total(await report).ShouldBe("150.00");
        (await AgingAsync(entity, known)).Text.ShouldBe((await report).Text);
        await writer.ExecuteAsync(
            "delete from subledger_entries where legal_entity = @entity and amount = 50", new { entity });
    }

    [Fact]
    public async Task I05_nothing_is_recorded_before_what_was_reported_however_slow_a_clock_is()
    {
        var (entity, customer, invoice) = await OwingAsync();
        var known = Now();
        var printed = (await AgingAsync(entity, known)).Text;
        var slow = new NpgsqlEngine(
            app.Store.Database, app.Services.GetRequiredService<EventTypes>(),
            app.Services.GetRequiredService<IReadOnlyList<Projection>>(),
            app.Services.GetRequiredService<IReadOnlyList<AppendCheck>>(), new StoppedClock(known.AddHours(-1)));
        var issued = (InvoiceIssued)(await app.Store.HistoryAsync(invoice))[0].Data;
        var late = Some.NewId();

        (await slow.CommitAsync(
            new WriteBatch(new EventMetadata("tester")).Append(
                InvoiceStream.Type, late, 0, [issued with { Number = $"INV-{entity}-LATE" }]),
            CancellationToken.None)).IsCommitted.ShouldBeTrue();

        (await app.Store.HistoryAsync(late))[0].At.ShouldBeGreaterThan(known);
        (await AgingAsync(entity, known)).Text.ShouldBe(printed);
        Total(await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}")).ShouldBe("200.00");
        var statement = await app.Client.ReadAsync(
            $"/v1/customers/{customer}/statement?from={TestApi.Today:O}&to={TestApi.Today:O}");
        statement.ShouldBe(HttpStatusCode.OK).Text.ShouldContain($"INV-{entity}-LATE");
    }

    private async Task<(string Entity, Guid Customer, Guid Invoice)> OwingAsync()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        return (entity, customer, (await app.Client.IssueAsync(customer)).Id);
    }

    private Task<Answer> AgingAsync(string entity, DateTimeOffset known) =>
        app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}&knownAt={known.UtcDateTime:O}");

    private static string? Total(Answer report) => report["totals"].GetProperty("total").GetString();

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();
}
