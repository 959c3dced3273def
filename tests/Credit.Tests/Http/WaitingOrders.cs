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

        await bed.OrderBecomesAsync("WD-1", "approved");
        (await bed.OrderBecomesAsync("WD-2", "held")).Codes("reasons").ShouldBe(["over-limit"]);
        await bed.OrderBecomesAsync("WD-3", "declined");
    }

    [Fact]
    public async Task a_policy_that_declines_no_longer_lets_declined_orders_go()
    {
        const string entity = "WP01";
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Orders = policy.Orders with
            {
                Rules = [.. policy.Orders.Rules.Select(rule => rule with { Declines = !rule.Warns })],
            },
        });
        var customer = await bed.CustomerAsync(limit: 10, entity: entity);
        (await (await bed.CheckAsync(customer, "WP-1", 60)).ShouldBeAsync(HttpStatusCode.Created))
            .Text("decision").ShouldBe("declined");

        await bed.PolicyAsync(entity, policy => policy);

        (await bed.OrderBecomesAsync("WP-1", "held")).Codes("reasons").ShouldBe(["over-limit"]);
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
