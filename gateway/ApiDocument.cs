using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OrderToCash.Gateway;

/// <summary>
/// One OpenAPI document for the whole API, merged from what the running services say of themselves, so that it is never
/// older than they are. The last good document of a service that is away goes on being shown.
/// </summary>
public sealed class ApiDocument(IHttpClientFactory clients, TimeProvider clock)
{
    /// <summary>
    /// How old a document may be that is shown: whoever asks needs no token, so asking must cost little.
    /// </summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);

    private readonly FrozenDictionary<string, Kept> _kept =
        ServiceClients.Services.ToFrozenDictionary(service => service, _ => new Kept());

    /// <summary>The merged document; <paramref name="own"/> is the gateway's own.</summary>
    public async Task<JsonObject> MergeAsync(JsonObject own, HttpRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(own);
        var documents = await Task.WhenAll(
            ServiceClients.Services.Select(service => ReadAsync(service, request, cancellation)));
        own["info"] = new JsonObject
        {
            ["title"] = "OrderToCash",
            ["version"] = "v1",
            ["description"] = "Invoicing, cash application, collections and credit behind one API.",
        };
        own["servers"] = new JsonArray(new JsonObject { ["url"] = $"{request.Scheme}://{request.Host}" });
        for (var index = 0; index < documents.Length; index++)
        {
            if (documents[index] is { } text)
                ApiDocumentMerge.Add(own, ServiceClients.Services[index], JsonNode.Parse(text)!.AsObject());
        }

        return own;
    }

    private async Task<string?> ReadAsync(string service, HttpRequest request, CancellationToken cancellation)
    {
        var kept = _kept[service];
        await kept.Turn.WaitAsync(cancellation);
        try
        {
            if (kept.Text is not null && clock.GetElapsedTime(kept.ReadAt) < GoodFor)
                return kept.Text;
            using var answer = await clients.GetAsync(service, "/openapi/v1.json", request, cancellation);
            answer.EnsureSuccessStatusCode();
            (kept.Text, kept.ReadAt) =
                (await answer.Content.ReadAsStringAsync(cancellation), clock.GetTimestamp());
        }
        catch (Exception away) when (away is HttpRequestException or TimeoutRejectedException or BrokenCircuitException)
        {
            // What it said last is shown, if anything.
        }
        finally
        {
            kept.Turn.Release();
        }

        return kept.Text;
    }

    /// <summary>What a service said of itself, and whose turn it is to ask.</summary>
    private sealed class Kept
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public string? Text { get; set; }

        public long ReadAt { get; set; }
    }
}
