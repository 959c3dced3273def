using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Approvals;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>D-64, I-19: the same authority is asked for by every way to the same effect.</summary>
public sealed partial class Authority(CreditBed bed) : IClassFixture<CreditBed>
{
    private const string Entity = "AU01";
    private const int Rounds = 5;

    [Theory]
    [InlineData("limit")]
    [InlineData("temporary-limit")]
    [InlineData("group-limit")]
    [InlineData("segment-limit")]
    [InlineData("cover")]
    [InlineData("application")]
    public async Task more_credit_than_one_may_give_waits_for_others_by_whichever_way(string way)
    {
        var customer = await CustomerAsync(segment: way);
        var isShared = way is "group-limit" or "segment-limit";
        if (isShared)
            await (await AskAsync(way, customer, 1_000)).ShouldBeAsync(HttpStatusCode.OK);
        var before = await CreditAsync(customer, way);

        var asked = await (await AskAsync(way, customer, 5_001)).ShouldBeAsync(HttpStatusCode.Accepted);
        (await CreditAsync(customer, way)).ShouldBe(before, "nothing is given yet");
        var id = asked.TryGetProperty("approvalId", out var approval) ? approval.GetString() : asked.Text("id");
        await (await DecideAsync(id!, "ana", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "own-request");
        await (await DecideAsync(id!, "joe", "clerk"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "above-authority");
        await (await DecideAsync(id!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);

        (await CreditAsync(customer, way)).ShouldBe(before + 5_001 - (isShared ? 1_000 : 0));
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("temporary-limit")]
    [InlineData("cover")]
    [InlineData("application")]
    public async Task within_ones_authority_it_is_done_at_once(string way)
    {
        var customer = await CustomerAsync();
        var before = await CreditAsync(customer, way);
        (await AskAsync(way, customer, 5_000)).IsSuccessStatusCode.ShouldBeTrue();
        (await CreditAsync(customer, way)).ShouldBe(before + 5_000);
    }

    /// <summary>I-19: without the limit of a group or a segment its customers may owe without end.</summary>
    [Theory]
    [InlineData("group-limit")]
    [InlineData("segment-limit")]
    public async Task a_shared_limit_that_was_lowered_is_not_taken_away_by_who_lowered_it(string way)
    {
        var customer = await CustomerAsync(segment: way);
        await (await AskAsync(way, customer, 1_000)).ShouldBeAsync(HttpStatusCode.OK);
        await (await AskAsync(way, customer, 0)).ShouldBeAsync(HttpStatusCode.OK);

        var limit = way == "group-limit" ? $"groups/{customer}" : $"segments/{Entity}/{way}";
        await (await bed.Client.DeleteAsync($"/v1/credit/{limit}/limit?reason=apart"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "above-authority");
    }

    [Fact]
    public async Task less_credit_needs_nobody()
    {
        var customer = await CustomerAsync();
        var asked = await (await AskAsync("limit", customer, 9_000)).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);
        await (await AskAsync("limit", customer, 8_000)).ShouldBeAsync(HttpStatusCode.OK);
        await (await AskAsync("limit", customer, 8_500)).ShouldBeAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task a_release_over_the_limit_waits_for_others_and_room_that_comes_first_makes_it_needless()
    {
        var customer = await CustomerAsync();
        await (await AskAsync("limit", customer, 100)).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.CheckAsync(customer, "AU-1", 700)).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.CheckAsync(customer, "AU-2", 200)).ShouldBeAsync(HttpStatusCode.Created);

        (await (await bed.ReleaseAsync("AU-2")).ShouldBeAsync(HttpStatusCode.OK)).Text("status").ShouldBe("released");
        var asked = await (await bed.ReleaseAsync("AU-1")).ShouldBeAsync(HttpStatusCode.Accepted);
        (await bed.OrderBecomesAsync("AU-1", "held")).Text("status").ShouldBe("held");
        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);
        (await bed.OrderBecomesAsync("AU-1", "released")).Amount("reserved").ShouldBe(700);
    }

    /// <summary>I-11, I-19: an approval is for the order that was shown, not for what it became.</summary>
    [Fact]
    public async Task a_release_that_was_asked_for_another_amount_is_not_carried_out()
    {
        var customer = await CustomerAsync();
        await (await AskAsync("limit", customer, 100)).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.CheckAsync(customer, "AU-3", 700)).ShouldBeAsync(HttpStatusCode.Created);
        var asked = await (await bed.ReleaseAsync("AU-3")).ShouldBeAsync(HttpStatusCode.Accepted);
        (await (await bed.CheckAsync(customer, "AU-3", 500_000)).BodyAsync()).Text("decision").ShouldBe("held");

        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval-decided");

        (await bed.OrderBecomesAsync("AU-3", "held")).Amount("reserved").ShouldBe(0);
    }

    /// <summary>I-19 with two instances: the last approval, given twice at once, is carried out once.</summary>
    [Fact]
    public async Task two_last_approvals_at_once_are_carried_out_once()
    {
        var customer = await CustomerAsync();
        await using var other = await bed.StartAnotherAsync();
        for (var round = 1; round <= Rounds; round++)
        {
            var asked = await (await AskAsync("limit", customer, 5_000 + round)).ShouldBeAsync(HttpStatusCode.Accepted);
            var path = $"/v1/approvals/{asked.Text("id")}/approve";
            using var max = Decider("max", "credit-manager");
            using var moe = other.ClientWith("approvals:decide credit:read", "moe", "credit-manager");

            var answers = await Task.WhenAll(
                max.PostAsJsonAsync(path, new { reason = "fine" }), moe.PostAsJsonAsync(path, new { reason = "fine" }));

            answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
            answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(1);
        }

        (await HistoryAsync(customer)).Count(type => type == "limit-set").ShouldBe(Rounds);
    }

    /// <summary>I-19 with two instances: what is withdrawn is not carried out; what is carried out stays so.</summary>
    [Fact]
    public async Task an_approval_and_its_withdrawal_at_once_end_in_one_of_both()
    {
        await using var other = await bed.StartAnotherAsync();
        for (var round = 1; round <= Rounds; round++)
        {
            var customer = await CustomerAsync();
            var asked = await (await AskAsync("limit", customer, 6_000)).ShouldBeAsync(HttpStatusCode.Accepted);
            var path = $"/v1/approvals/{asked.Text("id")}";
            using var max = Decider("max", "credit-manager");
            using var ana = other.ClientFor("credit:read credit:write approvals:decide");

            var answers = await Task.WhenAll(
                max.PostAsJsonAsync($"{path}/approve", new { reason = "fine" }),
                ana.PostAsJsonAsync($"{path}/withdraw", new { reason = "not any more" }));

            var isGranted = answers[0].IsSuccessStatusCode;
            answers[1].IsSuccessStatusCode.ShouldBe(!isGranted, "one of both wins");
            (await HistoryAsync(customer)).Count(type => type == "limit-set").ShouldBe(isGranted ? 1 : 0);
        }
    }

    /// <summary>I-11 with two instances: a release and a re-check at once reserve an order once.</summary>
    [Fact]
    public async Task a_release_and_a_recheck_at_once_reserve_an_order_once()
    {
        var customer = await CustomerAsync();
        await (await AskAsync("limit", customer, 10)).ShouldBeAsync(HttpStatusCode.OK);
        await using var other = await bed.StartAnotherAsync();
        for (var round = 1; round <= Rounds; round++)
        {
            var order = $"AU-R{round}";
            await (await bed.CheckAsync(customer, order, 50)).ShouldBeAsync(HttpStatusCode.Created);
            await Task.WhenAll(
                bed.ReleaseAsync(order),
                other.Client.PostAsync($"/v1/credit/order-checks/{order}/recheck", null),
                other.Client.PostAsJsonAsync($"/v1/credit/order-checks/{order}/release", new { reason = "me too" }));
        }

        (await HistoryAsync(customer)).Count(type => type == "order-released").ShouldBe(Rounds);
        (await bed.AccountAsync(customer)).GetProperty("exposure").Amount("openOrders").ShouldBe(50 * Rounds);
    }

    [Fact]
    public async Task a_hold_is_let_go_by_those_who_may()
    {
        var customer = await CustomerAsync();
        var hold = await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{customer}/holds", new { code = "manual", reason = "wait" }))
            .ShouldBeAsync(HttpStatusCode.Created);
        var asked = await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{customer}/holds/{hold.Text("holdId")}/release", new { reason = "well" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);
        await (await DecideAsync(asked.Text("id")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);
        (await bed.AccountAsync(customer)).GetProperty("placedHolds").GetArrayLength().ShouldBe(0);
    }

    /// <summary>I-19, D-64: who works with customers does not also say what stands against their orders.</summary>
    [Fact]
    public async Task a_policy_is_defined_by_those_who_run_the_system()
    {
        await bed.EntityAsync(Entity);
        var path = $"/v1/credit/policies/{Entity}";
        var wish = new
        {
            reason = "freedom",
            policy = StandardPolicy.Value with { Orders = StandardPolicy.Value.Orders with { Rules = [] } },
        };

        await (await bed.Client.PutAsJsonAsync(path, wish, Json.Wire))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "scope-missing");
        (await bed.Client.GetFromJsonAsync<JsonElement>(path)).GetProperty("policy").GetProperty("orders")
            .GetProperty("rules").GetArrayLength().ShouldBe(StandardPolicy.Value.Orders.Rules.Count);
    }

    /// <summary>I-19: what a rule declines is not released by who may release an order of its amount.</summary>
    [Fact]
    public async Task an_order_that_a_rule_declines_is_released_by_the_highest_band_and_one_of_a_declining_hold_not()
    {
        var customer = await CustomerAsync();
        await (await AskAsync("limit", customer, 100)).ShouldBeAsync(HttpStatusCode.OK);
        await bed.PolicyAsync(Entity, policy => policy with
        {
            Orders = policy.Orders with
            {
                Rules =
                [
                    new BlockingRule(RuleCodes.OverLimit, Declines: true), new BlockingRule(RuleCodes.OverGroupLimit),
                    new BlockingRule(RuleCodes.OverSegmentLimit),
                ],
            },
        });
        try
        {
            (await (await bed.CheckAsync(customer, "AU-4", 200)).BodyAsync()).Text("decision").ShouldBe("declined");
            var asked = await (await bed.ReleaseAsync("AU-4")).ShouldBeAsync(HttpStatusCode.Accepted);
            var hold = await (await bed.Client.PostAsJsonAsync(
                $"/v1/credit/accounts/{customer}/holds", new { code = "sanctions", reason = "listed" }))
                .ShouldBeAsync(HttpStatusCode.Created);
            await (await DecideAsync(asked.Text("id")!, "max", "credit-manager"))
                .ShouldBeProblemAsync(HttpStatusCode.Conflict, "order-declined-by-hold");
            await (await bed.ReleaseAsync("AU-4"))
                .ShouldBeProblemAsync(HttpStatusCode.Conflict, "order-declined-by-hold");
            var letGo = await (await bed.Client.PostAsJsonAsync(
                $"/v1/credit/accounts/{customer}/holds/{hold.Text("holdId")}/release", new { reason = "another firm" }))
                .ShouldBeAsync(HttpStatusCode.Accepted);
            await (await DecideAsync(letGo.Text("id")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);

            await (await DecideAsync(asked.Text("id")!, "max", "credit-manager")).ShouldBeAsync(HttpStatusCode.OK);
            (await bed.OrderBecomesAsync("AU-4", "released")).Amount("reserved").ShouldBe(200);
        }
        finally
        {
            await bed.PolicyAsync(Entity, policy => policy);
        }
    }

    [Fact]
    public async Task a_case_that_is_not_approved_above_comes_back_to_the_reviewer()
    {
        var customer = await CustomerAsync();
        var asked = await (await AskAsync("application", customer, 6_000)).ShouldBeAsync(HttpStatusCode.Accepted);
        asked.Text("status").ShouldBe("awaiting-approval");
        using var above = Decider("max", "credit-manager");
        await (await above.PostAsJsonAsync(
            $"/v1/approvals/{asked.Text("approvalId")}/reject", new { reason = "too much" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/applications/{asked.Text("id")}"))
            .Text("status").ShouldBe("in-review");
    }

    private async Task<Guid> CustomerAsync(string? segment = null)
    {
        await bed.EntityAsync(Entity);
        var matrix = new ApprovalMatrixDefined(
            Entity,
            [
                new ApprovalRule(ApprovalKinds.CreditLimit, 5_000, 0),
                new ApprovalRule(ApprovalKinds.CreditLimit, null, 1, "credit-manager"),
                new ApprovalRule(ApprovalKinds.OrderRelease, 500, 0),
                new ApprovalRule(ApprovalKinds.OrderRelease, null, 1, "credit-manager"),
                new ApprovalRule(ApprovalKinds.HoldRelease, null, 1, "credit-manager"),
                new ApprovalRule(ApprovalKinds.Terms, 100_000, 0),
                new ApprovalRule(ApprovalKinds.Terms, null, 1, "credit-manager", Alone: "credit-manager"),
                new ApprovalRule(ApprovalKinds.Terms, null, 1, "cfo", RiskClass: "E"),
                new ApprovalRule(ApprovalKinds.CreditLimit, null, 1, "cfo", RiskClass: "D"),
            ],
            "USD");
        await bed.App.Store.DecideAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(Entity), new EventMetadata("test"),
            before => before.Define(matrix));
        return await bed.CustomerAsync(entity: Entity, segment: segment);
    }

    private async Task<HttpResponseMessage> AskAsync(string way, Guid customer, decimal amount)
    {
        var money = new { amount = $"{amount}", currency = "USD" };
        var today = TimeProvider.System.Today("America/Chicago");
        var account = $"/v1/credit/accounts/{customer}";
        return way switch
        {
            "limit" => await bed.SetLimitAsync(customer, amount),
            "temporary-limit" => await bed.Client.PutAsJsonAsync(
                $"{account}/temporary-limit", new { limit = money, from = today, until = today, reason = "season" }),
            "group-limit" => await bed.Client.PutAsJsonAsync(
                $"/v1/credit/groups/{customer}/limit", new { limit = money, reason = "one roof" }),
            "segment-limit" => await bed.Client.PutAsJsonAsync(
                $"/v1/credit/segments/{Entity}/{way}/limit", new { limit = money, reason = "one market" }),
            "cover" => await bed.Client.PostAsJsonAsync(
                $"{account}/cover",
                new { kind = "guarantee", provider = "Bank", reference = "G-1", cover = money, from = today }),
            _ => await ApproveCaseAsync(customer, money),
        };
    }

    private async Task<HttpResponseMessage> ApproveCaseAsync(Guid customer, object money) =>
        await bed.Client.PostAsJsonAsync(
            $"{await CaseAsync(customer, money)}/approve", new { reason = "a good name" });

    /// <summary>The path of a case that waits for a person.</summary>
    private async Task<string> CaseAsync(Guid customer, object money)
    {
        using var sales = bed.App.ClientFor("credit:read credit:write", "sales");
        var applied = await (await sales.PostAsJsonAsync(
            "/v1/credit/applications", new { customerId = customer, requestedLimit = money }))
            .ShouldBeAsync(HttpStatusCode.Created);
        var path = $"/v1/credit/applications/{applied.Text("id")}";
        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status") == "in-review",
            "the case is referred");
        return path;
    }

    private async Task<decimal> CreditAsync(Guid customer, string way)
    {
        if (way == "group-limit")
        {
            await using var find = bed.Database.CreateCommand(
                "select coalesce(max(limit_amount), 0) from credit_groups where customer_id = $1");
            find.Parameters.AddWithValue(customer);
            return (decimal)(await find.ExecuteScalarAsync())!;
        }

        if (way == "segment-limit")
        {
            await using var find = bed.Database.CreateCommand(
                "select coalesce(max(limit_amount), 0) from credit_segments where segment = $1");
            find.Parameters.AddWithValue(way);
            return (decimal)(await find.ExecuteScalarAsync())!;
        }

        if (way == "cover")
        {
            await using var find = bed.Database.CreateCommand(
                "select coalesce(sum(amount), 0) from credit_cover where customer_id = $1");
            find.Parameters.AddWithValue(customer);
            return (decimal)(await find.ExecuteScalarAsync())!;
        }

        var account = await bed.AccountAsync(customer);
        return account.Amount("available");
    }

    private async Task<List<string?>> HistoryAsync(Guid customer) =>
        [.. (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/accounts/{customer}/history?limit=500"))
            .GetProperty("items").EnumerateArray().Select(e => e.Text("type"))];

    private async Task<HttpResponseMessage> DecideAsync(string approval, string who, string role)
    {
        using var client = Decider(who, role);
        return await client.PostAsJsonAsync($"/v1/approvals/{approval}/approve", new { reason = "agreed" });
    }

    private HttpClient Decider(string who, string role) =>
        bed.App.ClientWith("approvals:decide credit:read", who, role);
}
