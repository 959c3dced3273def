using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Yarp.ReverseProxy;

namespace OrderToCash.Gateway;

/// <summary>
/// One OpenAPI document for the whole API, merged from what the running services say of themselves, so that it is never older than
/// they are. The last good document of a service that is away goes on being shown.
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
                Merge(own, Parse(own, ServiceClients.Services[index], text));
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

    /// <summary>Two services may mean different things by one schema name; the later one then gets its service's name in front.</summary>
    private static JsonObject Parse(JsonObject merged, string service, string text)
    {
        var document = JsonNode.Parse(text)!.AsObject();
        if (document["components"]?["schemas"] is not JsonObject schemas)
            return document;
        var known = merged["components"]?["schemas"] as JsonObject;
        var prefix = string.Concat(service.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        foreach (var (name, schema) in schemas)
        {
            if (known?[name] is { } other && !JsonNode.DeepEquals(other, schema))
            {
                text = text
                    .Replace($"\"#/components/schemas/{name}\"", $"\"#/components/schemas/{prefix}{name}\"", StringComparison.Ordinal);
            }
        }

        document = JsonNode.Parse(text)!.AsObject();
        schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var name in schemas.Select(pair => pair.Key).ToArray())
        {
            if (!text.Contains($"\"#/components/schemas/{prefix}{name}\"", StringComparison.Ordinal))
                continue;
            var schema = schemas[name];
            schemas.Remove(name);
            schemas[prefix + name] = schema;
        }

        return document;
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
        {
            if (into[key] is JsonObject existing && value is JsonObject more)
                Merge(existing, more);
            else if (into[key] is JsonArray list && value is JsonArray others && key == "tags")
                AddTags(list, others);
            else if (!into.ContainsKey(key))
                into[key] = value?.DeepClone();
        }
    }

    private static void AddTags(JsonArray list, JsonArray others)
    {
        var names = list.Select(tag => tag?["name"]?.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        foreach (var tag in others.Where(tag => names.Add(tag?["name"]?.GetValue<string>())))
            list.Add(tag!.DeepClone());
    }
}
