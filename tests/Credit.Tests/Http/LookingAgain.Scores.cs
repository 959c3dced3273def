using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrderToCash.Credit.Tests.Http;

public sealed partial class LookingAgain
{
    /// <summary>Every decision stores its inputs and can be explained: a class, too.</summary>
    [Fact]
    public async Task a_class_says_by_what_it_was_given_and_an_alert_what_has_moved()
    {
        const string entity = "LA13";
        await EntityAsync(entity, everyDays: 365);
        var customer = await bed.CustomerAsync(entity: entity);
        var path = $"/v1/credit/accounts/{customer}/score";
        (await bed.Client.GetFromJsonAsync<JsonElement>(path)).GetProperty("lastChange").ValueKind
            .ShouldBe(JsonValueKind.Null);
        await PaysAsync(customer, 100, due: 0, paid: -5);
        await RescoreAsync(entity);
        (await LastChangeAsync()).Text("to").ShouldBe("A");
        (await LastChangeAsync()).GetProperty("moved").ValueKind.ShouldBe(JsonValueKind.Null);
        await PaysAsync(customer, 90_000, due: -200, paid: 0);

        await RescoreAsync(entity);

        var score = await bed.Client.GetFromJsonAsync<JsonElement>(path);
        score.Text("riskClass").ShouldBe("D");
        score.GetProperty("factors").EnumerateArray()
            .Sum(factor => decimal.Parse(factor.GetProperty("part").ToString(), CultureInfo.InvariantCulture))
            .ShouldBe(score.GetProperty("score").GetInt32(), 0.51m);
        var change = await LastChangeAsync();
        (change.Text("from"), change.Text("to"), change.Text("source")).ShouldBe(("A", "D", "rescoring"));
        change.Codes("factors").ShouldContain("days-beyond-terms");
        change.Codes("moved").ShouldBe(["days-beyond-terms", "on-time-percent"], ignoreOrder: true);
        (await AlertsAsync(customer)).ShouldHaveSingleItem().Text("detail")!
            .ShouldContain("What moved most: days-beyond-terms from -5 to 19");
        (await bed.AccountAsync(customer)).TryGetProperty("factors", out _).ShouldBeFalse();
        using var stranger = bed.App.ClientFor("credit:read", "eve", "MX01");
        await (await stranger.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");

        async Task<JsonElement> LastChangeAsync() =>
            (await bed.Client.GetFromJsonAsync<JsonElement>(path)).GetProperty("lastChange");
    }
}
