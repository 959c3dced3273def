using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReferenceRates;
using OrderToCash.Invoicing.UseCases;

namespace OrderToCash.Invoicing.Tests.Http;

public class ChargesHeldBack(InvoicingApp app)
{
    private static readonly EventMetadata Metadata = new("tester");

    private static readonly DateOnly This = new(TestApi.Today.Year, TestApi.Today.Month, 1);

    [Fact]
    public async Task Are_billed_by_themselves_to_those_they_were_held_back_of_and_to_nobody_else()
    {
        var entity = await app.EntityAsync();
        var (disputing, without) = (await LateAsync(entity), await LateAsync(entity));
        await AgreeAsync(disputing);
        await app.Store.DecideAsync(
            AutomationPolicyStream.Type, AutomationPolicyStream.Id(entity), Metadata, policy => policy.Define(
                new AutomationPolicyDefined(entity, new AutomaticCharges(1, default)), This.AddMonths(-1)));
        var invoice = (await app.Client.ReadAsync($"/v1/invoices?customerId={disputing}"))["items"][0];
        var dispute = $"/v1/invoices/{invoice.GetProperty("id").GetGuid()}/installments/1/dispute";
        await app.Client.PutAsync(dispute, new { amount = "1000", reason = "broken" });

        (await RunAsync(entity, This)).HeldBack.ShouldBe([disputing]);
        await app.Client.PutAsync(dispute, new { amount = "0", reason = "it was not" });
        await AgreeAsync(without);
        (await RunAsync(entity, This.AddMonths(1))).HeldBack.ShouldBeNull();

        (await MemosAsync(disputing)).ShouldBe(2);
        (await MemosAsync(without)).ShouldBe(1);
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))["ties"].GetBoolean().ShouldBeTrue();
    }

    /// <summary>
    /// The rate of a half-year may be published, or set, when the month after the charged one is over.
    /// </summary>
    [Fact]
    public async Task Are_billed_by_themselves_once_the_reference_rate_is_known()
    {
        var entity = await app.EntityAsync();
        var customer = await LateAsync(entity);
        await AgreeAsync(customer, new { statutory = new { referenceRate = "ecb", points = 8 } });
        await app.Store.DecideAsync(
            AutomationPolicyStream.Type, AutomationPolicyStream.Id(entity), Metadata, policy => policy.Define(
                new AutomationPolicyDefined(entity, new AutomaticCharges(1, default)), This.AddMonths(-1)));

        (await RunAsync(entity, This)).HeldBack.ShouldBe([customer]);
        (await MemosAsync(customer)).ShouldBe(0);
        var half = ReferenceRate.HalfYearOf(This.AddMonths(-1));
        (await app.Client.PutAsync(
            $"/v1/legal-entities/{entity}/reference-rates/ecb/{half:O}", new { percent = "2" }))
            .ShouldBe(HttpStatusCode.OK);

        (await RunAsync(entity, This.AddMonths(1))).HeldBack.ShouldBeNull();
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"]
            .GetArrayLength().ShouldBeGreaterThan(0);
    }

    /// <summary>As it would be on the invoice.</summary>
    [Fact]
    public async Task Are_none_of_what_a_dispute_of_a_chargeback_is_about_or_was_right_about()
    {
        var entity = await app.EntityAsync();
        var customer = await LateAsync(entity);
        await AgreeAsync(customer);
        var invoice = (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"][0]
            .GetProperty("id").GetGuid();
        var whole = await InterestAsync(entity);

        var chargeback = (await app.Client.PostAsync(
            $"/v1/invoices/{invoice}/chargebacks", new { reason = "short", amount = "500" }))
            .ShouldBe(HttpStatusCode.Created)["chargeback"].GetProperty("id").GetGuid();
        (await InterestAsync(entity)).ShouldBe(whole);
        var dispute = $"/v1/invoices/{chargeback}/installments/1/dispute";
        (await app.Client.PutAsync(dispute, new { amount = "500", reason = "x" })).ShouldBe(HttpStatusCode.OK);
        (await InterestAsync(entity)).ShouldBe(decimal.Round(whole / 2, 2), 0.01m);
        (await app.Client.PutAsync(dispute, new { amount = "0", reason = "x" })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = customer,
            reason = "dispute",
            invoiceId = chargeback,
            lines = new[] { new { description = "x", quantity = "1", unitPrice = "250" } },
        })).ShouldBe(HttpStatusCode.Created);

        (await InterestAsync(entity)).ShouldBe(decimal.Round(whole * 3 / 4, 2), 0.01m);
    }

    /// <summary>What would be billed for the month before this one.</summary>
    private async Task<decimal> InterestAsync(string entity) => decimal.Parse(
        (await app.Client.PostAsync("/v1/finance-charge-runs", new
        {
            legalEntity = entity,
            period = $"{This.AddMonths(-1):yyyy-MM}",
            preview = true,
        })).ShouldBe(HttpStatusCode.OK)["debitMemos"][0].GetProperty("total").GetProperty("amount").GetString()!,
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What is noted of the month before this one.</summary>
    private async Task<FinanceChargesBilled> RunAsync(string entity, DateOnly day)
    {
        var clock = new StoppedClock(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));
        var billing = new FinanceChargeBilling(
            app.Store, app.Services.GetRequiredService<DocumentNumbers>(), clock,
            NullLogger<FinanceChargeBilling>.Instance);
        await new AutomaticFinanceCharges(app.Store, billing, clock, NullLogger<AutomaticFinanceCharges>.Instance)
            .BillAsync(Metadata, entity, TestApi.Attempt, CancellationToken.None);
        var (policy, _) = await app.Store.LoadAsync(AutomationPolicyStream.Type, AutomationPolicyStream.Id(entity));
        return policy.Runs[$"{This.AddMonths(-1):yyyy-MM}"];
    }

    /// <summary>1,000.00 due on the day before the last month.</summary>
    private async Task<Guid> LateAsync(string entity)
    {
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 1_000, This.AddMonths(-1).AddDays(-31));
        return customer;
    }

    private async Task AgreeAsync(Guid customer, object? clauses = null) =>
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Late Ltd",
            country = "US",
            terms = "NET 30",
            clauses = clauses ?? new { interestPercent = "9" },
        })).ShouldBe(HttpStatusCode.OK);

    private async Task<int> MemosAsync(Guid customer) =>
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"].GetArrayLength();
}
