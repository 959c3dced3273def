using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Tests.Http;

public sealed class CheckingOrders(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task an_order_is_approved_once_and_repeated_with_the_same_answer()
    {
        var customer = await bed.CustomerAsync(limit: 50_000);
        var first = await bed.CheckAsync(customer, "A-1", 30_000);

        var body = await first.ShouldBeAsync(HttpStatusCode.Created);
        (body.Text("decision"), body.Text("status"), body.Amount("reserved"), body.Amount("available"))
            .ShouldBe(("approved", "approved", 30_000m, 20_000m));
        body.GetProperty("reasons").GetArrayLength().ShouldBe(0);
        first.Headers.ETag.ShouldNotBeNull();
        (await bed.Client.GetAsync(first.Headers.Location)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await bed.CheckAsync(customer, "A-2", 5_000)).ShouldBeAsync(HttpStatusCode.Created);

        var again = await (await bed.CheckAsync(customer, "A-1", 30_000)).ShouldBeAsync(HttpStatusCode.OK);
        (again.Text("id"), again.Text("decision"), again.Amount("available"))
            .ShouldBe((body.Text("id"), "approved", 20_000m));
    }

    [Fact]
    public async Task fifty_orders_at_once_on_two_instances_never_exceed_the_room_for_ten()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        await using var other = await bed.StartAnotherAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            bed.CheckAsync(customer, $"B-{i}", 100, i % 2 == 0 ? bed.Client : other.Client)));

        var decisions = await Task.WhenAll(answers.Select(async answer =>
            (await answer.ShouldBeAsync(HttpStatusCode.Created)).Text("decision")));
        decisions.Count(decision => decision == "approved").ShouldBe(10);
        decisions.Count(decision => decision == "held").ShouldBe(40);
        var account = await bed.AccountAsync(customer);
        (account.GetProperty("exposure").Amount("openOrders"), account.Amount("available")).ShouldBe((1_000m, 0m));
    }

    /// <summary>After a restart nobody remembers an account; a snapshot says the same as its events.</summary>
    [Fact]
    public async Task an_account_with_a_long_story_answers_from_its_snapshot_what_it_answers_without_one()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        var dunned = new ItemsDunned("reminder", [new InstallmentKey(Some.Invoice, 1)]);
        object[] story =
        [
            Some.Receivable(60, 60, Some.Exposure()), .. Enumerable.Repeat(dunned, AccountSnapshots.Every),
        ];
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata("test"), _ => Decision.Of(story));
        var snapshots = bed.App.Services.GetRequiredService<AccountSnapshots>();
        await Eventually.BecomesTrue(
            async () =>
            {
                await snapshots.KeepDueAsync();
                return await KeptAsync(customer) >= AccountSnapshots.Every;
            },
            "it is kept, by this instance or another");
        await using var other = await bed.StartAnotherAsync();

        var fitting = await (await bed.CheckAsync(customer, "S-1", 40, other.Client))
            .ShouldBeAsync(HttpStatusCode.Created);
        (fitting.Text("decision"), fitting.Amount("available")).ShouldBe(("approved", 0m));
        await bed.Database.CreateCommand("truncate credit_account_snapshots").ExecuteNonQueryAsync();
        await using var another = await bed.StartAnotherAsync();
        var repeated = await (await bed.CheckAsync(customer, "S-1", 40, another.Client))
            .ShouldBeAsync(HttpStatusCode.OK);
        (repeated.Text("decision"), repeated.Amount("available")).ShouldBe(("approved", 0m));
        (await (await bed.CheckAsync(customer, "S-2", 1, another.Client)).ShouldBeAsync(HttpStatusCode.Created))
            .Text("decision").ShouldBe("held");
    }

    [Fact]
    public async Task one_order_sent_many_times_at_once_is_decided_once()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        await using var other = await bed.StartAnotherAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            bed.CheckAsync(customer, "C-1", 600, i % 2 == 0 ? bed.Client : other.Client)));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(19);
        (await bed.AccountAsync(customer)).GetProperty("exposure").Amount("openOrders").ShouldBe(600);
    }

    /// <summary>D-59.</summary>
    [Fact]
    public async Task closing_an_order_making_another_and_opening_the_first_again_does_not_get_past_the_limit()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        await (await bed.CheckAsync(customer, "D-1", 100)).ShouldBeAsync(HttpStatusCode.Created);
        (await (await bed.CancelAsync("D-1")).ShouldBeAsync(HttpStatusCode.OK)).Amount("available").ShouldBe(100);
        await (await bed.CheckAsync(customer, "D-2", 80)).ShouldBeAsync(HttpStatusCode.Created);

        var reopened = await (await bed.CheckAsync(customer, "D-1", 100)).ShouldBeAsync(HttpStatusCode.Created);

        reopened.Text("decision").ShouldBe("held");
        reopened.Codes("reasons").ShouldBe(["over-limit"]);
        reopened.Amount("available").ShouldBe(20);
    }

    [Fact]
    public async Task without_any_limit_an_order_is_held_and_says_so()
    {
        var customer = await bed.CustomerAsync();
        var body = await (await bed.CheckAsync(customer, "E-1", 1)).ShouldBeAsync(HttpStatusCode.Created);
        (body.Text("decision"), body.Amount("reserved")).ShouldBe(("held", 0m));
        body.Codes("reasons").ShouldBe(["no-limit"]);
        (await bed.AccountAsync(customer)).Codes("holds").ShouldBe(["no-limit"]);
    }

    [Fact]
    public async Task a_held_order_waits_in_the_queue_until_it_is_released_with_a_reason()
    {
        var customer = await bed.CustomerAsync(limit: 10);
        await (await bed.CheckAsync(customer, "F-1", 15)).ShouldBeAsync(HttpStatusCode.Created);
        var queue = $"/v1/credit/order-checks?status=held&customerId={customer}";
        var held = (await bed.Client.GetFromJsonAsync<System.Text.Json.JsonElement>(queue)).GetProperty("items");
        held.GetArrayLength().ShouldBe(1);
        (held[0].Text("orderId"), held[0].Text("decidedBy"), held[0].Text("customerName"))
            .ShouldBe(("F-1", "ana", "Globex Corporation"));
        held[0].Codes("reasons").ShouldBe(["over-limit"]);
        (await ListAsync($"{queue}&reason=over-limit&checkPoint=confirm")).ShouldBe(1);
        (await ListAsync($"{queue}&reason=no-limit")).ShouldBe(0);
        (await ListAsync($"{queue}&checkPoint=ship")).ShouldBe(0);

        var released = await (await bed.ReleaseAsync("F-1")).ShouldBeAsync(HttpStatusCode.OK);

        (released.Text("decision"), released.Text("status"), released.Amount("available"))
            .ShouldBe(("approved", "released", -5m));
        released.Codes("reasons").ShouldBe(["over-limit"]);
        (await bed.Client.GetFromJsonAsync<System.Text.Json.JsonElement>(queue)).GetProperty("items").GetArrayLength()
            .ShouldBe(0);
        var history =
            await bed.Client.GetFromJsonAsync<System.Text.Json.JsonElement>($"/v1/credit/accounts/{customer}/history");
        var last = history.GetProperty("items").EnumerateArray().Last();
        (last.Text("type"), last.Text("by"), last.Text("reason"))
            .ShouldBe(("order-released", "ana", "prepaid tomorrow"));

        async Task<int> ListAsync(string path) =>
            (await bed.Client.GetFromJsonAsync<System.Text.Json.JsonElement>(path)).GetProperty("items")
                .GetArrayLength();
    }

    [Fact]
    public async Task an_order_id_belongs_to_one_customer_of_an_entity_until_it_is_cancelled()
    {
        var (wrong, right) = (await bed.CustomerAsync(limit: 100), await bed.CustomerAsync(limit: 100));
        await (await bed.CheckAsync(wrong, "G-1", 10)).ShouldBeAsync(HttpStatusCode.Created);

        await (await bed.CheckAsync(right, "G-1", 10))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "order-of-another-customer");
        (await bed.AccountAsync(right)).GetProperty("exposure").Amount("total").ShouldBe(0);

        await (await bed.CancelAsync("G-1")).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.CheckAsync(right, "G-1", 10)).ShouldBeAsync(HttpStatusCode.Created);
        (await bed.Client.GetFromJsonAsync<System.Text.Json.JsonElement>("/v1/credit/order-checks/G-1"))
            .GetProperty("customerId").GetGuid().ShouldBe(right);
        await (await bed.CheckAsync(wrong, "G-1", 10))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "order-of-another-customer");
    }

    [Fact]
    public async Task two_entities_may_use_the_same_order_id_and_a_caller_of_both_names_one()
    {
        var (us, ca) = (await bed.CustomerAsync(100), await bed.CustomerAsync(100, entity: "CA01"));
        await (await bed.CheckAsync(us, "H-1", 10)).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.CheckAsync(ca, "H-1", 20)).ShouldBeAsync(HttpStatusCode.Created);
        using var canadian = bed.App.ClientFor("credit:read", "ben", "CA01");

        await (await bed.Client.GetAsync("/v1/credit/order-checks/H-1")).ShouldBeProblemAsync(
            HttpStatusCode.Conflict, "ambiguous-order");
        (await bed.Client.GetFromJsonAsync<System.Text.Json.JsonElement>(
            "/v1/credit/order-checks/H-1?legalEntity=US01"))
            .Amount("amount").ShouldBe(10);
        (await canadian.GetFromJsonAsync<System.Text.Json.JsonElement>("/v1/credit/order-checks/H-1")).Amount("amount")
            .ShouldBe(20);
    }

    [Fact]
    public async Task decisions_are_published()
    {
        var queue = await bed.ListenAsync();
        var customer = await bed.CustomerAsync(limit: 100);
        await bed.CheckAsync(customer, "I-1", 10);
        await Eventually.Becomes(() => bed.TakeAsync(queue), message =>
            message?.RoutingKey == "credit.v1.credit-limit-set",
            "the limit is published");
        await Eventually.Becomes(() => bed.TakeAsync(queue), message =>
            message?.RoutingKey == "credit.v1.order-decided",
            "the decision is published");
    }

    private async Task<long?> KeptAsync(Guid customer)
    {
        await using var command = bed.Database.CreateCommand(
            "select version from credit_account_snapshots where stream_id = $1");
        command.Parameters.AddWithValue(customer);
        return (long?)await command.ExecuteScalarAsync();
    }
}
