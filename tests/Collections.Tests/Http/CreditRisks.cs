using System.Net;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Credit.V1;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>What Credit thinks of customers, where Collections goes by it.</summary>
public sealed class CreditRisks(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task the_newest_word_of_credit_counts_and_is_shown_with_the_customer()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("risky@globex.example");
        await story.InvoiceAsync(customer, 2);
        var before = (await story.WorklistAsync()).Items.ShouldHaveSingleItem();
        before.Risk.ShouldBeNull();

        await story.RiskAsync(customer, "E", 20, version: 7);
        var (late, again) = (Story.NewId(), Story.NewId());
        await story.TellAsync(new CreditRiskAssessed(customer, 90, "A", null, false, null), 3, late);
        await story.TellAsync(new CreditRiskAssessed(customer, 20, "E", "A", true, null), 7, again);
        foreach (var message in new[] { late, again })
            await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{message}'");

        var row = (await story.WorklistAsync()).Items.ShouldHaveSingleItem();
        (row.Risk!.RiskClass, row.Risk.Score).ShouldBe(("E", 20));
        row.Rank.ShouldBe(before.Rank * 1.5m, 0.001m);
        row.Reasons.ShouldContain("Credit puts it into class E (score 20).");
        (await story.GetAsync<PaymentBehaviourView>($"/v1/collections/customers/{customer}/payment-behaviour"))
            .Risk.ShouldBe(row.Risk);

        await story.RiskAsync(customer, null, null, version: 8);
        (await story.WorklistAsync()).Items.ShouldHaveSingleItem().Risk.ShouldBeNull();
    }

    [Fact]
    public async Task what_was_done_comes_back_when_the_class_is_another_and_not_for_a_new_score()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("worse@globex.example");
        await story.InvoiceAsync(customer, 2);
        await story.RiskAsync(customer, "C", 55);
        await story.AllReviewedAsync();
        await Story.ReadAsync<CollectionAccountView>(
            await story.PostAsync($"/v1/collections/worklist/{customer}/done", new { note = "They pay on Friday." }),
            HttpStatusCode.OK);

        await story.RiskAsync(customer, "C", 52, version: 2);
        (await story.WorklistAsync()).Items.ShouldBeEmpty();
        await story.RiskAsync(customer, "D", 45, version: 3);
        (await story.WorklistAsync()).Items.ShouldHaveSingleItem().Risk!.RiskClass.ShouldBe("D");
    }

    /// <summary>COL-21: the evidence says what Credit thinks of the customer, and what collecting has cost.</summary>
    [Fact]
    public async Task a_recommendation_carries_the_risk_and_the_cost_to_collect()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("costly@globex.example");
        await story.InvoiceAsync(customer, 2);
        await story.RiskAsync(customer, "E", 20);
        (await story.PutAsync<PolicyView>(
            $"/v1/collections/policies/{story.Entity}",
            new { costPerContact = new[] { Story.Usd(12.50m), new Contracts.MoneyAmount(300, "MXN") } }))
            .CostPerContact!.Count.ShouldBe(2);
        foreach (var summary in new[] { "Nobody answers.", "Still nobody." })
        {
            (await story.PostAsync("/v1/collections/activities", new
            {
                customerId = customer,
                channel = "call",
                outcome = "no-answer",
                summary,
            })).StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        var made = await Story.ReadAsync<RecommendationView>(
            await story.PostAsync(
                "/v1/collections/recommendations",
                new { customerId = customer, kind = "write-off", reason = "It costs more than it brings." }),
            HttpStatusCode.Created);

        var evidence = made.Evidence;
        (evidence.RiskClass, evidence.RiskScore, evidence.CostToCollect).ShouldBe(
            ("E", 20, Kernel.Money.Of(25, "USD")));
        evidence.Reasons.ShouldContain("Credit scores it 20 of 100, class E.");
        evidence.Reasons.ShouldContain(
            "Contact since the oldest item was due has cost 25.00 USD, to collect 100.00 USD.");
    }
}
