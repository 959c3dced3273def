using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReferenceRates;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class StatutorySums(InvoicingApp app)
{
    private static readonly DateOnly This = new(TestApi.Today.Year, TestApi.Today.Month, 1);

    /// <summary>A payment plan moves the due date: what is paid late by it, too, has given the sum before.</summary>
    [Fact]
    public async Task Are_due_once_though_the_due_date_is_moved_to_another_month()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        object[] sums = [new { from = 0, amount = 40 }];
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Late Ltd",
            country = "US",
            terms = "NET 30",
            clauses = new { statutory = new { referenceRate = "ecb", points = 8, sums } },
        })).ShouldBe(HttpStatusCode.OK);
        var (last, next) = (Period.Of(This.AddMonths(-1)), Period.Of(This.AddMonths(1)));
        foreach (var half in new[] { last, next }.Select(month => ReferenceRate.HalfYearOf(month.FirstDay)).Distinct())
        {
            (await app.Client.PutAsync(
                $"/v1/legal-entities/{entity}/reference-rates/ecb/{half:O}", new { percent = "2" }))
                .ShouldBe(HttpStatusCode.OK);
        }

        var invoice = await app.Client.IssueAsync(customer, 1_000, last.FirstDay.AddDays(-29));

        var first = await BillAsync(entity, last, This, preview: false);
        await MoveAsync(invoice.Id, next.FirstDay.AddDays(4));
        var second = await BillAsync(entity, next, next.Next.FirstDay, preview: true);

        first.ShouldBe([ChargeKind.StatutorySum, ChargeKind.Interest]);
        second.ShouldBe([ChargeKind.Interest]);
    }

    /// <summary>Both have read the ledger before either of them has written.</summary>
    [Fact]
    public async Task And_late_fees_are_due_once_though_two_months_are_billed_at_once()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Late Ltd",
            country = "US",
            terms = "NET 30",
            clauses = new { lateFee = "25" },
        })).ShouldBe(HttpStatusCode.OK);
        var (last, next) = (Period.Of(This.AddMonths(-1)), Period.Of(This.AddMonths(1)));
        var invoice = await app.Client.IssueAsync(customer, 1_000, last.FirstDay.AddDays(-29));
        await MoveAsync(invoice.Id, next.FirstDay.AddDays(4));
        var day = next.Next.FirstDay;

        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "insert into number_series (legal_entity, kind, year, last) values (@entity, 'DM', @year, 0)",
            new { entity, year = day.Year });
        Task<IReadOnlyList<ChargeKind>>[] months =
            [BillAsync(entity, last, day, preview: false), BillAsync(entity, next, day, preview: false)];
        await Eventually.BecomesTrue(async () => await WaitingAsync() >= 2, "both want a number");
        await transaction.CommitAsync();

        (await Task.WhenAll(months)).SelectMany(kinds => kinds).ShouldBe([ChargeKind.LateFee]);
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"].GetArrayLength()
            .ShouldBe(1);
        (await BillAsync(entity, last, day, preview: true)).Concat(await BillAsync(entity, next, day, preview: true))
            .Distinct().ShouldBe([ChargeKind.LateFee]);
    }

    /// <summary>
    /// While the debit memo waits for its number another month has the late fee, and the contract names a rate that
    /// nobody has set: what is left is not billed by a rate of our own.
    /// </summary>
    [Fact]
    public async Task And_what_another_month_leaves_waits_for_the_rate_by_law()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await AgreeAsync(customer, new { lateFee = "25" });
        var (last, next) = (Period.Of(This.AddMonths(-1)), Period.Of(This.AddMonths(1)));
        var invoice = await app.Client.IssueAsync(customer, 1_000, last.FirstDay.AddDays(-29));
        await MoveAsync(invoice.Id, next.FirstDay.AddDays(4));
        var day = next.Next.FirstDay;

        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "insert into number_series (legal_entity, kind, year, last) values (@entity, 'DM', @year, 0)",
            new { entity, year = day.Year });
        var billed = BillAsync(entity, next, day, preview: false);
        await Eventually.BecomesTrue(async () => await WaitingAsync() >= 1, "it wants a number");
        await AgreeAsync(customer, new { statutory = new { referenceRate = "unset", points = 8 } });
        await connection.ExecuteAsync(
            "insert into charged_once (invoice_id, installment, kind, period) values (@Id, 1, 'LateFee', @period)",
            new { invoice.Id, period = $"{last}" });
        await transaction.CommitAsync();

        (await billed).ShouldBeEmpty();
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"].GetArrayLength()
            .ShouldBe(0);
    }

    /// <summary>What was charged wrongly is void; late by the date that then holds, the fee is due after all.</summary>
    [Fact]
    public async Task And_late_fees_of_a_debit_memo_that_is_void_are_due_by_the_due_date_that_is_moved()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await AgreeAsync(customer, new { lateFee = "25" });
        var (last, next) = (Period.Of(This.AddMonths(-1)), Period.Of(This.AddMonths(1)));
        var invoice = await app.Client.IssueAsync(customer, 1_000, last.FirstDay.AddDays(-29));
        await BillAsync(entity, last, This, preview: false);
        var memos = $"/v1/invoices?customerId={customer}&kind=debit-memo";
        var memo = (await app.Client.ReadAsync(memos))["items"].EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("id").GetGuid();
        await MoveAsync(invoice.Id, next.FirstDay.AddDays(4));
        (await BillAsync(entity, next, next.Next.FirstDay, preview: true)).ShouldBeEmpty();

        (await app.Client.PostAsync($"/v1/invoices/{memo}/void", new { reason = "agreed" }))
            .ShouldBe(HttpStatusCode.OK);

        await BillAsync(entity, last, next.Next.FirstDay, preview: false);
        (await app.Client.ReadAsync(memos))["items"].GetArrayLength().ShouldBe(1);
        (await BillAsync(entity, next, next.Next.FirstDay, preview: false)).ShouldBe([ChargeKind.LateFee]);
        (await app.Client.ReadAsync(memos))["items"].GetArrayLength().ShouldBe(2);
    }

    private async Task AgreeAsync(Guid customer, object clauses) =>
        (await app.Client.PutAsync(
            $"/v1/customers/{customer}", new { name = "Late Ltd", country = "US", terms = "NET 30", clauses }))
            .ShouldBe(HttpStatusCode.OK);

    private async Task<long> WaitingAsync()
    {
        await using var command = app.Database.Source.CreateCommand(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'number_series'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task MoveAsync(Guid invoice, DateOnly due) =>
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/reschedule", new
        {
            reason = "plan",
            source = "payment-plan",
            reference = "PLAN-1",
            installments = new[] { new { installment = 1, dueDate = due } },
        })).ShouldBe(HttpStatusCode.OK);

    private async Task<IReadOnlyList<ChargeKind>> BillAsync(string entity, Period month, DateOnly day, bool preview)
    {
        var clock = new StoppedClock(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));
        var billing = new FinanceChargeBilling(
            app.Store, app.Services.GetRequiredService<DocumentNumbers>(), clock,
            NullLogger<FinanceChargeBilling>.Instance);
        var billed = await billing.BillAsync(
            entity, month, preview, null, new EventMetadata("tester"), TestApi.Attempt, CancellationToken.None);
        return [.. billed.DebitMemos.SelectMany(memo => memo.Charges).Select(charge => charge.Kind)];
    }
}
