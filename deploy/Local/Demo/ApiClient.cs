using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Demo;

/// <summary>The API as a caller sees it: JSON in, JSON out, every POST with a key of its own.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly HttpClient _http;

    public ApiClient(Uri gateway, string token)
    {
        _http = new HttpClient { BaseAddress = gateway, Timeout = TimeSpan.FromMinutes(3) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Waits until what was read is as wished: other services learn of things a moment later.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> asWished, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (asWished(value))
                return value;
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new ServerException($"Waited in vain for: {what}. Last seen: {value}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public Task<JsonNode> GetAsync(string path) => OkAsync(HttpMethod.Get, path, null);

    public Task<JsonNode> PutAsync(string path, JsonNode body) => OkAsync(HttpMethod.Put, path, body);

    public Task<JsonNode> PostAsync(string path, JsonNode body) => OkAsync(HttpMethod.Post, path, body);

    /// <summary>Sends a bank file as it is; gives status and answer, also when it is refused.</summary>
    public async Task<(int Status, JsonNode Body)> PostFileAsync(string path, byte[] file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(file) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        return await SendAsync(request);
    }

    /// <summary>Status and answer of a GET, whatever they are.</summary>
    public async Task<(int Status, JsonNode Body)> TryGetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request);
    }

    /// <summary>All items of a list, page by page.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string path)
    {
        var items = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var from = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await GetAsync($"{path}{separator}limit=500{from}");
            items.AddRange(page["items"]!.AsArray().Select(item => item!));
            cursor = page["next"]?.GetValue<string>();
        }
        while (cursor is not null);
        return items;
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> OkAsync(HttpMethod method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        if (method == HttpMethod.Post)
            request.Headers.Add("Idempotency-Key", Kernel.Ids.Next(TimeProvider.System).ToString());
        var (status, answer) = await SendAsync(request);
        return status is >= 200 and < 300
            ? answer
            : throw new ServerException($"{method} {path} was answered {status}: {answer.ToJsonString()}");
    }

    private async Task<(int Status, JsonNode Body)> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }
}
