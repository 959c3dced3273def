using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Approvals;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-11: an order that waits is judged again whatever takes away what stands against it.</summary>
public sealed class WaitingOrders(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task who_leaves_a_segment_makes_room_in_it()
    {
        const string segment = "left-behind";
        var (stays, leaves) = (
            await bed.CustomerAsync(limit: 1_000, segment: segment),
            await bed.CustomerAsync(limit: 1_000, segment: segment));
        await PutLimitAsync($"/v1/credit/segments/US01/{segment}/limit");
        await (await bed.CheckAsync(leaves, "WL-1", 80)).ShouldBeAsync(HttpStatusCode.Created);
        (await (await bed.CheckAsync(stays, "WL-2", 50)).ShouldBeAsync(HttpStatusCode.Created)).Codes("reasons")
            .ShouldBe(["over-segment-limit"]);

        await ChangeAsync(leaves, segment: null, parent: null);

        await bed.OrderBecomesAsync("WL-2", "approved");
    }

    [Fact]
    public async Task who_leaves_a_group_makes_room_in_it()
    {
        var head = await bed.CustomerAsync(limit: 1_000);
        var leaves = await bed.CustomerAsync(limit: 1_000, parent: head);
        var below = await bed.CustomerAsync(limit: 1_000, parent: leaves);
        await PutLimitAsync($"/v1/credit/groups/{head}/limit");
        await (await bed.CheckAsync(below, "WG-1", 80)).ShouldBeAsync(HttpStatusCode.Created);
        (await (await bed.CheckAsync(head, "WG-2", 50)).ShouldBeAsync(HttpStatusCode.Created)).Codes("reasons")
            .ShouldBe(["over-group-limit"]);

        await ChangeAsync(leaves, segment: null, parent: null);

        await bed.OrderBecomesAsync("WG-2", "approved");
    }

    [Fact]
    public async Task what_a_hold_declined_comes_back_when_it_is_let_go_and_what_a_person_declined_does_not()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        var path = $"/v1/credit/accounts/{customer}/holds";
        var hold = await (await bed.Client.PostAsJsonAsync(path, new { code = "sanctions", reason = "listed" }))
            .ShouldBeAsync(HttpStatusCode.Created);
        foreach (var (order, amount) in new[] { ("WD-1", 60m), ("WD-2", 70m), ("WD-3", 40m) })
        {
            (await (await bed.CheckAsync(customer, order, amount)).ShouldBeAsync(HttpStatusCode.Created))
                .Text("decision").ShouldBe("declined");
        }

        await (await bed.Client.PostAsJsonAsync("/v1/credit/order-checks/WD-3/decline", new { reason = "never" }))
            .ShouldBeAsync(HttpStatusCode.OK);

        await (await bed.Client.PostAsJsonAsync(
            $"{path}/{hold.Text("holdId")}/release", new { reason = "another company" }))
            .ShouldBeAsync(HttpStatusCode.OK);

        (await bed.OrderBecomesAsync("WD-1", "held")).Codes("reasons").ShouldBe(["was-declined"]);
        (await bed.OrderBecomesAsync("WD-2", "held")).Codes("reasons").ShouldBe(["was-declined"]);
        await bed.OrderBecomesAsync("WD-3", "declined");
        (await (await bed.Client.PostAsync("/v1/credit/order-checks/WD-1/recheck", null))
            .ShouldBeAsync(HttpStatusCode.OK)).Text("status").ShouldBe("approved");
    }

    [Fact]
    public async Task what_was_approved_before_a_hold_is_found_while_the_account_is_held()
    {
        var (held, free) = (await bed.CustomerAsync(limit: 100), await bed.CustomerAsync(limit: 100));
        foreach (var (customer, order) in new[] { (held, "WA-1"), (free, "WA-2") })
            await (await bed.CheckAsync(customer, order, 60)).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{held}/holds", new { code = "fraud", reason = "a forged order" }))
            .ShouldBeAsync(HttpStatusCode.Created);

        (await FoundAsync(held, true)).ShouldBe(["WA-1"]);
        (await FoundAsync(held, false)).ShouldBeEmpty();
        (await FoundAsync(free, true)).ShouldBeEmpty();
        (await FoundAsync(free, false)).ShouldBe(["WA-2"]);

        async Task<string?[]> FoundAsync(Guid customer, bool onHold) =>
            [.. (await bed.Client.GetFromJsonAsync<JsonElement>(
                $"/v1/credit/order-checks?status=approved&customerId={customer}&onHold={onHold}"))
                .GetProperty("items").EnumerateArray().Select(order => order.Text("orderId"))];
    }

    /// <summary>Accounts are not read every day for orders that nothing can bring back.</summary>
    [Fact]
    public async Task what_was_declined_long_ago_or_by_a_person_is_not_looked_at_every_day()
    {
        const string entity = "WL01";
        await bed.EntityAsync(entity);
        await DecliningAsync(entity);
        var (rule, person) = (
            await bed.CustomerAsync(limit: 10, entity: entity), await bed.CustomerAsync(limit: 10, entity: entity));
        foreach (var (customer, order) in new[] { (rule, "WO-1"), (person, "WO-2") })
            await (await bed.CheckAsync(customer, order, 60)).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.Client.PostAsJsonAsync("/v1/credit/order-checks/WO-2/decline", new { reason = "never" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        (await LookedAtAsync()).ShouldBe(1);
        bed.App.Clock.Advance(TimeSpan.FromDays(31));
        try
        {
            (await LookedAtAsync()).ShouldBe(0);
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-31));
        }

        async Task<int> LookedAtAsync() => (await (await bed.Client.PostAsJsonAsync(
            "/v1/credit/daily-runs", new { legalEntity = entity })).ShouldBeAsync(HttpStatusCode.OK))
            .GetProperty("lookedAt").GetInt32();
    }

    [Fact]
    public async Task a_policy_that_declines_no_longer_lets_declined_orders_go()
    {
        const string entity = "WP01";
        await bed.EntityAsync(entity);
        await DecliningAsync(entity);
        var customer = await bed.CustomerAsync(limit: 10, entity: entity);
        (await (await bed.CheckAsync(customer, "WP-1", 60)).ShouldBeAsync(HttpStatusCode.Created))
            .Text("decision").ShouldBe("declined");

        await bed.PolicyAsync(entity, policy => policy);

        (await bed.OrderBecomesAsync("WP-1", "held")).Codes("reasons").ShouldBe(["over-limit", "was-declined"]);
        (await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/order-checks/WP-1/explanation"))
            .GetProperty("isReproduced").GetBoolean().ShouldBeTrue("what was declined before is no rule's word");
    }

    /// <summary>Two people who ask for the same would let the order go on the word of both.</summary>
    [Fact]
    public async Task a_release_that_waits_is_shown_on_the_order_and_not_asked_for_twice()
    {
        const string entity = "WR01";
        await MatrixAsync(entity);
        var customer = await bed.CustomerAsync(limit: 10, entity: entity);
        foreach (var order in new[] { "WR-1", "WR-2" })
            await (await bed.CheckAsync(customer, order, 60)).ShouldBeAsync(HttpStatusCode.Created);

        var asked = (await (await bed.ReleaseAsync("WR-1")).ShouldBeAsync(HttpStatusCode.Accepted)).Text("id");
        (await ShownAsync("WR-1")).ShouldBe(asked);
        await (await bed.ReleaseAsync("WR-1")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "release-waits");
        await (await DecideAsync(asked!, "reject")).ShouldBeAsync(HttpStatusCode.OK);
        (await ShownAsync("WR-1")).ShouldBeNull();

        asked = (await (await bed.ReleaseAsync("WR-1")).ShouldBeAsync(HttpStatusCode.Accepted)).Text("id");
        await (await DecideAsync(asked!, "approve")).ShouldBeAsync(HttpStatusCode.OK);
        (await ShownAsync("WR-1")).ShouldBeNull();

        // Who may let it go alone does so; nothing is left to approve.
        asked = (await (await bed.ReleaseAsync("WR-2")).ShouldBeAsync(HttpStatusCode.Accepted)).Text("id");
        using var manager = bed.App.ClientWith("credit:read credit:write", "mia", "manager");
        await (await manager.PostAsJsonAsync("/v1/credit/order-checks/WR-2/release", new { reason = "secured" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        (await ShownAsync("WR-2")).ShouldBeNull();
        (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/approvals/{asked}")).Text("status")
            .ShouldBe("withdrawn");

        async Task<string?> ShownAsync(string order)
        {
            var one = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/order-checks/{order}");
            var listed = (await bed.Client.GetFromJsonAsync<JsonElement>(
                $"/v1/credit/order-checks?customerId={customer}")).GetProperty("items").EnumerateArray()
                .Single(item => item.Text("orderId") == order);
            listed.Text("releaseApprovalId").ShouldBe(one.Text("releaseApprovalId"));
            return one.Text("releaseApprovalId");
        }
    }

    /// <summary>What is decided otherwise needs nobody's approval any more, and an approval left open would let it go.
    /// </summary>
    [Fact]
    public async Task a_release_that_waits_is_taken_back_when_the_order_is_decided_otherwise()
    {
        const string entity = "WR02";
        await MatrixAsync(entity);
        var customer = await bed.CustomerAsync(limit: 10, entity: entity);
        var fits = await AskedAsync("WW-1", 60);
        var declined = await AskedAsync("WW-2", 400);
        var cancelled = await AskedAsync("WW-3", 500);
        var changed = await AskedAsync("WW-4", 600);

        foreach (var (order, how) in new[] { ("WW-2", "decline"), ("WW-3", "cancel") })
        {
            await (await bed.Client.PostAsJsonAsync(
                $"/v1/credit/order-checks/{order}/{how}", new { reason = "it will not be" }))
                .ShouldBeAsync(HttpStatusCode.OK);
        }

        await (await bed.CheckAsync(customer, "WW-4", 700)).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.SetLimitAsync(customer, 100)).ShouldBeAsync(HttpStatusCode.OK);
        await bed.OrderBecomesAsync("WW-1", "approved");

        foreach (var approval in new[] { fits, declined, cancelled, changed })
            (await StatusAsync(approval)).ShouldBe("withdrawn");
        foreach (var order in new[] { "WW-1", "WW-2", "WW-3", "WW-4" })
        {
            (await bed.Client.GetFromJsonAsync<JsonElement>(
                $"/v1/credit/order-checks?customerId={customer}")).GetProperty("items").EnumerateArray()
                .Single(item => item.Text("orderId") == order).Text("releaseApprovalId").ShouldBeNull();
        }

        async Task<string> AskedAsync(string order, decimal amount)
        {
            await (await bed.CheckAsync(customer, order, amount)).ShouldBeAsync(HttpStatusCode.Created);
            return (await (await bed.ReleaseAsync(order)).ShouldBeAsync(HttpStatusCode.Accepted)).Text("id")!;
        }
    }

    /// <summary>An older instance ends a request and does not tell the order.</summary>
    [Fact]
    public async Task a_release_can_be_asked_for_again_where_its_request_has_ended_unnoticed()
    {
        const string entity = "WR03";
        await MatrixAsync(entity);
        var customer = await bed.CustomerAsync(limit: 10, entity: entity);
        await (await bed.CheckAsync(customer, "WU-1", 60)).ShouldBeAsync(HttpStatusCode.Created);
        var first = (await (await bed.ReleaseAsync("WU-1")).ShouldBeAsync(HttpStatusCode.Accepted)).Text("id")!;
        await bed.App.Store.DecideAsync(
            ApprovalStream.Type, Guid.Parse(first), new EventMetadata("older"),
            _ => Decision.Of(new ApprovalRejected("max")));

        var second = (await (await bed.ReleaseAsync("WU-1")).ShouldBeAsync(HttpStatusCode.Accepted)).Text("id")!;

        second.ShouldNotBe(first);
        await (await DecideAsync(second, "approve")).ShouldBeAsync(HttpStatusCode.OK);
        await bed.OrderBecomesAsync("WU-1", "released");
    }

    /// <summary>Whatever stands against an order declines it.</summary>
    private Task DecliningAsync(string entity) => bed.PolicyAsync(entity, policy => policy with
    {
        Orders = policy.Orders with
        {
            Rules = [.. policy.Orders.Rules.Select(rule => rule with { Declines = !rule.Warns })],
        },
    });

    private async Task<string?> StatusAsync(string approval) =>
        (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/approvals/{approval}")).Text("status");

    private async Task<HttpResponseMessage> DecideAsync(string approval, string how)
    {
        using var client = bed.App.ClientWith("approvals:decide credit:read", "max", "manager");
        return await client.PostAsJsonAsync($"/v1/approvals/{approval}/{how}", new { reason = "as agreed" });
    }

    private async Task MatrixAsync(string entity)
    {
        await bed.EntityAsync(entity);
        await bed.App.Store.DecideAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(entity), new EventMetadata("test"),
            before => before.Define(new Approvals.ApprovalMatrixDefined(
                entity,
                [new Approvals.ApprovalRule(ApprovalKinds.OrderRelease, null, 1, "manager", Alone: "manager")],
                "USD")));
    }

    private async Task PutLimitAsync(string path) => await (await bed.Client.PutAsJsonAsync(path, new
    {
        limit = new { amount = "100", currency = "USD" },
        reason = "together",
    })).ShouldBeAsync(HttpStatusCode.OK);

    private Task ChangeAsync(Guid customer, string? segment, Guid? parent)
    {
        var now = Registered(customer);
        return bed.PublishAsync(
            new CustomerChanged(
                customer, now.Number, now.LegalEntity, now.Name, null, now.Currency, now.Country, now.Language,
                segment, now.Terms, parent, [], "active", null, false),
            version: 2);
    }
}
