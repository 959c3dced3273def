using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class Errors(BankFixture fixture) : IClassFixture<BankFixture>
{
    private HttpClient Client => fixture.Client;

    public static TheoryData<string, string> UnreadableBodies => new()
    {
        { "", "" },
        { "   ", "" },
        { "{", "" },
        { "[]", "" },
        { "null", "" },
        { "7", "" },
        { "{\"name\":\"x\",}", "" },
        { "{\"name\":'x'}", "/name" },
        { Body("\"kind\":\"no-such-kind\""), "/kind" },
        { Body("\"kind\":0"), "/kind" },
        { Body("\"kind\":null"), "/kind" },
        { Body("\"opened\":\"2026-02-30\""), "/opened" },
        { Body("\"opened\":\"02.11.2026\""), "/opened" },
        { Body("\"opened\":\"+002026-11-02\""), "/opened" },
        { Body("\"opened\":20261102"), "/opened" },
        { Body("\"name\":null"), "/name" },
        { Body("\"name\":7"), "/name" },
        { Body("\"name\":{}"), "/name" },
        { Body("\"name\":\"a\\u0000b\""), "/name" },
        { Body("\"name\":\"half \\ud800 pair\""), "/name" },
        { Body("\"name\":\"bad \\x escape\""), "/name" },
        { Body("\"deposit\":{\"amount\":\"1.001\",\"currency\":\"USD\"}"), "/deposit" },
        { Body("\"deposit\":{\"amount\":\"1.00\",\"currency\":\"XXQ\"}"), "/deposit" },
        { Body("\"deposit\":{\"amount\":\"1e400\",\"currency\":\"USD\"}"), "/deposit" },
        { Body("\"deposit\":{\"amount\":1e400,\"currency\":\"USD\"}"), "/deposit" },
        { Body("\"deposit\":{\"amount\":99999999999999999999999999999999999999,\"currency\":\"USD\"}"), "/deposit" },
        { Body("\"deposit\":{\"amount\":\"NaN\",\"currency\":\"USD\"}"), "/deposit" },
        { Body("\"deposit\":{\"amount\":\"1,000.00\",\"currency\":\"USD\"}"), "/deposit" },
        { Body("\"deposit\":{\"amount\":null,\"currency\":\"USD\"}"), "/deposit" },
        { Body("\"deposit\":{\"currency\":\"USD\"}"), "/deposit" },
        { Body("\"deposit\":[]"), "/deposit" },
        { Body("\"deposit\":\"1.00 USD\""), "/deposit" },
        { Body("\"extra\":" + new string('[', 40) + new string(']', 40)), "/extra" },
    };

    [Theory]
    [MemberData(nameof(UnreadableBodies))]
    public async Task a_body_that_cannot_be_read_is_400_and_says_where(string body, string place)
    {
        using var answer = await Client.PostAsync("/v1/accounts", Http.Json(body));

        var problem = await answer.ShouldBeProblemAsync(400, "malformed-request");
        if (place.Length > 0)
            problem.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldStartWith(place);
    }

    [Fact]
    public async Task missing_fields_are_named_one_by_one()
    {
        using var answer = await Client.PostAsync("/v1/accounts", Http.Json("{}"));

        var problem = await answer.ShouldBeProblemAsync(400, "malformed-request");
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name)
            .ShouldBe(["/legalEntity", "/name", "/kind", "/opened"], ignoreOrder: true);
    }

    [Fact]
    public async Task the_sentences_of_our_own_converters_reach_the_caller()
    {
        using var answer = await Client.PostAsync(
            "/v1/accounts", Http.Json(Body("\"deposit\":{\"amount\":\"1.001\",\"currency\":\"USD\"}")));

        var problem = await answer.ShouldBeProblemAsync(400, "malformed-request");
        problem.GetProperty("errors").EnumerateObject().Single().Value[0].GetString()!.ShouldContain("2 decimals");
    }

    [Fact]
    public async Task invalid_utf8_is_400()
    {
        var content = new ByteArrayContent([.. "{\"name\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        using var answer = await Client.PostAsync("/v1/accounts", content);

        await answer.ShouldBeProblemAsync(400, "malformed-request");
    }

    [Fact]
    public async Task all_fields_out_of_bounds_are_named_at_once()
    {
        using var answer = await Client.SendAsync(Http.Post(
            "/v1/accounts", new
            {
                legalEntity = "",
                name = new string('x', 41),
                kind = "long-term",
                opened = "2026-11-02",
            }));

        var problem = await answer.ShouldBeProblemAsync(400, "validation-failed");
        problem.GetProperty("errors").GetProperty("/legalEntity")[0].GetString().ShouldBe("is required");
        problem.GetProperty("errors").GetProperty("/name")[0].GetString().ShouldBe("is longer than 40 characters");
    }

    [Fact]
    public async Task nobody_without_a_token_gets_in()
    {
        using var stranger = fixture.Bank.ClientFor(null);
        foreach (var path in new[] { "/v1/accounts", "/no/such/address", "/admin/projections" })
        {
            using var answer = await stranger.GetAsync(path);
            await answer.ShouldBeProblemAsync(401, "unauthenticated");
            answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        }
    }

    [Fact]
    public async Task a_missing_scope_is_named()
    {
        using var reader = fixture.Bank.ClientFor(fixture.Bank.Issuer.Token(scope: "invoicing:read"));
        using var answer = await reader.SendAsync(Http.Post("/v1/accounts", Http.Open("unscoped")));

        var problem = await answer.ShouldBeProblemAsync(403, "scope-missing");
        problem.GetProperty("detail").GetString()!.ShouldContain("invoicing:write");
        answer.Headers.WwwAuthenticate.ToString().ShouldContain("insufficient_scope");
    }

    [Fact]
    public async Task a_foreign_legal_entity_is_refused()
    {
        using var german = fixture.Bank.ClientFor(fixture.Bank.Issuer.Token(entities: new[] { "DE01", "AT01" }));
        using var answer = await german.SendAsync(Http.Post("/v1/accounts", Http.Open("foreign")));

        await answer.ShouldBeProblemAsync(403, "entity-not-allowed");
    }

    [Fact]
    public async Task an_address_nobody_knows_is_404()
    {
        using var answer = await Client.GetAsync("/v1/nothing");
        await answer.ShouldBeProblemAsync(404, "not-found");
    }

    [Theory]
    [InlineData("/v1/accounts/not-a-guid", 404)]
    [InlineData("/v1/accounts/00000000-0000-0000-0000-000000000000", 404)]
    [InlineData("/v1/accounts/not-a-guid/history", 404)]
    [InlineData("/v1/loose/not-a-guid", 400)]
    [InlineData("/v1/dated?on=2026-13-01", 400)]
    [InlineData("/v1/dated", 400)]
    [InlineData("/v1/dated?on=2026-01-01&take=99999999999999", 400)]
    [InlineData("/v1/dated?on=2026-01-01&take=-", 400)]
    [InlineData("/v1/dated?on=2026-01-01&kind=nonsense", 400)]
    [InlineData("/v1/accounts?limit=0", 400)]
    [InlineData("/v1/accounts?limit=-1", 400)]
    [InlineData("/v1/accounts?limit=501", 400)]
    [InlineData("/v1/accounts?limit=99999999999999999999", 400)]
    [InlineData("/v1/accounts?limit=ten", 400)]
    [InlineData("/v1/accounts?sort=password", 400)]
    [InlineData("/v1/accounts?sort=name,-name", 400)]
    [InlineData("/v1/accounts?sort=-", 400)]
    [InlineData("/v1/accounts?cursor=%00", 400)]
    [InlineData("/v1/accounts?cursor=AAAA", 400)]
    [InlineData("/v1/accounts?q=%00", 400)]
    [InlineData("/v1/accounts?q=%C3%28", 200)]
    [InlineData("/v1/accounts?q=';drop table accounts;--", 200)]
    public async Task bad_input_in_the_address_is_never_a_500(string path, int status)
    {
        using var answer = await Client.GetAsync(path);
        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync());
        if (status >= 400)
            answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("on=tomorrow", "/on")]
    [InlineData("on=2026-11-29&take=x", "/take")]
    public async Task a_parameter_that_cannot_be_read_is_named(string query, string where)
    {
        using var answer = await Client.GetAsync($"/v1/dated?{query}");
        var problem = await answer.ShouldBeProblemAsync(400, "malformed-request");
        problem.GetProperty("errors").TryGetProperty(where, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task a_method_the_address_does_not_know_is_405()
    {
        using var answer = await Client.DeleteAsync("/v1/accounts");
        await answer.ShouldBeProblemAsync(405, "method-not-allowed");
        answer.Content.Headers.Allow.ShouldBe(["GET", "POST"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("nonsense")]
    public async Task another_content_type_is_415(string type)
    {
        var content = new StringContent("{}", Encoding.UTF8);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var answer = await Client.PostAsync("/v1/accounts", content);

        await answer.ShouldBeProblemAsync(415, "unsupported-media-type");
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, "too large")]
    [InlineData(true, "too large")]
    public async Task a_body_over_the_limit_is_413(bool chunked, string? key)
    {
        // No more than what is on its way when the answer comes: who still writes then may meet a closed connection.
        var body = "{\"name\":\"" + new string('x', 1024 * 1024) + "\"}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/accounts") { Content = Http.Json(body) };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true;
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await Client.SendAsync(request);

        await answer.ShouldBeProblemAsync(413, "body-too-large");
    }

    [Fact]
    public async Task a_refusal_points_at_its_field()
    {
        var id = await Client.OpenAsync("negative");
        using var answer = await Client.SendAsync(Http.Post(
            $"/v1/accounts/{id}/deposits", new { amount = new { amount = "-5.00", currency = "USD" } }));

        var problem = await answer.ShouldBeProblemAsync(422, "not-positive");
        problem.GetProperty("errors").TryGetProperty("/amount", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task a_unique_constraint_is_a_refusal()
    {
        await Client.OpenAsync("unique");
        using var answer = await Client.SendAsync(Http.Post("/v1/accounts", Http.Open("unique"), key: "unique again"));

        await answer.ShouldBeProblemAsync(409, "name-taken");
    }

    /// <summary>D-13: writes that lost to others again and again are no business refusal.</summary>
    [Theory]
    [InlineData("contention")]
    [InlineData("database")]
    [InlineData("timeout")]
    public async Task what_is_away_is_503_with_the_time_to_come_back(string kind)
    {
        using var answer = await Client.GetAsync($"/v1/failures/{kind}");
        await answer.ShouldBeProblemAsync(503, "unavailable");
        answer.Headers.RetryAfter!.Delta.ShouldNotBeNull();
    }

    [Fact]
    public async Task what_takes_too_long_is_stopped_and_503()
    {
        using var answer = await Client.GetAsync("/v1/slow");
        await answer.ShouldBeProblemAsync(503, "unavailable");
        answer.Headers.RetryAfter!.Delta.ShouldNotBeNull();
    }

    [Fact]
    public async Task a_defect_is_500_and_tells_nothing()
    {
        using var answer = await Client.GetAsync("/v1/failures/defect");
        await answer.ShouldBeProblemAsync(500, "internal-error");
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public async Task a_caller_who_hangs_up_leaves_the_service_well()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(fixture.Bank.Address.Host, fixture.Bank.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "POST /v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n" +
            $"Idempotency-Key: gone\r\nAuthorization: Bearer {fixture.Bank.Issuer.Token()}\r\n\r\n{{\"name\":"));
        socket.Close();

        using var answer = await Client.GetAsync("/v1/accounts");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task what_the_database_does_for_a_caller_who_hangs_up_is_done_to_its_end()
    {
        var wait = $"/v1/waits/{Ids.Next(TimeProvider.System)}";
        using var patience = new CancellationTokenSource();
        var asked = Client.PostAsync(wait, null, patience.Token);
        await Eventually.Becomes(
            () => Client.GetStringAsync(wait), state => state == "waits", "the service asks the database");
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asked);

        await Eventually.Becomes(() => Client.GetStringAsync(wait), state => state == "over", "it has its answer");
    }

    /// <summary>As by an operator, or by a limit of time that the server has.</summary>
    [Fact]
    public async Task nobody_has_the_connection_of_a_command_that_was_cancelled_at_the_server()
    {
        var (database, session) = (fixture.Bank.Store.Database, 0);
        var ends = new HangUps(
            async _ =>
            {
                await using var connection = await database.OpenConnectionAsync();
                session = connection.ProcessID;
                await using var cancelled = new NpgsqlCommand(
                    "select pg_cancel_backend(pg_backend_pid()), pg_sleep(60)", connection);
                await cancelled.ExecuteNonQueryAsync();
            },
            database);

        await Should.ThrowAsync<PostgresException>(() => ends.InvokeAsync(new DefaultHttpContext()));

        await Eventually.Becomes(
            async () => (long)(await database.CreateCommand(
                $"select count(*) from pg_stat_activity where pid = {session}").ExecuteScalarAsync())!,
            count => count == 0, "its session has ended");
    }

    /// <summary>A good body in which these members replace or join the good ones.</summary>
    private static string Body(string member)
    {
        var good = JsonSerializer.Serialize(Http.Opening);
        var name = member[..(member.IndexOf(':', StringComparison.Ordinal) + 1)];
        var kept = JsonDocument.Parse(good).RootElement.EnumerateObject()
            .Select(one => $"\"{one.Name}\":{one.Value.GetRawText()}")
            .Where(one => !one.StartsWith(name, StringComparison.Ordinal));
        return $"{{{string.Join(',', [.. kept, member])}}}";
    }
}
