using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReferenceRates;
using OrderToCash.Invoicing.UseCases;

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
        (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/reschedule", new
        {
            reason = "plan",
            source = "payment-plan",
            reference = "PLAN-1",
            installments = new[] { new { installment = 1, dueDate = next.FirstDay.AddDays(4) } },
        })).ShouldBe(HttpStatusCode.OK);
        var second = await BillAsync(entity, next, next.Next.FirstDay, preview: true);

        first.ShouldBe([ChargeKind.StatutorySum, ChargeKind.Interest]);
        second.ShouldBe([ChargeKind.Interest]);
    }

    private async Task<IEnumerable<ChargeKind>> BillAsync(string entity, Period month, DateOnly day, bool preview)
    {
        var clock = new StoppedClock(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));
        var billing = new FinanceChargeBilling(
            app.Store, app.Services.GetRequiredService<DocumentNumbers>(), clock,
            NullLogger<FinanceChargeBilling>.Instance);
        var billed = await billing.BillAsync(
            entity, month, preview, null, new EventMetadata("tester"), TestApi.Attempt, CancellationToken.None);
        return billed.DebitMemos.ShouldHaveSingleItem().Charges.Select(charge => charge.Kind);
    }
}
