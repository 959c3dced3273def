using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OrderToCash.Kernel;
using OrderToCash.Local.Processes;

namespace OrderToCash.Benchmarks;

/// <summary>A service of a running system, asked by a controller without the gateway between.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient _http;

    public Api(OrderToCashSystem system, string service)
        : this(system, system.Instance(service))
    {
    }

    /// <summary>Asks this one of its instances.</summary>
    public Api(OrderToCashSystem system, ServiceInstance instance)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 })
        {
            BaseAddress = instance.Address,
            Timeout = TimeSpan.FromMinutes(5),
        };
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", system.Key.TokenOf("controller"));
    }

    /// <summary>A request under a fresh Idempotency-Key, or under this one; anything but success throws.</summary>
    public async Task<byte[]> SendAsync(
        HttpMethod method, string path, string body, CancellationToken cancellation, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (method == HttpMethod.Post)
            request.Headers.Add("Idempotency-Key", key ?? Ids.Next(TimeProvider.System).ToString());
        return await AnswerAsync(request, cancellation);
    }

    public async Task<JsonNode> AskAsync(
        HttpMethod method, string path, string body, CancellationToken cancellation, string? key = null) =>
        JsonNode.Parse(await SendAsync(method, path, body, cancellation, key))!;

    public async Task<byte[]> GetAsync(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await AnswerAsync(request, cancellation);
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> AnswerAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var answer = await _http.SendAsync(request, cancellation);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
        return answer.IsSuccessStatusCode
            ? body
            : throw new InvalidOperationException(
                $"{request.RequestUri} was answered {(int)answer.StatusCode}: {Encoding.UTF8.GetString(body)}");
    }
}
