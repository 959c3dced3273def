using System.Net;

namespace OrderToCash.Invoicing.Tests.Http;

public class LegalEntities(InvoicingApp app)
{
    private static object Us(string currency = "USD") => new
    {
        name = "Acme Inc.",
        baseCurrency = currency,
        country = "US",
        timeZone = "America/Chicago",
        accounts = new { receivables = "1210" },
    };

    [Fact]
    public async Task Are_created_once_and_then_changed()
    {
        var code = "P" + (await app.EntityAsync())[1..];

        var created = (await app.Client.PutAsync($"/v1/legal-entities/{code}", Us())).ShouldBe(HttpStatusCode.Created);
        var same = (await app.Client.PutAsync($"/v1/legal-entities/{code}", Us())).ShouldBe(HttpStatusCode.OK);
        var changed = (await app.Client.PutAsync($"/v1/legal-entities/{code}", Us("CAD"))).ShouldBe(HttpStatusCode.OK);

        created.Headers.Location!.ToString().ShouldBe($"/v1/legal-entities/{code}");
        (created.Headers.ETag!.Tag, same.Headers.ETag!.Tag, changed.Headers.ETag!.Tag)
            .ShouldBe(("\"1\"", "\"1\"", "\"2\""));
        created["accounts"].GetProperty("receivables").GetString().ShouldBe("1210");
        created["accounts"].GetProperty("tax").GetString().ShouldBe("2200");
        (await app.Client.ReadAsync($"/v1/legal-entities/{code}")).Text.ShouldBe(changed.Text);
    }

    [Fact]
    public async Task Keep_their_base_currency_once_a_customer_is_numbered()
    {
        var code = await app.EntityAsync("USD");
        await app.Client.RegisterAsync(code);

        (await app.Client.PutAsync($"/v1/legal-entities/{code}", Us("CAD")))
            .ShouldBe(HttpStatusCode.Conflict, "base-currency-in-use");
    }

    [Fact]
    public async Task Are_listed_to_those_who_may_see_them()
    {
        var (mine, other) = (await app.EntityAsync(), await app.EntityAsync());
        using var client = app.ClientWith("invoicing:read", mine);

        var codes = (await client.ReadAsync("/v1/legal-entities"))["items"].EnumerateArray()
            .Select(item => item.GetProperty("code").GetString());

        codes.ShouldBe([mine]);
        (await client.ReadAsync($"/v1/legal-entities/{other}"))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await client.PutAsync($"/v1/legal-entities/{mine}", Us())).ShouldBe(HttpStatusCode.Forbidden, "scope-missing");
    }

    [Fact]
    public async Task Unknown_or_wrong_ones_are_told()
    {
        (await app.Client.ReadAsync("/v1/legal-entities/NOWHERE")).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await app.Client.PutAsync("/v1/legal-entities/us-01", Us()))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-legal-entity");
        (await app.Client.PutAsync("/v1/legal-entities/US77", new { name = "x" })).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Have_a_history()
    {
        var code = await app.EntityAsync();

        var history = (await app.Client.ReadAsync($"/v1/legal-entities/{code}/history")).ShouldBe(HttpStatusCode.OK);

        var first = history["items"][0];
        first.GetProperty("type").GetString().ShouldBe("legal-entity-defined");
        first.GetProperty("by").GetString().ShouldBe("ana");
    }
}
