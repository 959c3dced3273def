using System.Net;
using System.Net.Http.Json;

namespace OrderToCash.Credit.Tests.Http;

public sealed class Refusals(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task an_unknown_customer_has_no_account()
    {
        var nobody = CreditBed.NewId();
        await (await bed.Client.GetAsync($"/v1/credit/accounts/{nobody}"))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await (await bed.SetLimitAsync(nobody, 1)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await (await bed.CheckAsync(nobody, "X-1", 1)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await (await bed.Client.GetAsync("/v1/credit/order-checks/X-1"))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await (await bed.ReleaseAsync("X-1")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        await (await bed.CancelAsync("X-1")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    /// <summary>I-19: rates move exposure, limits and bands of authority in every legal entity with their base.
    /// </summary>
    [Fact]
    public async Task exchange_rates_are_published_by_those_alone_who_run_the_system_for_all_legal_entities()
    {
        using var some = bed.App.ClientFor("credit:read admin", "eve", "US01", "MX01");
        const string path = "/v1/credit/exchange-rates/2026-11-02";
        var rates = new { @base = "USD", rates = new Dictionary<string, string> { ["JPY"] = "0.009" } };
        await (await some.PutAsJsonAsync(path, rates))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");
        await (await bed.Client.PutAsJsonAsync(path, rates))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "scope-missing");
        await (await bed.App.Operator.PutAsJsonAsync(path, rates)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("SO/1", 1)]
    [InlineData("SO-1", 0)]
    [InlineData("SO-1", -5)]
    [InlineData("SO-1", 999_999_999_999_999)]
    public async Task a_check_that_makes_no_sense_is_not_decided(string orderId, decimal amount)
    {
        var customer = await bed.CustomerAsync();
        await (await bed.CheckAsync(customer, orderId, amount)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest, "validation-failed");
    }

    /// <summary>What systems write for no day is no day to reckon with.</summary>
    [Fact]
    public async Task a_day_at_the_end_or_the_begin_of_days_is_refused()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        await (await bed.Client.PostAsJsonAsync("/v1/credit/order-checks", new
        {
            customerId = customer,
            orderId = "EOD-1",
            amount = new { amount = "10", currency = "USD" },
            neededOn = "9999-12-31",
        })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation-failed");
        var cover = await (await bed.Client.PostAsJsonAsync($"/v1/credit/accounts/{customer}/cover", new
        {
            kind = "guarantee",
            provider = "Bank",
            reference = "G-3",
            cover = new { amount = "10", currency = "USD" },
            from = "0001-01-01",
            until = "9999-12-31",
        })).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{customer}/cover/{cover.GetProperty("coverId").GetString()}/end",
            new { reason = "expired", on = "0001-01-01" }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation-failed");
    }

    [Theory]
    [InlineData("""{"orderId":"SO-1","amount":{"amount":"1.00","currency":"USD"}}""")]
    [InlineData("""{"customerId":"5","orderId":"SO-1","amount":{"amount":"1.00","currency":"USD"}}""")]
    [InlineData("""{"customerId":"$","orderId":null,"amount":{"amount":"1.00","currency":"USD"}}""")]
    [InlineData("""{"customerId":"$","orderId":"SO-1","amount":{"amount":"1.001","currency":"USD"}}""")]
    [InlineData("""{"customerId":"$","orderId":"SO-1","amount":{"amount":"1","currency":"XXX"}}""")]
    [InlineData("not json")]
    public async Task a_body_that_cannot_be_read_is_malformed(string body)
    {
        using var content = new StringContent(body.Replace("$", $"{CreditBed.NewId()}", StringComparison.Ordinal),
            System.Text.Encoding.UTF8, "application/json");
        var answer = await bed.Client.PostAsync("/v1/credit/order-checks", content);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task a_limit_in_another_currency_or_of_yesterday_or_without_a_reason_is_refused()
    {
        var customer = await bed.CustomerAsync();
        var path = $"/v1/credit/accounts/{customer}/limit";
        await (await bed.Client.PutAsJsonAsync(
            path, new { limit = new { amount = "1", currency = "EUR" }, reason = "x" }))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "other-currency");
        await (await bed.SetLimitAsync(customer, 1, "2020-01-01"))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "expiry-in-the-past");
        await (await bed.Client.PutAsJsonAsync(
            path, new { limit = new { amount = "1", currency = "USD" }, reason = " " }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation-failed");
        await (await bed.SetLimitAsync(customer, -1))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation-failed");
    }

    [Fact]
    public async Task scopes_and_legal_entities_are_kept_apart()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        await (await bed.CheckAsync(customer, "Y-1", 200)).ShouldBeAsync(HttpStatusCode.Created);
        using var reader = bed.App.ClientFor("credit:read");
        using var stranger = bed.App.ClientFor("credit:read credit:write", "eve", "MX01");

        await (await bed.CheckAsync(customer, "Y-2", 1, reader))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "scope-missing");
        await (await bed.CheckAsync(customer, "Y-2", 1, stranger)).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden, "entity-not-allowed");
        await (await stranger.GetAsync($"/v1/credit/accounts/{customer}")).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden, "entity-not-allowed");
        await (await stranger.PostAsJsonAsync("/v1/credit/order-checks/Y-1/release", new { reason = "x" }))
            .ShouldBeProblemAsync(
            HttpStatusCode.NotFound, "not-found");
        foreach (var list in new[] { "/v1/credit/accounts", "/v1/credit/order-checks" })
        {
            (await stranger.GetFromJsonAsync<System.Text.Json.JsonElement>(list)).GetProperty("items").GetArrayLength()
                .ShouldBe(0);
            await (await stranger.GetAsync($"{list}?legalEntity=US01")).ShouldBeProblemAsync(
                HttpStatusCode.Forbidden, "entity-not-allowed");
        }

        (await new HttpClient { BaseAddress = bed.App.Address }.GetAsync($"/v1/credit/accounts/{customer}"))
            .StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task a_stale_version_is_not_overwritten()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/credit/accounts/{customer}/limit")
        {
            Content = JsonContent.Create(new { limit = new { amount = "5", currency = "USD" }, reason = "x" }),
        };
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        (await (await bed.Client.SendAsync(request))
            .ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "version-mismatch"))
            .GetProperty("currentVersion").GetInt64().ShouldBe(3);
    }

    [Fact]
    public async Task an_idempotency_key_gives_the_stored_answer_and_no_second_release()
    {
        var customer = await bed.CustomerAsync(limit: 1);
        async Task<HttpResponseMessage> Check(decimal amount)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/credit/order-checks")
            {
                Content = JsonContent.Create(new
                {
                    customerId = customer,
                    orderId = "Z-1",
                    amount = new { amount = $"{amount}", currency = "USD" },
                }),
            };
            request.Headers.Add("Idempotency-Key", $"key-{customer}");
            return await bed.Client.SendAsync(request);
        }

        var first = await Check(5);
        var again = await Check(5);
        (again.StatusCode, again.Headers.GetValues("Idempotency-Replayed").Single())
            .ShouldBe((HttpStatusCode.Created, "true"));
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        await (await Check(6)).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task lists_refuse_what_they_do_not_know()
    {
        await (await bed.Client.GetAsync("/v1/credit/order-checks?checkPoint=Pick")).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest, "bad-check-point");
        await (await bed.Client.GetAsync("/v1/credit/order-checks?status=lost")).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest, "bad-status");
        await (await bed.Client.GetAsync("/v1/credit/accounts?sort=shoe-size")).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest, "bad-sort");
    }
}
