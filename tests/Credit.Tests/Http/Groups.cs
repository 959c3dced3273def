using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>B-13: customers of one group share its limit, over legal entities and currencies.</summary>
public sealed partial class Groups(CreditBed bed) : IClassFixture<CreditBed>
{
    /// <summary>I-11 for a group: looking and reserving is one decision over all members.</summary>
    [Fact]
    public async Task orders_of_all_members_at_once_on_two_instances_never_exceed_the_groups_limit()
    {
        var head = await bed.CustomerAsync(limit: 10_000);
        var members = new List<Guid> { head };
        for (var i = 0; i < 3; i++)
            members.Add(await bed.CustomerAsync(limit: 10_000, parent: members[^1]));
        await LimitAsync(head, 1_000);
        await using var other = await bed.StartAnotherAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => bed.CheckAsync(
            members[i % members.Count], $"GA-{i}", 100, i % 2 == 0 ? bed.Client : other.Client)));

        var decisions = new List<JsonElement>();
        foreach (var answer in answers)
            decisions.Add(await answer.ShouldBeAsync(HttpStatusCode.Created));
        decisions.Count(one => one.Text("decision") == "approved").ShouldBe(10);
        decisions.Where(one => one.Text("decision") == "held")
            .ShouldAllBe(one => one.Codes("reasons").SequenceEqual(new[] { "over-group-limit" }));
        var reserved = 0m;
        foreach (var member in members)
            reserved += (await bed.AccountAsync(member)).GetProperty("exposure").Amount("openOrders");
        reserved.ShouldBe(1_000);
    }

    [Fact]
    public async Task the_group_comes_first_and_then_the_customer()
    {
        var head = await bed.CustomerAsync(limit: 1_000);
        var child = await bed.CustomerAsync(limit: 50, parent: head);
        await LimitAsync(head, 100);
        await (await bed.CheckAsync(head, "GB-1", 80)).ShouldBeAsync(HttpStatusCode.Created);

        (await (await bed.CheckAsync(child, "GB-2", 60)).BodyAsync()).Codes("reasons")
            .ShouldBe(["over-group-limit", "over-limit"]);
        (await (await bed.CheckAsync(child, "GB-3", 20)).BodyAsync()).Text("decision").ShouldBe("approved");
        (await bed.AccountAsync(child)).GetProperty("groups")[0].GetGuid().ShouldBe(head);
    }

    /// <summary>A limit by which orders of some members are not judged is none.</summary>
    [Fact]
    public async Task a_group_has_a_limit_only_while_the_policies_of_all_its_members_judge_by_it()
    {
        const string entity = "GZ01";
        await bed.EntityAsync(entity);
        var head = await bed.CustomerAsync(limit: 1_000);
        await bed.CustomerAsync(limit: 1_000, entity: entity, parent: head);
        var without = StandardPolicy.Value with
        {
            Orders = StandardPolicy.Value.Orders with { Rules = [new BlockingRule(RuleCodes.OverLimit)] },
        };
        await bed.PolicyAsync(entity, _ => without);
        await (await bed.Client.PutAsJsonAsync($"/v1/credit/groups/{head}/limit", new
        {
            limit = new { amount = "100", currency = "USD" },
            reason = "one roof",
        })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "group-limit-not-checked");

        await bed.PolicyAsync(entity, policy => policy);
        await LimitAsync(head, 100);
        await (await bed.App.Operator.PutAsJsonAsync(
            $"/v1/credit/policies/{entity}", new { reason = "without the rule", policy = without }, Json.Wire))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "group-limit-not-checked");
        (await bed.Client.DeleteAsync($"/v1/credit/groups/{head}/limit?reason=apart")).EnsureSuccessStatusCode();
        await bed.PolicyAsync(entity, _ => without);
    }

    [Fact]
    public async Task room_that_one_member_makes_lets_another_members_order_go()
    {
        var head = await bed.CustomerAsync(limit: 1_000);
        var child = await bed.CustomerAsync(limit: 1_000, parent: head);
        await LimitAsync(head, 100);
        await (await bed.CheckAsync(head, "GC-1", 80)).ShouldBeAsync(HttpStatusCode.Created);
        (await (await bed.CheckAsync(child, "GC-2", 60)).BodyAsync()).Text("decision").ShouldBe("held");

        await (await bed.CancelAsync("GC-1")).ShouldBeAsync(HttpStatusCode.OK);

        await bed.OrderBecomesAsync("GC-2", "approved");
    }

    [Fact]
    public async Task members_of_other_entities_and_currencies_count_at_the_rate_of_the_day()
    {
        await bed.EntityAsync("CA01", "CAD");
        var today = TimeProvider.System.Today("America/Chicago");
        var head = await bed.CustomerAsync(limit: 10_000);
        var canadian = await bed.CustomerAsync(limit: 10_000, entity: "CA01", parent: head, currency: "CAD");
        await LimitAsync(head, 1_000);
        (await (await bed.CheckAsync(canadian, "GD-0", 1, currency: "CAD")).BodyAsync()).Codes("reasons")
            .ShouldBe(["exposure-in-other-currency"], "nobody knows what a Canadian dollar is worth");
        await RatesAsync(today, "USD", "CAD", "0.80");
        await RatesAsync(today, "CAD", "USD", "1.25");
        await bed.OrderBecomesAsync("GD-0", "approved");
        await (await bed.CancelAsync("GD-0")).ShouldBeAsync(HttpStatusCode.OK);

        await (await bed.CheckAsync(canadian, "GD-1", 500, currency: "CAD")).ShouldBeAsync(HttpStatusCode.Created);
        (await bed.OrderBecomesAsync("GD-1", "approved")).Text("status").ShouldBe("approved");

        (await (await bed.CheckAsync(head, "GD-2", 601)).BodyAsync()).Text("decision").ShouldBe("held");
        (await (await bed.CheckAsync(head, "GD-3", 600)).BodyAsync()).Text("decision").ShouldBe("approved");
        var explained = await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/order-checks/GD-3/explanation");
        explained.GetProperty("isReproduced").GetBoolean().ShouldBeTrue();
    }

    /// <summary>CRD-17: what covers a member, and what it needs much later, counts the same whoever asks.</summary>
    [Fact]
    public async Task a_group_comes_to_the_same_whichever_member_orders()
    {
        await bed.EntityAsync("GF01");
        await bed.PolicyAsync("GF01", policy => policy with
        {
            Exposure = policy.Exposure with { HorizonDays = 30 },
        });
        var today = TimeProvider.System.Today("America/Chicago");
        var head = await bed.CustomerAsync(limit: 10_000, entity: "GF01");
        var child = await bed.CustomerAsync(limit: 10_000, entity: "GF01", parent: head);
        await LimitAsync(head, 1_000);
        await bed.PublishAsync(Issued(child, NewId(), 900));
        await bed.ExposureBecomesAsync(child, 900, 0, 0);
        await (await bed.Client.PostAsJsonAsync($"/v1/credit/accounts/{child}/cover", new
        {
            kind = "guarantee",
            provider = "Bank",
            reference = "G-9",
            cover = new { amount = "600", currency = "USD" },
            from = today,
        })).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.Client.PostAsJsonAsync("/v1/credit/order-checks", new
        {
            customerId = child,
            orderId = "GF-0",
            amount = new { amount = "100", currency = "USD" },
            neededOn = today.AddDays(90),
        })).ShouldBeAsync(HttpStatusCode.Created);

        foreach (var member in new[] { head, child })
        {
            (await (await bed.CheckAsync(member, $"GF-{member:N}", 701)).BodyAsync()).Codes("reasons")
                .ShouldBe(["over-group-limit"]);
            (await (await bed.CheckAsync(member, $"GF-{member:N}-2", 700)).BodyAsync()).Text("decision")
                .ShouldBe("approved");
            await (await bed.CancelAsync($"GF-{member:N}-2")).ShouldBeAsync(HttpStatusCode.OK);
            await (await bed.CancelAsync($"GF-{member:N}")).ShouldBeAsync(HttpStatusCode.OK);
        }

        var group = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/groups/{head}");
        (group.Amount("limit"), group.Amount("exposure"), group.Amount("available")).ShouldBe((1_000, 300, 700));
        group.GetProperty("members").EnumerateArray().ToDictionary(
            one => one.GetProperty("customerId").GetGuid(), one => (one.Amount("counted"), one.Amount("secured")))
            .ShouldBe(new Dictionary<Guid, (decimal, decimal)> { [head] = (0, 0), [child] = (300, 600) }, true);
        (await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/groups?legalEntity=GF01")).GetProperty("items")
            .EnumerateArray().Select(one => one.GetProperty("customerId").GetGuid()).ShouldBe([head]);
        using var stranger = bed.App.ClientFor("credit:read", "eve", "MX01");
        await (await stranger.GetAsync($"/v1/credit/groups/{head}"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
        await (await bed.Client.GetAsync($"/v1/credit/groups/{child}"))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task members_of_entities_that_a_caller_does_not_see_count_and_are_not_shown()
    {
        await bed.EntityAsync("GH01");
        var head = await bed.CustomerAsync(limit: 1_000, entity: "GH01");
        var elsewhere = await bed.CustomerAsync(limit: 1_000, parent: head);
        await LimitAsync(head, 1_000);
        await (await bed.CheckAsync(elsewhere, "GH-1", 250)).ShouldBeAsync(HttpStatusCode.Created);
        using var local = bed.App.ClientFor("credit:read", "eve", "GH01");

        var group = await local.GetFromJsonAsync<JsonElement>($"/v1/credit/groups/{head}");

        (group.Amount("exposure"), group.GetProperty("otherMembers").GetInt32()).ShouldBe((250, 1));
        group.GetProperty("members").EnumerateArray().Select(one => one.GetProperty("customerId").GetGuid())
            .ShouldBe([head]);
    }

    /// <summary>
    /// The rates that Invoicing keeps its books by; older news of a day never replaces newer, and the books of one
    /// legal entity are those of no other with the same base.
    /// </summary>
    [Fact]
    public async Task rates_that_invoicing_sets_are_known_here()
    {
        await bed.EntityAsync("JP01", "JPY");
        var today = TimeProvider.System.Today("America/Chicago");
        var customer = await bed.CustomerAsync(limit: 100_000, entity: "JP01", currency: "JPY");
        await (await bed.CheckAsync(customer, "JP-1", 100, currency: "USD")).ShouldBeAsync(HttpStatusCode.Created);
        (await bed.OrderBecomesAsync("JP-1", "held")).Codes("reasons").ShouldBe(["other-currency"]);

        await RatesAsync(today, "JPY", "EUR", "160");
        await bed.PublishAsync(Set("JP01", "month-end", 1m));
        await TellAsync(Set("JP02", "daily", 1m), 1);
        (await bed.OrderBecomesAsync("JP-1", "held")).Codes("reasons")
            .ShouldBe(["other-currency"], "neither a month end nor the books of another entity matter");

        await TellAsync(Set("JP01", "daily", 150m), 3);
        await bed.OrderBecomesAsync("JP-1", "approved");
        await TellAsync(Set("JP01", "daily", 900m), 2);
        await TellAsync(Set("JP02", "daily", 900m), 2);
        (await (await bed.CheckAsync(customer, "JP-2", 500, currency: "USD")).BodyAsync()).Text("decision")
            .ShouldBe("approved", "500 dollars are 75,000 yen, not 450,000");
        (await (await bed.CheckAsync(customer, "JP-3", 10, currency: "EUR")).BodyAsync()).Text("decision")
            .ShouldBe("approved", "what was entered here holds beside the books");
        var list = await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/accounts?legalEntity=JP01");
        list.GetProperty("items")[0].Amount("exposure").ShouldBe(91_600);

        ExchangeRatesSet Set(string entity, string type, decimal rate) =>
            new(entity, "JPY", type, today, [new ExchangeRate("USD", rate)]);

        async Task TellAsync(ExchangeRatesSet set, long version)
        {
            var before = await bed.HandledCountAsync();
            await bed.PublishAsync(set, version);
            await Eventually.BecomesTrue(async () => await bed.HandledCountAsync() > before, "the rates are heard of");
            await bed.ReactedAsync();
        }
    }

    [Fact]
    public async Task who_comes_into_a_group_or_leaves_it_is_decided_so_from_then_on()
    {
        var head = await bed.CustomerAsync(limit: 1_000);
        await LimitAsync(head, 100);
        var customer = await bed.CustomerAsync(limit: 1_000);
        var below = await bed.CustomerAsync(limit: 1_000, parent: customer);
        await MoveAsync(customer, head, 2);
        await GroupsBecomeAsync(below, [head]);
        (await (await bed.CheckAsync(below, "GE-1", 101)).BodyAsync()).Codes("reasons").ShouldBe(["over-group-limit"]);

        await MoveAsync(customer, null, 3);
        await GroupsBecomeAsync(below, []);
        await bed.OrderBecomesAsync("GE-1", "approved");

        (await bed.Client.DeleteAsync($"/v1/credit/groups/{head}/limit?reason=apart")).EnsureSuccessStatusCode();
        await GroupsBecomeAsync(head, []);
    }

    /// <summary>I-11, CRD-12: the room of a customer is that of all its duplicates together.</summary>
    [Fact]
    public async Task what_is_at_risk_with_a_duplicate_counts_with_the_customer_it_was_merged_into()
    {
        const string entity = "GM01";
        await bed.EntityAsync(entity);
        var (survivor, duplicate) = (
            await bed.CustomerAsync(limit: 100, entity: entity), await bed.CustomerAsync(limit: 100, entity: entity));
        await bed.PublishAsync(Issued(duplicate, NewId(), 30));
        await bed.ExposureBecomesAsync(duplicate, 30, 0, 0);
        (await (await bed.CheckAsync(duplicate, "GM-1", 60)).BodyAsync()).Text("decision").ShouldBe("approved");

        await bed.PublishAsync(Merged(duplicate, entity, survivor), version: 2);
        await CountsAsync(survivor, 90);
        (await (await bed.CheckAsync(survivor, "GM-2", 20)).BodyAsync()).Codes("reasons").ShouldBe(["over-limit"]);
        await bed.PublishAsync(Issued(survivor, NewId(), 60, order: "GM-1"));
        await CountsAsync(survivor, 90);
        await (await bed.CancelAsync("GM-1")).ShouldBeAsync(HttpStatusCode.OK);
        await CountsAsync(survivor, 90);
        var rows = (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/portfolio/concentration?legalEntity={entity}")).GetProperty("items").EnumerateArray().ToList();
        (rows.ShouldHaveSingleItem().Text("customerId"), rows[0].Amount("exposure")).ShouldBe(($"{survivor}", 90));

        await bed.PublishAsync(Merged(duplicate, entity, null), version: 3);
        await bed.OrderBecomesAsync("GM-2", "approved");
        await CountsAsync(survivor, 80);
    }

    /// <summary>
    /// I-11, CRD-12: what a duplicate has at risk counts once in a group of both, also where it is billed to the other
    /// in full, and the day's run takes over what nobody has before.
    /// </summary>
    [Fact]
    public async Task a_duplicate_and_its_survivor_in_one_group_count_once()
    {
        const string entity = "GN01";
        await bed.EntityAsync(entity);
        var head = await bed.CustomerAsync(limit: 1_000, entity: entity);
        var (survivor, billed, owing) = (
            await bed.CustomerAsync(limit: 1_000, entity: entity, parent: head),
            await bed.CustomerAsync(limit: 1_000, entity: entity, parent: head),
            await bed.CustomerAsync(limit: 1_000, entity: entity, parent: head));
        await LimitAsync(head, 200);
        (await (await bed.CheckAsync(billed, "GN-1", 60)).BodyAsync()).Text("decision").ShouldBe("approved");
        await bed.PublishAsync(Issued(owing, NewId(), 30));
        await bed.ExposureBecomesAsync(owing, 30, 0, 0);
        foreach (var duplicate in new[] { billed, owing })
            await bed.PublishAsync(Merged(duplicate, entity, survivor, head), version: 2);
        await CountsAsync(survivor, 90);
        await bed.PublishAsync(Issued(survivor, NewId(), 60, order: "GN-1"));
        await bed.ExposureBecomesAsync(survivor, 60, 0, 0);
        await CountsAsync(survivor, 90);

        var group = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/groups/{head}");
        group.Amount("exposure").ShouldBe(90);
        (await (await bed.CheckAsync(owing, "GN-2", 110)).BodyAsync()).Codes("reasons")
            .ShouldNotContain("over-group-limit", "it is in its own account and not with the survivor as well");

        await bed.ReactedAsync();
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, survivor, new EventMetadata("test"),
            _ => Decision.Of(new DuplicateReleased(owing, 0)));
        await CountsAsync(survivor, 60);
        await (await bed.Client.PostAsJsonAsync("/v1/credit/daily-runs", new { legalEntity = entity }))
            .ShouldBeAsync(HttpStatusCode.OK);
        await CountsAsync(survivor, 90);
    }

    /// <summary>Who cannot be taken over holds up neither the reactions to others nor the rest of the day.</summary>
    [Fact]
    public async Task a_duplicate_that_cannot_be_worked_with_holds_up_nobody_else()
    {
        const string entity = "GO01";
        await bed.EntityAsync(entity);
        var (survivor, broken, owing) = (
            await bed.CustomerAsync(limit: 1_000, entity: entity),
            await bed.CustomerAsync(limit: 1_000, entity: entity),
            await bed.CustomerAsync(limit: 1_000, entity: entity));
        (await (await bed.CheckAsync(broken, "GO-1", 60)).BodyAsync()).Text("decision").ShouldBe("approved");
        await bed.PublishAsync(Issued(survivor, NewId(), 60, order: "GO-1"));
        await bed.PublishAsync(Issued(owing, NewId(), 30));
        await bed.ExposureBecomesAsync(survivor, 60, 0, 0);
        await bed.ExposureBecomesAsync(owing, 30, 0, 0);
        var none = Money.Zero(Currency.Of("USD"));
        var least = new Exposure(none, Money.Of(1 - Money.Limit, "USD"), none);
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, broken, new EventMetadata("test"),
            _ => Decision.Of(new OpenCreditRecorded(NewId(), none, 1, least)));

        foreach (var duplicate in new[] { broken, owing })
            await bed.PublishAsync(Merged(duplicate, entity, survivor), version: 2);

        await CountsAsync(survivor, 90);
        await bed.ReactedAsync();
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, survivor, new EventMetadata("test"),
            _ => Decision.Of(new DuplicateReleased(owing, 0)));
        await (await bed.Client.PostAsJsonAsync("/v1/credit/daily-runs", new { legalEntity = entity }))
            .ShouldBeAsync(HttpStatusCode.InternalServerError);
        await CountsAsync(survivor, 90);
    }

    private static CustomerChanged Merged(Guid duplicate, string entity, Guid? into, Guid? parent = null)
    {
        var now = Registered(duplicate, entity);
        return new CustomerChanged(
            duplicate, now.Number, now.LegalEntity, now.Name, null, now.Currency, now.Country, now.Language, null,
            now.Terms, parent, [], into is null ? "active" : "merged", into, false);
    }

    private Task CountsAsync(Guid customer, decimal amount) => Eventually.BecomesTrue(
        async () =>
        {
            await bed.ReactedAsync();
            return (await bed.AccountAsync(customer)).Amount("counted") == amount;
        },
        $"{amount} count");

    private async Task LimitAsync(Guid head, decimal amount) =>
        await (await bed.Client.PutAsJsonAsync($"/v1/credit/groups/{head}/limit", new
        {
            limit = new { amount = $"{amount}", currency = "USD" },
            reason = "one roof",
        })).ShouldBeAsync(HttpStatusCode.OK);

    private async Task RatesAsync(DateOnly day, string into, string from, string rate) =>
        await (await bed.App.Operator.PutAsJsonAsync($"/v1/credit/exchange-rates/{day:yyyy-MM-dd}", new
        {
            @base = into,
            rates = new Dictionary<string, string> { [from] = rate },
        })).ShouldBeAsync(HttpStatusCode.OK);

    private Task MoveAsync(Guid customer, Guid? parent, long version)
    {
        var now = Registered(customer);
        return bed.PublishAsync(
            new CustomerChanged(
                customer, now.Number, now.LegalEntity, now.Name, null, now.Currency, now.Country, now.Language, null,
                now.Terms, parent, [], "active", null, false), version);
    }

    private Task GroupsBecomeAsync(Guid customer, Guid[] groups) => Eventually.Becomes(
        () => bed.AccountAsync(customer),
        account => account.GetProperty("groups").EnumerateArray().Select(one => one.GetGuid()).SequenceEqual(groups),
        "the groups follow");
}
