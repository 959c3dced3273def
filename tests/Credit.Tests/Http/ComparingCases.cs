using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-15: the folder of a case shows how the customer stands beside others.</summary>
public sealed class ComparingCases(CreditBed bed) : IClassFixture<CreditBed>
{
    private const string Entity = "CC01";

    [Fact]
    public async Task a_customer_is_shown_beside_its_segment_and_its_legal_entity()
    {
        await bed.EntityAsync(Entity);
        var customer = await bed.CustomerAsync(entity: Entity, segment: "retail");
        var (issued, day) = (Issued(customer, NewId(), 730), TimeProvider.System.Today("America/Chicago").AddDays(-5));
        var paid = Paid(customer, issued.InvoiceId, 730, 146);
        await bed.PublishAsync(
            issued with { InvoiceDate = day, Items = [issued.Items[0] with { InvoiceDate = day }] });
        await bed.PublishAsync(paid with { Item = paid.Item with { InvoiceDate = day } }, version: 2);
        await bed.ExposureBecomesAsync(customer, 146, 0, 0);
        var applied = await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "1000000", currency = "USD" },
        })).ShouldBeAsync(HttpStatusCode.Created);
        var folder = $"/v1/credit/applications/{applied.Text("id")}";
        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetFromJsonAsync<JsonElement>(folder)).Text("status") == "in-review",
            "the case is referred");
        await ScoreAsync(customer, 60);
        foreach (var (segment, score) in new (string?, int?)[] { ("retail", 40), ("retail", null), (null, 80) })
            await ScoreAsync(await bed.CustomerAsync(entity: Entity, segment: segment), score);
        var path = $"{folder}/comparison";

        var shown = await bed.Client.GetFromJsonAsync<JsonElement>(path);

        shown.Text("daysSalesOutstanding").ShouldBe("73.0");
        var peers = shown.GetProperty("peers").EnumerateArray().ToList();
        peers.Select(one => (one.Text("of"), one.Text("name"), one.GetProperty("customers").GetInt64(),
            one.GetProperty("scored").GetInt64(), one.Text("score"), one.Text("worsePercent")))
            .ShouldBe([("segment", "retail", 3, 2, "50.0", "50.0"), ("legal-entity", Entity, 4, 3, "60.0", "33.3")]);
        using var stranger = bed.App.ClientFor("credit:read", "eve", "MX01");
        await (await stranger.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    private Task ScoreAsync(Guid customer, int? score) => bed.App.Store.DecideAsync(
        CreditAccountStream.Type, customer, new EventMetadata("test"),
        _ => Decision.Of(new RiskAssessed(score, score is null ? null : "B", 1, "rescoring", null, score, null)));
}
