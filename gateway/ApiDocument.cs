using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Polly;

namespace OrderToCash.Gateway;

/// <summary>
/// One OpenAPI document for the whole API, merged from what the running services say of themselves, so that it is never
/// older than they are. The last good document of a service that is away goes on being shown.
/// </summary>
public sealed class ApiDocument(IHttpClientFactory clients, TimeProvider clock)
{
    /// <summary>
    /// How often a service is asked, whether it answers or not: whoever wants the document needs no token, so it must
    /// cost little, and one that is away must not keep all who come after each other waiting.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

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
            if (kept.AskedAt is not { } last || clock.GetElapsedTime(last) >= Pause)
            {
                // Others wait for it: it is asked to its end, which is bounded, also where its caller hangs up.
                kept.Text = await AskAsync(service, request) ?? kept.Text;
                kept.AskedAt = clock.GetTimestamp();
            }

            return kept.Text;
        }
        finally
        {
            kept.Turn.Release();
        }
    }

    /// <summary>What it says of itself; null where it is away: what it said last is shown, if anything.</summary>
    private async Task<string?> AskAsync(string service, HttpRequest request)
    {
        try
        {
            using var answer = await clients.GetAsync(
                service, "/openapi/v1.json", request, CancellationToken.None);
            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadAsStringAsync(CancellationToken.None);
        }
        catch (Exception away) when (away is HttpRequestException or ExecutionRejectedException or IOException)
        {
            return null;
        }
    }

    /// <summary>What a service said of itself, and whose turn it is to ask.</summary>
    private sealed class Kept
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public string? Text { get; set; }

        public long? AskedAt { get; set; }
    }
}
