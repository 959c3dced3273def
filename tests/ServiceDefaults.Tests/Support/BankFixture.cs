using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderToCash.TestKit;

namespace OrderToCash.ServiceDefaults.Tests.Support;

/// <summary>One bank per test class.</summary>
public sealed class BankFixture(Servers servers) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public BankApp Bank { get; private set; } = null!;

    public HttpClient Client => Bank.Client;

    public async ValueTask InitializeAsync()
    {
        _database = await servers.CreateDatabaseAsync();
        Bank = await BankApp.StartAsync(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Bank.DisposeAsync();
        await _database.DisposeAsync();
    }
}

internal static class Http
{
    public static readonly object Opening = new
    {
        legalEntity = "US01",
        name = "x",
        kind = "current",
        opened = "2026-11-02",
    };

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static HttpRequestMessage Post(string path, object body, string? key = null, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return request;
    }

    public static object Open(string name, string? deposit = null) => new
    {
        legalEntity = "US01",
        name,
        kind = "current",
        opened = "2026-11-02",
        deposit = deposit is null ? null : new { amount = deposit, currency = "USD" },
    };

    public static async Task<JsonElement> BodyAsync(this HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    public static async Task<Guid> OpenAsync(this HttpClient client, string name, string? deposit = null)
    {
        using var answer = await client.SendAsync(Post("/v1/accounts", Open(name, deposit)));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await answer.BodyAsync()).GetProperty("id").GetGuid();
    }

    /// <summary>Checks that the answer is a complete problem of this status and code, and returns it.</summary>
    public static async Task<JsonElement> ShouldBeProblemAsync(this HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("code").GetString().ShouldBe(code, text);
        problem.GetProperty("type").GetString().ShouldBe($"urn:ordertocash:problem:{code}");
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
        problem.GetProperty("traceId").GetString()!.Length.ShouldBe(32);
        text.ShouldNotContain("secret");
        text.ShouldNotContain("OrderToCash.");
        text.ShouldNotContain("System.");
        return problem;
    }
}
