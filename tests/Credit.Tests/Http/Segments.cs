using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Segments;
using OrderToCash.Kernel;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-07: the customers of a legal entity in one segment share its limit.</summary>
public sealed class Segments(CreditBed bed) : IClassFixture<CreditBed>
{
    private const int Customers = 50;

    /// <summary>I-11 for a segment: looking and reserving is one decision over all its customers.</summary>
    [Fact]
    public async Task fifty_orders_of_fifty_customers_at_once_on_two_instances_never_exceed_the_room_for_ten()
    {
        const string segment = "retail";
        var customers = await Task.WhenAll(
            Enumerable.Range(0, Customers).Select(_ => bed.CustomerAsync(limit: 10_000, segment: segment)));
        await LimitAsync(segment, 1_000);
        await using var other = await bed.StartAnotherAsync();

        var answers = await Task.WhenAll(customers.Select((customer, i) => bed.CheckAsync(
            customer, $"SA-{i}", 100, i % 2 == 0 ? bed.Client : other.Client)));

        var decisions = new List<JsonElement>();
        foreach (var answer in answers)
            decisions.Add(await answer.ShouldBeAsync(HttpStatusCode.Created));
        decisions.Count(one => one.Text("decision") == "approved").ShouldBe(10);
        decisions.Where(one => one.Text("decision") == "held")
            .ShouldAllBe(one => one.Codes("reasons").SequenceEqual(new[] { "over-segment-limit" }));
        var shown = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/segments/US01/{segment}");
        (shown.Amount("exposure"), shown.Amount("available"), shown.GetProperty("customers").GetInt32())
            .ShouldBe((1_000, 0, Customers));
    }

    /// <summary>
    /// I-11: whoever decides beside the one who sets the limit decides on it, or was done before; nobody decides on the
    /// segment as it was known before.
    /// </summary>
    [Fact]
    public async Task orders_on_their_way_while_the_limit_is_set_are_decided_on_it_or_were_there_before()
    {
        const string segment = "wholesale";
        var customers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => bed.CustomerAsync(limit: 100_000, segment: segment)));
        await using var other = await bed.StartAnotherAsync();

        var orders = Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
            (await (await bed.CheckAsync(
                customers[i % customers.Length], $"SB-{i}", 100, i % 2 == 0 ? bed.Client : other.Client))
                .ShouldBeAsync(HttpStatusCode.Created)).Text("decision")));
        await LimitAsync(segment, 3_000);
        var decisions = await orders;

        var (unaware, decided) = await ApprovedSinceAsync(segment);
        unaware.ShouldBe(0, "the limit was there, and was not looked at");
        var approved = decisions.Count(decision => decision == "approved");
        approved.ShouldBeGreaterThanOrEqualTo(30);
        (approved == 30 || decided == 0).ShouldBeTrue($"{approved} are approved, {decided} of them on the limit");
    }

    /// <summary>
    /// What moves with any of its customers is seen by the next decision, on whichever instance that is made.
    /// </summary>
    [Fact]
    public async Task what_customers_owe_and_pay_counts_at_once_on_every_instance()
    {
        const string segment = "moving";
        var customers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => bed.CustomerAsync(limit: 10_000, segment: segment)));
        await LimitAsync(segment, 1_000);
        await using var other = await bed.StartAnotherAsync();
        var number = 0;
        await CheckAsync("approved", bed.Client);
        await CheckAsync("approved", other.Client);

        var invoice = NewId();
        await bed.PublishAsync(Issued(customers[1], invoice, 850));
        await bed.ExposureBecomesAsync(customers[1], 850, 0, 0);
        await CheckAsync("held", other.Client);
        await CheckAsync("held", bed.Client);
        await bed.PublishAsync(Paid(customers[1], invoice, 850, 600), version: 2);
        await bed.ExposureBecomesAsync(customers[1], 600, 0, 0);
        await bed.ReactedAsync();
        await bed.OrderBecomesAsync("SM-3", "approved");
        await bed.OrderBecomesAsync("SM-4", "approved");
        await CheckAsync("held", other.Client);
        var shown = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/segments/US01/{segment}");
        shown.Amount("exposure").ShouldBe(1_000);

        async Task CheckAsync(string decision, HttpClient client) => (await (await bed.CheckAsync(
            customers[0], $"SM-{++number}", 100, client)).BodyAsync()).Text("decision").ShouldBe(decision);
    }

    /// <summary>
    /// Reactions decide about each customer who has moved, and may stand: what the relay is past needs no new look.
    /// </summary>
    [Fact]
    public async Task a_reaction_that_takes_its_time_does_not_make_each_check_read_all_customers()
    {
        var facts = await bed.App.Services.GetRequiredService<DecisionBooks>().FactsAsync("US01", default);
        var sums = new SegmentSums(bed.App.Store, mostEvents: 20);
        var reads = new List<Guid[]?>();
        await using var standing = await bed.Database.OpenConnectionAsync();
        await using var transaction = await standing.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand(
            "select 1 from mt_event_progression where name = 'CreditReactions:All' for update", standing))
            await hold.ExecuteNonQueryAsync();

        await ReadAsync();
        foreach (var _ in Enumerable.Range(0, 10))
            await bed.CustomerAsync(limit: 100);
        await RelayedAsync();
        await ReadAsync();
        reads.ShouldBe([null, null], "more has happened than is worth following");
        await ReadAsync();
        var moved = await bed.CustomerAsync();
        await ReadAsync();
        reads.Skip(2).ShouldNotContain((Guid[]?)null);
        reads[^1]!.ShouldContain(moved);

        Task ReadAsync() => sums.ReadAsync(
            new SegmentLimitSet("US01", "slow", Money.Of(100, "USD"), null), null, facts,
            only =>
            {
                reads.Add(only);
                return Task.FromResult(new List<MemberPosition>());
            },
            default);
    }

    [Fact]
    public async Task it_is_judged_after_group_and_customer_and_shown_with_what_the_others_have_at_risk()
    {
        const string segment = "public";
        var head = await bed.CustomerAsync(limit: 1_000, segment: segment);
        var child = await bed.CustomerAsync(limit: 50, parent: head, segment: segment);
        await (await bed.Client.PutAsJsonAsync($"/v1/credit/groups/{head}/limit", new
        {
            limit = new { amount = "90", currency = "USD" },
            reason = "one roof",
        })).ShouldBeAsync(HttpStatusCode.OK);
        await LimitAsync(segment, 85);
        await (await bed.CheckAsync(head, "SC-1", 80)).ShouldBeAsync(HttpStatusCode.Created);

        var held = await (await bed.CheckAsync(child, "SC-2", 60)).BodyAsync();
        held.Codes("reasons").ShouldBe(["over-group-limit", "over-limit", "over-segment-limit"]);
        held.GetProperty("reasons")[2].Text("detail").ShouldBe(
            "Limit 85.00 USD of segment public; the other members 80.00 USD, with this customer and order " +
            "140.00 USD; that is 55.00 USD over the segment's limit.");
        (await (await bed.CheckAsync(child, "SC-3", 5)).BodyAsync()).Text("decision").ShouldBe("approved");

        var account = await bed.AccountAsync(child);
        account.Text("segment").ShouldBe(segment);
        (account.GetProperty("segmentLimit").Amount("limit"), account.GetProperty("segmentLimit").Amount("others"))
            .ShouldBe((85, 80));
        foreach (var order in new[] { "SC-2", "SC-3" })
        {
            (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/order-checks/{order}/explanation"))
                .GetProperty("isReproduced").GetBoolean().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task room_that_one_customer_makes_or_a_higher_limit_lets_anothers_order_go()
    {
        const string segment = "export";
        var (one, another) = (
            await bed.CustomerAsync(limit: 1_000, segment: segment),
            await bed.CustomerAsync(limit: 1_000, segment: segment));
        await LimitAsync(segment, 100);
        await (await bed.CheckAsync(one, "SD-1", 80)).ShouldBeAsync(HttpStatusCode.Created);
        (await (await bed.CheckAsync(another, "SD-2", 60)).BodyAsync()).Text("decision").ShouldBe("held");
        (await (await bed.CheckAsync(another, "SD-3", 200)).BodyAsync()).Text("decision").ShouldBe("held");

        await (await bed.CancelAsync("SD-1")).ShouldBeAsync(HttpStatusCode.OK);
        await bed.OrderBecomesAsync("SD-2", "approved");
        await LimitAsync(segment, 260);
        await bed.OrderBecomesAsync("SD-3", "approved");
        (await bed.AccountAsync(another)).GetProperty("exposure").Amount("openOrders").ShouldBe(260);
    }

    [Fact]
    public async Task who_comes_into_a_segment_brings_what_is_at_risk_and_is_decided_on_its_limit()
    {
        const string segment = "start-ups";
        var (one, comer) = (
            await bed.CustomerAsync(limit: 1_000, segment: segment), await bed.CustomerAsync(limit: 1_000));
        await LimitAsync(segment, 100);
        await (await bed.CheckAsync(comer, "SE-1", 70)).ShouldBeAsync(HttpStatusCode.Created);
        (await (await bed.CheckAsync(one, "SE-2", 100)).BodyAsync()).Text("decision").ShouldBe("approved");
        await (await bed.CancelAsync("SE-2")).ShouldBeAsync(HttpStatusCode.OK);

        var now = Registered(comer);
        await bed.PublishAsync(
            new CustomerChanged(
                comer, now.Number, now.LegalEntity, now.Name, null, now.Currency, now.Country, now.Language, segment,
                now.Terms, null, [], "active", null, false),
            version: 2);
        await Eventually.Becomes(
            () => bed.AccountAsync(comer), account => account.Text("segment") == segment, "it is in the segment");

        foreach (var customer in new[] { one, comer })
        {
            (await (await bed.CheckAsync(customer, $"SE-{customer:N}", 31)).BodyAsync()).Codes("reasons")
                .ShouldBe(["over-segment-limit"]);
        }
    }

    [Fact]
    public async Task a_limit_that_nobody_would_feel_is_refused_and_one_is_taken_away_again()
    {
        const string segment = "partners";
        await bed.EntityAsync("SG01");
        var customer = await bed.CustomerAsync(limit: 1_000, entity: "SG01", segment: segment);
        await (await PutAsync("partnerz", 100, "SG01")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await bed.PolicyAsync("SG01", policy => policy with
        {
            Orders = policy.Orders with { Rules = [new BlockingRule(RuleCodes.OverLimit)] },
        });
        await (await PutAsync(segment, 100, "SG01"))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "segment-limit-not-checked");
        await bed.PolicyAsync("SG01", policy => policy);
        await (await PutAsync(segment, -1, "SG01")).ShouldBeAsync(HttpStatusCode.BadRequest);
        using var stranger = bed.App.ClientFor("credit:read credit:write", "eve", "MX01");
        await (await stranger.DeleteAsync($"/v1/credit/segments/SG01/{segment}/limit?reason=apart"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
        await (await stranger.GetAsync($"/v1/credit/segments/SG01/{segment}"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");

        await (await PutAsync(segment, 100, "SG01")).ShouldBeAsync(HttpStatusCode.OK);
        (await (await bed.CheckAsync(customer, "SG-1", 101)).BodyAsync()).Text("decision").ShouldBe("held");
        var policy = StandardPolicy.Value with
        {
            Orders = StandardPolicy.Value.Orders with { Rules = [new BlockingRule(RuleCodes.OverLimit)] },
        };
        await (await bed.App.Operator.PutAsJsonAsync(
            "/v1/credit/policies/SG01", new { reason = "without the rule", policy }, Json.Wire))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "segment-limit-not-checked");
        var list = await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/segments?legalEntity=SG01");
        list.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().Amount("limit").ShouldBe(100);
        await (await bed.Client.DeleteAsync($"/v1/credit/segments/SG01/{segment}/limit?reason=apart"))
            .ShouldBeAsync(HttpStatusCode.OK);
        await bed.OrderBecomesAsync("SG-1", "approved");
        await (await bed.Client.GetAsync($"/v1/credit/segments/SG01/{segment}"))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        var history = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/segments/SG01/{segment}/history");
        history.GetProperty("items").EnumerateArray().Select(one => one.Text("type"))
            .ShouldBe(["segment-limit-set", "segment-limit-removed"]);
    }

    /// <summary>Waits until everything that has happened by now is published.</summary>
    private async Task RelayedAsync()
    {
        var last = (long)(await bed.Database.CreateCommand("select max(seq_id) from mt_events").ExecuteScalarAsync())!;
        await Eventually.BecomesTrue(
            async () => await bed.Database.CreateCommand(
                "select last_seq_id from mt_event_progression where name = 'Relay:All'").ExecuteScalarAsync()
                is long done && done >= last,
            "it is published");
    }

    private async Task LimitAsync(string segment, decimal amount) =>
        await (await PutAsync(segment, amount)).ShouldBeAsync(HttpStatusCode.OK);

    private Task<HttpResponseMessage> PutAsync(string segment, decimal amount, string entity = "US01") =>
        bed.Client.PutAsJsonAsync($"/v1/credit/segments/{entity}/{segment}/limit", new
        {
            limit = new { amount = $"{amount}", currency = "USD" },
            reason = "one market",
        });

    /// <summary>Orders of the segment that were approved after its limit was set, without a decision on it and with.
    /// </summary>
    private async Task<(long Unaware, long Decided)> ApprovedSinceAsync(string segment)
    {
        await using var count = bed.Database.CreateCommand(
            """
            with the_limit as (select min(seq_id) as at from mt_events
                where type = 'segment_limit_set' and data->>'Segment' = $1),
            approved as (select e.data->>'OrderId' as order_id from mt_events e, the_limit l
                where e.type = 'order_approved' and e.seq_id > l.at and e.data->>'OrderId' like 'SB-%'),
            decided as (select data->>'OrderId' as order_id from mt_events where type = 'segment_order_decided')
            select count(*) filter (where d.order_id is null), count(*) filter (where d.order_id is not null)
            from approved a left join decided d on d.order_id = a.order_id
            """);
        count.Parameters.AddWithValue(segment);
        await using var reader = await count.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
