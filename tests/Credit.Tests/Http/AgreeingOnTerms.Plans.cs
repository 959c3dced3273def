using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>A way of billing that is agreed as a plan reaches Invoicing; its alert ends once it is set up.</summary>
public sealed partial class AgreeingOnTerms
{
    [Fact]
    public async Task a_plan_is_told_with_its_words_and_nobody_is_reminded_of_it_once_it_is_set_up()
    {
        var customer = await CustomerAsync();
        using var sales = Sales();
        var asked = await (await sales.PostAsJsonAsync("/v1/credit/terms-requests", new
        {
            customerId = customer,
            terms = "NET 30",
            annualBilling = new { amount = "1000", currency = "USD" },
            reason = "Their budget is by quarters.",
            billingSchedule = "on the first of each quarter",
            billingPlan = new { interval = "quarterly", from = "2027-01-15", firstFullPeriod = "2027-04-01" },
        })).ShouldBeAsync(HttpStatusCode.Created);
        var queue = await bed.ListenAsync();

        var agreed = await OkAsync(bed.Client, $"{Path(asked)}/approve", new { reason = "fine" });

        agreed.GetProperty("agreed").GetProperty("plan").Text("interval").ShouldBe("quarterly");
        var told = await Eventually.Becomes(
            async () => await bed.TakeAsync(queue), message => message?.RoutingKey.EndsWith(
                "customer-terms-agreed", StringComparison.Ordinal) == true, "it is announced");
        JsonSerializer.Deserialize<CustomerTermsAgreed>(told!.Body.Span, Json.Wire)!.Plan.ShouldBe(
            new AgreedBillingPlan(
                "quarterly", new DateOnly(2027, 1, 15), new DateOnly(2027, 4, 1), false, null));
        var alert = (await BillingAlertsAsync(customer)).ShouldHaveSingleItem();

        var setUp = new BillingAgreementSetUp(
            CreditBed.NewId(), Guid.Parse(asked.Text("id")!), customer, Entity);
        await bed.PublishAsync(setUp);
        await Eventually.BecomesTrue(
            async () => (await BillingAlertsAsync(customer)).Length == 0, "nobody is reminded of it any more");

        // Asked for once more by a catch-up, it is another message and nothing new.
        var handled = await bed.HandledCountAsync();
        await bed.PublishAsync(setUp);
        await bed.HandledAsync(handled + 1);
        var events = await bed.App.Store.HistoryAsync(customer);
        events.Select(e => e.Data).OfType<CreditAccounts.AlertAcknowledged>()
            .ShouldBe([new CreditAccounts.AlertAcknowledged(Guid.Parse(alert.Text("id")!))]);
    }

    /// <summary>I-19: who approves is told of what binds, whatever the words beside it say.</summary>
    [Fact]
    public async Task who_approves_reads_the_plan_and_none_begins_before_today()
    {
        var customer = await CustomerAsync();
        var asked = await AskAsync(customer, "NET 90", 500_000, "monthly in advance");
        var offer = new
        {
            terms = "NET 90",
            reason = "so it is",
            billingSchedule = "monthly in advance",
            billingPlan = new { interval = "annual", from = "2010-01-01", inArrears = true },
        };
        await (await bed.Client.PostAsJsonAsync($"{Path(asked)}/counter-offer", offer))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "invalid-billing-plan");
        await OkAsync(bed.Client, $"{Path(asked)}/counter-offer", offer with
        {
            billingPlan = new { interval = "annual", from = "2090-01-01", inArrears = true },
        });
        using var sales = Sales();
        await OkAsync(sales, $"{Path(asked)}/accept", new { });

        var waiting = await (await bed.Client.PostAsJsonAsync($"{Path(asked)}/approve", new { reason = "fine" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);

        (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/approvals/{waiting.Text("approvalId")}"))
            .Text("subject")!.ShouldContain("monthly in advance (annually in arrears from");
    }

    private async Task<JsonElement[]> BillingAlertsAsync(Guid customer) =>
    [
        .. (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/alerts?kind=billing-schedule-agreed&customerId={customer}")).GetProperty("items")
            .EnumerateArray(),
    ];
}
