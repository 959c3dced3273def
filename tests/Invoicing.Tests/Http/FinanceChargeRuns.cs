using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Http;

public class FinanceChargeRuns(InvoicingApp app)
{
    private static readonly DateOnly Month =
        new DateOnly(TestApi.Today.Year, TestApi.Today.Month, 1).AddMonths(-1);

    private static readonly DateOnly Yesterday = TestApi.Today.AddDays(-1);

    private static string Period => $"{Month:yyyy-MM}";

    /// <summary>A run has no version: the answer that refuses one must not hide that it has billed.</summary>
    [Fact]
    public async Task Bill_nothing_where_they_name_a_version()
    {
        var (entity, customer) = await LateCustomerAsync();
        foreach (var path in new[] { "/v1/finance-charge-runs", "/v1/billing-runs" })
        {
            using var run = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = JsonContent.Create(new { legalEntity = entity, period = Period }),
            };
            run.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
            using var answer = await app.Client.SendAsync(run);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("if-match-unsupported");
        }

        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"].GetArrayLength()
            .ShouldBe(0);
    }

    /// <summary>What is only tried again tomorrow must not look done in all rounds of today.</summary>
    [Fact]
    public async Task Are_not_done_while_an_error_waits_for_the_next_day()
    {
        var (entity, customer) = await LateCustomerAsync();

        // The debit memo's place is taken by something else.
        await app.Store.DecideAsync(
            AutomationPolicyStream.Type, Ids.From("finance-charges", customer.ToString("D"), Period),
            new EventMetadata("tester"), policy => policy.Define(new AutomationPolicyDefined(entity, null), Month));
        await app.Store.DecideAsync(
            AutomationPolicyStream.Type, AutomationPolicyStream.Id(entity), new EventMetadata("tester"),
            policy => policy.Define(new AutomationPolicyDefined(entity, new AutomaticCharges(1, default)), Month));

        (await BillAsync()).ShouldBeFalse();
        (await BillAsync()).ShouldBeFalse();

        Task<bool> BillAsync() => app.Services.GetRequiredService<AutomaticFinanceCharges>()
            .BillAsync(new EventMetadata("tester"), entity, TestApi.Attempt, CancellationToken.None);
    }

    [Fact]
    public async Task By_a_person_end_the_error_of_a_month_that_nothing_else_runs_any_more()
    {
        var (entity, customer) = await LateCustomerAsync();
        var policy = AutomationPolicyStream.Id(entity);
        await DecideAsync(now => now.Define(
            new AutomationPolicyDefined(entity, new AutomaticCharges(1, default)), TestApi.Today));
        await DecideAsync(now => now.Bill(new FinanceChargesBilled(entity, Period, Yesterday, 0, 1, Errors: 1)));

        (await app.Client.PostAsync(
            "/v1/finance-charge-runs", new { legalEntity = entity, period = Period, preview = true }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Store.LoadAsync(AutomationPolicyStream.Type, policy)).State.HasErrors.ShouldBeTrue();
        (await app.Client.PostAsync("/v1/finance-charge-runs", new { legalEntity = entity, period = Period }))
            .ShouldBe(HttpStatusCode.OK);

        var (now, _) = await app.Store.LoadAsync(AutomationPolicyStream.Type, policy);
        now.HasErrors.ShouldBeFalse();
        (now.Runs[Period].Billed, now.Runs[Period].Failed).ShouldBe((1, 0));
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"].GetArrayLength()
            .ShouldBe(1);

        Task DecideAsync(Func<AutomationPolicy, Decision> decide) =>
            app.Store.DecideAsync(AutomationPolicyStream.Type, policy, new EventMetadata("tester"), decide);
    }

    /// <summary>1,000.00 due on the day before the month.</summary>
    private async Task<(string Entity, Guid Customer)> LateCustomerAsync()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Late Ltd",
            country = "US",
            terms = "NET 30",
            clauses = new { lateFee = "25", interestPercent = "9" },
        })).ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(customer, 1_000, Month.AddDays(-31));
        return (entity, customer);
    }
}
