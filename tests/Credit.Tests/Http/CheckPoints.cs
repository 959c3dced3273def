using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderToCash.Credit.Policies;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-09, CRD-11: an order is checked again and again on its way, and may be warned of.</summary>
public sealed class CheckPoints(CreditBed bed) : IClassFixture<CreditBed>
{
    private const string Entity = "CP01";

    [Fact]
    public async Task an_order_goes_from_check_point_to_check_point_by_the_rules_of_each()
    {
        await PolicyAsync();
        var customer = await bed.CustomerAsync(limit: 100, entity: Entity);
        var confirmed = await (await CheckAsync(customer, 60)).ShouldBeAsync(HttpStatusCode.Created);
        (confirmed.Text("decision"), confirmed.Text("checkPoint")).ShouldBe(("approved", "confirm"));
        confirmed.Codes("warnings").ShouldBeEmpty();

        var picked = await (await CheckAsync(customer, 60, "pick")).ShouldBeAsync(HttpStatusCode.Created);
        (picked.Text("decision"), picked.Text("checkPoint")).ShouldBe(("approved", "pick"));
        picked.Codes("warnings").ShouldBe(["order-amount"]);
        (await (await CheckAsync(customer, 60, "pick")).ShouldBeAsync(HttpStatusCode.OK)).Codes("warnings")
            .ShouldBe(["order-amount"]);

        (await bed.SetLimitAsync(customer, 50)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var stopped = await (await CheckAsync(customer, 60, "ship")).ShouldBeAsync(HttpStatusCode.Created);
        (stopped.Text("decision"), stopped.Text("checkPoint"), stopped.Amount("reserved"))
            .ShouldBe(("held", "ship", 0m));
        (string.Join(' ', stopped.Codes("reasons")), string.Join(' ', stopped.Codes("warnings")))
            .ShouldBe(("over-limit", "order-amount"));
    }

    [Fact]
    public async Task packing_and_pro_forma_invoices_are_check_points_listed_and_published()
    {
        await PolicyAsync();
        var customer = await bed.CustomerAsync(limit: 100, entity: Entity);
        await (await CheckAsync(customer, 40, "pack", "CP-5")).ShouldBeAsync(HttpStatusCode.Created);
        var queue = await bed.ListenAsync();
        (await (await CheckAsync(customer, 40, "pro-forma", "CP-5")).ShouldBeAsync(HttpStatusCode.Created))
            .Text("checkPoint").ShouldBe("pro-forma");
        (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/order-checks?customerId={customer}&checkPoint=pro-forma")).GetProperty("items")
            .EnumerateArray().ShouldHaveSingleItem().Text("checkPoint").ShouldBe("pro-forma");
        await Eventually.Becomes(
            async () => await bed.TakeAsync(queue) is { } message ? Encoding.UTF8.GetString(message.Body.Span) : "",
            text => text.Contains("\"pro-forma\"", StringComparison.Ordinal), "it is told");
    }

    /// <summary>D-60: whoever is excepted from a rule is so wherever an order is judged, and nobody else is anywhere.
    /// </summary>
    [Fact]
    public async Task an_exception_is_honoured_at_every_way_in_and_for_nobody_else()
    {
        const string entity = "CP60";
        await bed.EntityAsync(entity);
        var (excepted, other) = (
            await bed.CustomerAsync(limit: 10, entity: entity), await bed.CustomerAsync(limit: 10, entity: entity));
        await bed.PolicyAsync(entity, policy => policy with
        {
            Orders = policy.Orders with
            {
                Exclusions = [new RuleExclusion("key account", new RuleScope(Customers: [excepted]))],
            },
        });
        foreach (var (customer, decision) in new[] { (excepted, "approved"), (other, "held") })
        {
            var order = $"CP60-{decision}";
            foreach (var point in new[] { "confirm", "pick", "pack", "ship", "pro-forma", "invoice" })
                (await (await CheckAsync(customer, 60, point, order)).BodyAsync()).Text("decision").ShouldBe(decision);
            (await (await CheckAsync(customer, 70, "invoice", order)).BodyAsync()).Text("decision").ShouldBe(decision);
            (await (await bed.Client.PostAsync($"/v1/credit/order-checks/{order}/recheck", null)).BodyAsync())
                .Text("decision").ShouldBe(decision);
            (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/order-checks/{order}/explanation"))
                .GetProperty("isReproduced").GetBoolean().ShouldBeTrue();
            await (await bed.CancelAsync(order)).ShouldBeAsync(HttpStatusCode.OK);
            (await (await CheckAsync(customer, 70, order: order)).BodyAsync()).Text("decision").ShouldBe(decision);
        }

        await bed.ReactedAsync();
        (await bed.OrderBecomesAsync("CP60-held", "held")).Codes("reasons").ShouldBe(["over-limit"]);
        await (await bed.ReleaseAsync("CP60-held")).ShouldBeAsync(HttpStatusCode.OK);
        var overrides = (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/portfolio/overrides?legalEntity={entity}")).GetProperty("items").EnumerateArray();
        overrides.ShouldHaveSingleItem().Text("orderId").ShouldBe("CP60-held");
    }

    /// <summary>Explained and replayed by what was stored: warnings and check point are.</summary>
    [Fact]
    public async Task what_was_warned_of_is_explained_listed_and_published()
    {
        await PolicyAsync();
        var customer = await bed.CustomerAsync(limit: 100, entity: Entity);
        await (await CheckAsync(customer, 60, order: "CP-2")).ShouldBeAsync(HttpStatusCode.Created);
        var queue = await bed.ListenAsync();
        await (await CheckAsync(customer, 60, "pick", "CP-2")).ShouldBeAsync(HttpStatusCode.Created);

        var explained = await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/order-checks/CP-2/explanation");
        (explained.GetProperty("isReproduced").GetBoolean(), explained.Text("checkPoint")).ShouldBe((true, "pick"));
        explained.GetProperty("rules").EnumerateArray().Select(rule => (rule.Text("code"), rule.Text("outcome")))
            .ShouldBe([("order-amount", "warns")]);
        var listed = (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/order-checks?customerId={customer}&checkPoint=pick")).GetProperty("items").EnumerateArray()
            .ShouldHaveSingleItem();
        (listed.Text("checkPoint"), listed.Codes("warnings").Single()).ShouldBe(("pick", "order-amount"));
        var told = await Eventually.Becomes(
            async () => await bed.TakeAsync(queue) is { } message ? Encoding.UTF8.GetString(message.Body.Span) : "",
            text => text.Contains("\"pick\"", StringComparison.Ordinal), "it is told");
        var message = JsonDocument.Parse(told).RootElement;
        (message.Text("decision"), message.Codes("warnings").Single()).ShouldBe(("approved", "order-amount"));
    }

    /// <summary>CRD-10: one reason among all, and gone once the policy does not name the terms any more.</summary>
    [Fact]
    public async Task an_order_at_terms_that_a_rule_names_waits_until_no_rule_names_them()
    {
        const string entity = "CP61";
        await bed.EntityAsync(entity);
        var customer = await bed.CustomerAsync(limit: 10, entity: entity);
        await RuleAsync(new BlockingRule(RuleCodes.Terms, Values: ["net 30"]), new BlockingRule(RuleCodes.OverLimit));
        (await (await CheckAsync(customer, 60, order: "CP-T1")).BodyAsync()).Codes("reasons")
            .ShouldBe(["terms", "over-limit"]);
        (await (await CheckAsync(customer, 5, order: "CP-T2")).BodyAsync()).Codes("reasons").ShouldBe(["terms"]);

        await RuleAsync(new BlockingRule(RuleCodes.Terms, Values: ["NET 90"]), new BlockingRule(RuleCodes.OverLimit));

        await bed.OrderBecomesAsync("CP-T2", "approved");
        (await bed.OrderBecomesAsync("CP-T1", "held")).Codes("reasons").ShouldContain("over-limit");

        Task RuleAsync(params BlockingRule[] rules) => bed.PolicyAsync(entity, policy => policy with
        {
            Orders = policy.Orders with { Rules = [.. rules, .. policy.Orders.Rules.Where(IsOfGroups)] },
        });

        static bool IsOfGroups(BlockingRule rule) =>
            rule.Code is RuleCodes.OverGroupLimit or RuleCodes.OverSegmentLimit;
    }

    [Fact]
    public async Task a_check_point_that_is_none_is_refused()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        (await CheckAsync(customer, 60, "lorry", "CP-3")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await (await bed.Client.GetAsync("/v1/credit/order-checks/CP-3"))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    /// <summary>The limit counts on confirming and shipping; large orders are warned of when they are picked.</summary>
    private async Task PolicyAsync()
    {
        await bed.EntityAsync(Entity);
        await bed.PolicyAsync(Entity, policy => policy with
        {
            Orders = policy.Orders with
            {
                Rules =
                [
                    new BlockingRule(RuleCodes.OverLimit, CheckPoints: [CheckPoint.Confirm, CheckPoint.Ship]),
                    new BlockingRule(
                        RuleCodes.OrderAmount, Amount: 50, Warns: true,
                        CheckPoints: [CheckPoint.Pick, CheckPoint.Ship]),
                ],
            },
        });
    }

    private Task<HttpResponseMessage> CheckAsync(
        Guid customer, decimal amount, string? checkPoint = null, string order = "CP-1") =>
        bed.Client.PostAsJsonAsync(
            "/v1/credit/order-checks",
            new
            {
                customerId = customer,
                orderId = order,
                amount = new { amount = $"{amount}", currency = "USD" },
                checkPoint,
            },
            new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
            });
}
