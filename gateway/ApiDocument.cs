using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Yarp.ReverseProxy;

namespace OrderToCash.Gateway;

/// <summary>
/// One OpenAPI document for the whole API, merged from what the running services say of themselves, so that it is never
/// older than they are. The last good document of a service that is away goes on being shown.
/// </summary>
public sealed class ApiDocument(IHttpClientFactory clients, IProxyStateLookup proxy)
{
    private readonly ConcurrentDictionary<string, string> _lastGood = new(StringComparer.Ordinal);

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
        try
        {
            using var answer = await clients.GetAsync(proxy, service, "/openapi/v1.json", request, cancellation);
            answer.EnsureSuccessStatusCode();
            return _lastGood[service] = await answer.Content.ReadAsStringAsync(cancellation);
        }
        catch (Exception away) when (away is HttpRequestException or TimeoutRejectedException or BrokenCircuitException)
        {
            return _lastGood.GetValueOrDefault(service);
        }
    }
}
