using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderToCash.Kernel;

namespace OrderToCash.EndToEnd.Tests.Support;

/// <summary>An answer as it came over the wire.</summary>
public sealed record Answer(HttpStatusCode Status, HttpResponseMessage Message, string Text)
{
    /// <summary>The body, which is JSON.</summary>
    public JsonNode Body => JsonNode.Parse(Text)!;

    /// <summary>The code of a problem; asserts that it is one, as RFC 9457 has it.</summary>
    public string Problem
    {
        get
        {
            Message.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", Text);
            Body["status"]!.GetValue<int>().ShouldBe((int)Status);
            Body["traceId"].ShouldNotBeNull();
            return Body["code"]!.GetValue<string>();
        }
    }
}

/// <summary>The API at the gateway, as a caller sees it.</summary>
public sealed class Api : IDisposable
{
    private readonly HttpClient _http;

    public Api(Uri gateway, string? token)
    {
        _http = new HttpClient { BaseAddress = gateway, Timeout = TimeSpan.FromMinutes(2) };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The body of a GET that is answered 200.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        var answer = await TryAsync(HttpMethod.Get, path);
        answer.Status.ShouldBe(HttpStatusCode.OK, $"GET {path}: {answer.Text}");
        return answer.Body;
    }

    /// <summary>The items of a list's first page.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string path) =>
        [.. (await GetAsync($"{path}&limit=500"))["items"]!.AsArray().Select(item => item!)];

    /// <summary>The body of a PUT that succeeds.</summary>
    public Task<JsonNode> PutAsync(string path, object body) => OkAsync(HttpMethod.Put, path, body);

    /// <summary>The body of a POST that succeeds, with an idempotency key of its own.</summary>
    public Task<JsonNode> PostAsync(string path, object body) => OkAsync(HttpMethod.Post, path, body);

    /// <summary>Whatever a request is answered.</summary>
    public Task<Answer> TryAsync(HttpMethod method, string path, object? body = null, string? key = null) =>
        SendAsync(method, path, body is null ? null : Content(body), key);

    /// <summary>Whatever a bank file is answered.</summary>
    public Task<Answer> ImportAsync(byte[] statement)
    {
        var content = new ByteArrayContent(statement);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        return SendAsync(HttpMethod.Post, "/v1/bank-statements", content, key: null);
    }

    /// <summary>The bytes of a GET that is answered 200 in this format.</summary>
    public async Task<byte[]> DownloadAsync(string path, string format)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(format);
        var answer = await AnswerAsync(request);
        answer.Status.ShouldBe(HttpStatusCode.OK, $"GET {path}: {answer.Text}");
        answer.Message.Content.Headers.ContentType?.MediaType.ShouldBe(format);
        return await answer.Message.Content.ReadAsByteArrayAsync();
    }

    /// <summary>The amount of a money value.</summary>
    public static decimal Amount(JsonNode? money) =>
        decimal.Parse(money!["amount"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Asks before it sends the body (RFC 9110, Expect), as callers with large bodies do.</summary>
    public async Task<Answer> AskFirstAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(body) };
        request.Headers.ExpectContinue = true;
        return await AnswerAsync(request);
    }

    private static StringContent Content(object body) =>
        new(body as string ?? JsonSerializer.Serialize(body, Json.Wire), Encoding.UTF8, "application/json");

    private async Task<JsonNode> OkAsync(HttpMethod method, string path, object body)
    {
        var key = method == HttpMethod.Post ? Ids.Next(TimeProvider.System).ToString() : null;
        var answer = await TryAsync(method, path, body, key);
        answer.Message.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)answer.Status} {answer.Text}");
        return answer.Body;
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, string? key)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await AnswerAsync(request);
    }

    private async Task<Answer> AnswerAsync(HttpRequestMessage request)
    {
        var response = await _http.SendAsync(request);
        return new Answer(response.StatusCode, response, await response.Content.ReadAsStringAsync());
    }
}
