using System.Net;
using System.Text.Json;
using OrderToCash.ServiceDefaults.Tests.Support;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class Versions(BankFixture fixture) : IClassFixture<BankFixture>
{
    private static readonly object One = new { amount = new { amount = "1.00", currency = "USD" }, reason = "a gift" };

    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task a_creation_answers_201_with_location_tag_and_the_whole_resource()
    {
        using var answer = await Client.SendAsync(Http.Post("/v1/accounts", Http.Open("new", "7.5")));

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Headers.ETag!.Tag.ShouldBe("\"2\"");
        var body = await answer.BodyAsync();
        answer.Headers.Location!.ToString().ShouldBe($"/v1/accounts/{body.GetProperty("id").GetGuid()}");
        body.GetProperty("balance").GetString().ShouldBe("7.50");
        using var read = await Client.GetAsync(answer.Headers.Location);
        read.Headers.ETag.ShouldBe(answer.Headers.ETag);
    }

    [Fact]
    public async Task the_version_that_was_seen_lets_through_and_an_older_one_does_not()
    {
        var id = await Client.OpenAsync("seen");
        using var first = await Client.SendAsync(Http.Post($"/v1/accounts/{id}/deposits", One, ifMatch: "\"1\""));
        using var late = await Client.SendAsync(Http.Post($"/v1/accounts/{id}/deposits", One, ifMatch: "\"1\""));
        using var any = await Client.SendAsync(Http.Post($"/v1/accounts/{id}/deposits", One, ifMatch: "*"));

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        var problem = await late.ShouldBeProblemAsync(412, "version-mismatch");
        problem.GetProperty("currentVersion").GetInt64().ShouldBe(2);
        late.Headers.ETag!.Tag.ShouldBe("\"2\"");
        any.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_version_of_what_does_not_exist_is_404()
    {
        using var answer = await Client.SendAsync(Http.Post(
            $"/v1/accounts/{Guid.Empty}/deposits", One, ifMatch: "\"1\""));
        await answer.ShouldBeProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task an_older_version_stops_a_change_over_several_streams_too()
    {
        var (from, to) = (await Client.OpenAsync("giver", "5.00"), await Client.OpenAsync("taker"));
        var transfer = new { from, to, amount = new { amount = "1.00", currency = "USD" } };
        using var answer = await Client.SendAsync(Http.Post("/v1/transfers", transfer, ifMatch: "\"1\""));

        await answer.ShouldBeProblemAsync(412, "version-mismatch");
    }

    /// <summary>A tag that nobody looks at would let everything through.</summary>
    [Fact]
    public async Task a_version_that_no_use_case_asks_for_stops_the_change()
    {
        var to = await Client.OpenAsync("given", "5.00");
        var gift = new { to, amount = new { amount = "1.00", currency = "USD" } };
        using var answer = await Client.SendAsync(Http.Post("/v1/gifts", gift, ifMatch: "\"2\""));
        using var without = await Client.SendAsync(Http.Post("/v1/gifts", gift));

        await answer.ShouldBeProblemAsync(400, "if-match-unsupported");
        without.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Bank.Store.LoadAsync(Bank.Account.Stream, to)).State.Balance.ShouldBe(6);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"one\"")]
    [InlineData("\"-1\"")]
    [InlineData("\"1\", \"2\"")]
    [InlineData("W/\"1\"")]
    [InlineData("\"99999999999999999999\"")]
    public async Task a_tag_that_is_none_of_ours_is_400(string tag)
    {
        var id = await Client.OpenAsync($"tag {tag}");
        using var answer = await Client.SendAsync(Http.Post($"/v1/accounts/{id}/deposits", One, ifMatch: tag));

        await answer.ShouldBeProblemAsync(400, "malformed-request");
    }

    [Fact]
    public async Task without_a_version_everybody_gets_a_turn()
    {
        var (left, right) = (await Client.OpenAsync("left", "100.00"), await Client.OpenAsync("right", "100.00"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n =>
            Client.SendAsync(Http.Post("/v1/transfers", new
            {
                from = n % 2 == 0 ? left : right,
                to = n % 2 == 0 ? right : left,
                amount = new { amount = "1.00", currency = "USD" },
            }))));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await fixture.Bank.Store.LoadAsync(Bank.Account.Stream, left)).ShouldSatisfyAllConditions(
            account => account.State.Balance.ShouldBe(100),
            account => account.Version.ShouldBe(22));
    }

    [Fact]
    public async Task history_tells_who_did_what_and_why_oldest_first_and_page_by_page()
    {
        var id = await Client.OpenAsync("old");
        using var answer = await Client.SendAsync(Http.Post($"/v1/accounts/{id}/deposits", One));
        using var second = await Client.SendAsync(Http.Post($"/v1/accounts/{id}/deposits", One));

        using var page = await Client.GetAsync($"/v1/accounts/{id}/history?limit=2");
        var body = await page.BodyAsync();
        var items = body.GetProperty("items").EnumerateArray().ToArray();
        items.Select(item => item.GetProperty("type").GetString()).ShouldBe(["account-opened", "money-deposited"]);
        items[0].GetProperty("data").GetProperty("legalEntity").GetString().ShouldBe("US01");
        items[1].GetProperty("version").GetInt64().ShouldBe(2);
        items[1].GetProperty("sequence").GetInt64().ShouldBeGreaterThan(0);
        items[1].GetProperty("by").GetString().ShouldBe("ana");
        items[1].GetProperty("reason").GetString().ShouldBe("a gift");
        items[1].GetProperty("at").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
        items[1].GetProperty("data").GetProperty("amount").GetProperty("amount").GetString().ShouldBe("1.00");

        var next = body.GetProperty("next").GetString();
        using var rest = await Client.GetAsync($"/v1/accounts/{id}/history?cursor={next}");
        var last = await rest.BodyAsync();
        last.GetProperty("items").EnumerateArray().Single().GetProperty("version").GetInt64().ShouldBe(3);
        last.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task history_is_closed_to_callers_of_other_entities()
    {
        var id = await Client.OpenAsync("private");
        using var other = fixture.Bank.ClientFor(fixture.Bank.Issuer.Token(entities: "DE01"));
        using var answer = await other.GetAsync($"/v1/accounts/{id}/history");

        await answer.ShouldBeProblemAsync(403, "entity-not-allowed");
    }

    [Fact]
    public async Task events_carry_caller_correlation_and_trace()
    {
        using var request = Http.Post("/v1/accounts", Http.Open("traced"));
        request.Headers.Add("X-Correlation-Id", "order 77");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var answer = await Client.SendAsync(request);
        var id = (await answer.BodyAsync()).GetProperty("id").GetGuid();

        var metadata = (await fixture.Bank.Store.HistoryAsync(id)).Single().Metadata;
        metadata.By.ShouldBe("ana");
        metadata.CorrelationId.ShouldBe("order 77");
        metadata.CausationId.ShouldNotBeNullOrEmpty();
        metadata.TraceParent!.ShouldStartWith("00-0af7651916cd43dd8448eb211c80319c-");
    }
}
