using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-16: who let what go over which limit, why and until when.</summary>
public sealed class Overriding(CreditBed bed) : IClassFixture<CreditBed>
{
    private const string Path = "/v1/credit/portfolio/overrides";

    [Fact]
    public async Task what_people_let_go_against_a_rule_is_listed_whatever_becomes_of_the_order()
    {
        const string entity = "OV01";
        await bed.EntityAsync(entity);
        await bed.App.Store.DecideAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(entity), new EventMetadata("test"),
            before => before.Define(new ApprovalMatrixDefined(
                entity,
                [
                    new ApprovalRule(ApprovalKinds.OrderRelease, 500, 0),
                    new ApprovalRule(ApprovalKinds.OrderRelease, null, 1, "manager"),
                ],
                "USD")));
        var customer = await bed.CustomerAsync(limit: 100, entity: entity);
        foreach (var (order, amount) in new[] { ("OV-1", 80m), ("OV-2", 60m), ("OV-3", 700m) })
            await (await bed.CheckAsync(customer, order, amount)).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.ReleaseAsync("OV-1")).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.ReleaseAsync("OV-2", "prepaid")).ShouldBeAsync(HttpStatusCode.OK);
        var asked = await (await bed.ReleaseAsync("OV-3")).ShouldBeAsync(HttpStatusCode.Accepted);
        using (var manager = bed.App.ClientWith("approvals:decide credit:read", "max", "manager"))
        {
            await (await manager.PostAsJsonAsync(
                $"/v1/approvals/{asked.Text("id")}/approve", new { reason = "secured" }))
                .ShouldBeAsync(HttpStatusCode.OK);
        }

        await (await bed.CancelAsync("OV-2")).ShouldBeAsync(HttpStatusCode.OK);

        var today = TimeProvider.System.Today("America/Chicago");
        var found = await ListAsync($"legalEntity={entity}");
        found.Select(one => one.Text("orderId")).ShouldBe(["OV-2", "OV-3"], ignoreOrder: true);
        var (prepaid, secured) = (
            found.Single(one => one.Text("orderId") == "OV-2"), found.Single(one => one.Text("orderId") == "OV-3"));
        (prepaid.Amount("amount"), prepaid.Amount("limit"), prepaid.Amount("exposure"), prepaid.Amount("available"))
            .ShouldBe((60m, 100m, 140m, -40m));
        (prepaid.Text("overridden"), prepaid.Text("reason"), prepaid.Text("releasedBy"), prepaid.Text("status"))
            .ShouldBe(("over-limit", "prepaid", "ana", "cancelled"));
        (prepaid.Text("releasedOn"), prepaid.Text("until"))
            .ShouldBe(($"{today:yyyy-MM-dd}", $"{today.AddDays(30):yyyy-MM-dd}"));
        (prepaid.Text("approvalId"), prepaid.Text("requestedBy")).ShouldBe((null, null));
        (secured.Text("approvalId"), secured.Text("requestedBy"), secured.Text("releasedBy"), secured.Text("reason"))
            .ShouldBe((asked.Text("id"), "ana", "max", "secured"));

        (await ListAsync($"legalEntity={entity}&until={today.AddDays(-1):yyyy-MM-dd}")).ShouldBeEmpty();
        (await ListAsync($"legalEntity={entity}&releasedBy=max")).ShouldHaveSingleItem();
        using var elsewhere = bed.App.ClientFor("credit:read", "eve", "US01");
        await (await elsewhere.GetAsync($"{Path}?legalEntity={entity}"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await elsewhere.GetFromJsonAsync<JsonElement>($"{Path}?customerId={customer}")).GetProperty("items")
            .GetArrayLength().ShouldBe(0);
        using var csv = new HttpRequestMessage(HttpMethod.Get, $"{Path}?legalEntity={entity}");
        csv.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        (await (await bed.Client.SendAsync(csv)).Content.ReadAsStringAsync()).ShouldContain("prepaid");
    }

    /// <summary>CRD-16: whoever lets a hold go lets every order go that it would have held.</summary>
    [Fact]
    public async Task holds_that_people_let_go_are_listed_with_the_orders_and_those_that_a_rule_let_go_are_not()
    {
        const string entity = "OV02";
        await bed.EntityAsync(entity);
        await bed.App.Store.DecideAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(entity), new EventMetadata("test"),
            before => before.Define(new ApprovalMatrixDefined(
                entity, [new ApprovalRule(ApprovalKinds.HoldRelease, null, 1, "manager")], "USD")));
        var customer = await bed.CustomerAsync(limit: 100, entity: entity);
        var ruled = HoldDecider.Id(customer, HoldDecider.OverdueState);
        foreach (var e in new object[]
        {
            new HoldPlaced(ruled, HoldDecider.OverdueState, "late", ByRule: true, Until: null),
            new HoldReleased(ruled, HoldDecider.OverdueState),
        })
        {
            await bed.App.Store.DecideAsync(
                CreditAccountStream.Type, customer, new EventMetadata(CreditService.Name), _ => Decision.Of(e));
        }

        var asked = await LetGoAsync(customer, "two owners", HttpStatusCode.Accepted);
        await (await bed.CheckAsync(customer, "OV-H1", 200)).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.ReleaseAsync("OV-H1")).ShouldBeAsync(HttpStatusCode.OK);
        using (var manager = bed.App.ClientWith("approvals:decide credit:read", "max", "manager"))
        {
            await (await manager.PostAsJsonAsync(
                $"/v1/approvals/{asked.Text("id")}/approve", new { reason = "the old one" }))
                .ShouldBeAsync(HttpStatusCode.OK);
        }

        (await ListAsync($"legalEntity={entity}&kind=order")).ShouldHaveSingleItem().Text("orderId").ShouldBe("OV-H1");
        (await ListAsync($"legalEntity={entity}&sort=available")).Select(one => one.Text("kind"))
            .ShouldBe(["order", "hold"]);
        var hold = (await ListAsync($"legalEntity={entity}&kind=hold")).ShouldHaveSingleItem();
        (hold.Text("overridden"), hold.GetProperty("reasons")[0].Text("detail"), hold.Text("reason"))
            .ShouldBe(("manual", "two owners", "the old one"));
        (hold.Text("approvalId"), hold.Text("requestedBy"), hold.Text("releasedBy"), hold.Text("orderId"))
            .ShouldBe((asked.Text("id"), "ana", "max", null));
        (hold.Text("releasedOn"), hold.Text("holdId"))
            .ShouldBe(($"{TimeProvider.System.Today("America/Chicago"):yyyy-MM-dd}", await HoldIdAsync(customer)));
        using var elsewhere = bed.App.ClientFor("credit:read", "eve", "US01");
        (await elsewhere.GetFromJsonAsync<JsonElement>($"{Path}?customerId={customer}")).GetProperty("items")
            .GetArrayLength().ShouldBe(0);
        (await bed.Client.GetAsync($"{Path}?kind=limit")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>Overrides from before they were kept apart are found in the log.</summary>
    [Fact]
    public async Task the_migration_finds_the_same_as_the_read_model_keeps()
    {
        var customer = await bed.CustomerAsync(limit: 10);
        await (await bed.CheckAsync(customer, "OM-1", 20)).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.ReleaseAsync("OM-1")).ShouldBeAsync(HttpStatusCode.OK);
        await LetGoAsync(customer, "a slip", HttpStatusCode.OK);
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata("bob", Reason: "before it was kept"),
            _ => Decision.Of(new HoldReleased(NewId(), HoldDecider.PastDue, new DateOnly(2026, 12, 1))));
        var kept = await RowsAsync();
        kept.ShouldContain("OM-1");
        kept.ShouldContain("a slip");
        kept.ShouldContain("before it was kept");

        await bed.Database.CreateCommand("delete from credit_overrides").ExecuteNonQueryAsync();
        foreach (var migration in new[] { "0016_overrides.sql", "0034_holds_let_go_before.sql" })
        {
            var sql = await SqlAsync(migration);
            await bed.Database.CreateCommand(sql[sql.IndexOf("insert into", StringComparison.Ordinal)..])
                .ExecuteNonQueryAsync();
        }

        (await RowsAsync()).ShouldBe(kept);
    }

    [Fact]
    public async Task a_period_that_ends_before_it_begins_is_refused() =>
        await (await bed.Client.GetAsync($"{Path}?from=2026-02-01&until=2026-01-01"))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-period");

    private static async Task<string> SqlAsync(string migration)
    {
        var assembly = typeof(CreditAccount).Assembly;
        using var file = new StreamReader(assembly.GetManifestResourceStream(
            assembly.GetManifestResourceNames().Single(name => name.EndsWith(migration, StringComparison.Ordinal)))!);
        return await file.ReadToEndAsync();
    }

    /// <summary>Holds the account, and lets that go.</summary>
    private async Task<JsonElement> LetGoAsync(Guid customer, string why, HttpStatusCode status)
    {
        var path = $"/v1/credit/accounts/{customer}/holds";
        var hold = await (await bed.Client.PostAsJsonAsync(path, new { code = "manual", reason = why }))
            .ShouldBeAsync(HttpStatusCode.Created);
        return await (await bed.Client.PostAsJsonAsync(
            $"{path}/{hold.Text("holdId")}/release", new { reason = "all is well" })).ShouldBeAsync(status);
    }

    private async Task<string> HoldIdAsync(Guid customer) => (string)(await bed.Database.CreateCommand(
        "select data->>'HoldId' from mt_events where type = 'hold_placed' and data->>'Code' = 'manual' " +
        $"and stream_id = '{customer}'").ExecuteScalarAsync())!;

    private async Task<string> RowsAsync() => (string)(await bed.Database.CreateCommand(
        "select jsonb_agg(to_jsonb(v) order by override_id)::text from credit_overrides v").ExecuteScalarAsync())!;

    private async Task<List<JsonElement>> ListAsync(string query) =>
        [.. (await bed.Client.GetFromJsonAsync<JsonElement>($"{Path}?{query}")).GetProperty("items").EnumerateArray()];
}
