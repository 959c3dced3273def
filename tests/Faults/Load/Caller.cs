using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderToCash.Faults.Facts;
using OrderToCash.Kernel;

namespace OrderToCash.Faults.Load;

/// <summary>
/// A caller as it should be: whoever does not know how a request ended sends it again under the same key, until it is
/// told. Sometimes it hangs up far too early, sometimes it repeats what was answered, sometimes it uses a key for
/// another body.
/// </summary>
internal sealed class Caller(Uri gateway, string token, Ledger ledger, CancellationToken giveUp) : IDisposable
{
    /// <summary>The <c>sub</c> of the load's token; events of the load bear it.</summary>
    public const string Subject = "load";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http = new()
    {
        BaseAddress = gateway,
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    /// <summary>Sends a wish until it is answered, and remembers how it ended.</summary>
    public async Task<Ending> AskAsync(Wish wish, Random random)
    {
        var key = Ids.Next(TimeProvider.System).ToString("N");
        var body = wish.Body as string ?? JsonSerializer.Serialize(wish.Body, Json.Wire);
        var answer = await InsistAsync(wish, body, key, key, random, hurried: random.Next(20) == 0);
        var outcome = OutcomeOf(answer);
        var json = outcome == Outcome.Accepted ? JsonNode.Parse(answer!.Body) : null;
        var made = json is null ? new Made(wish.EventType, []) : wish.Made(json);
        List<string> repeats = [];
        if (outcome == Outcome.Accepted && random.Next(20) == 0
            && await InsistAsync(wish, body, key, key, random, hurried: false) is { } repeated)
            repeats.Add(OutcomeOf(repeated) == Outcome.Accepted ? HashOf(repeated) : $"status {repeated.Status}");
        ledger.Remember(new RememberedRequest(
            key, key, wish.Service, wish.Operation, outcome, answer?.Status ?? 0, made.EventType, made.Streams,
            wish.Most, outcome == Outcome.Accepted ? HashOf(answer!) : null, repeats, HasOwnKey: true,
            wish.LetsGo, wish.Lines));
        if (outcome == Outcome.Accepted && random.Next(50) == 0)
            await ReuseAsync(wish, key, random);
        return new Ending(outcome, answer?.Status ?? 0, json);
    }

    /// <summary>Reads something; null where nobody can tell at present.</summary>
    public async Task<JsonNode?> ReadAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        var answer = await TryAsync(request, Patience);
        ledger.Count(answer?.Status ?? 0);
        return answer is { Status: 200 } ? JsonNode.Parse(answer.Body) : null;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Another body under a key that is taken: refused, and nothing of it happens.</summary>
    private async Task ReuseAsync(Wish wish, string key, Random random)
    {
        var correlation = $"reuse-{key}";
        var answer = await InsistAsync(wish, """{"other":"body"}""", key, correlation, random, hurried: false);
        ledger.Remember(new RememberedRequest(
            correlation, key, wish.Service, $"reuse of the key of {wish.Operation}", OutcomeOf(answer),
            answer?.Status ?? 0, wish.EventType, [], 0, null, [], HasOwnKey: false));
    }

    private async Task<Answered?> InsistAsync(
        Wish wish, string body, string key, string correlation, Random random, bool hurried)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, wish.Path)
            {
                Content = new StringContent(body, Encoding.UTF8, wish.Body is string ? "text/csv" : "application/json"),
            };
            request.Headers.Add("Idempotency-Key", key);
            request.Headers.Add("X-Correlation-Id", correlation);
            var patience = hurried && attempt == 0 ? TimeSpan.FromMilliseconds(random.Next(2, 40)) : Patience;
            var answer = await TryAsync(request, patience);
            ledger.Count(answer?.Status ?? 0);
            if (OutcomeOf(answer) != Outcome.Unknown || giveUp.IsCancellationRequested)
                return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 500)), TimeProvider.System);
        }
    }

    private async Task<Answered?> TryAsync(HttpRequestMessage request, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            using var response = await _http.SendAsync(request, timeout.Token);
            return new Answered((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(timeout.Token));
        }
        catch (Exception noAnswer) when (noAnswer is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static Outcome OutcomeOf(Answered? answer) => answer?.Status switch
    {
        >= 200 and < 300 => Outcome.Accepted,
        408 or 429 or 499 => Outcome.Unknown,
        >= 400 and < 500 => Outcome.Refused,
        _ => Outcome.Unknown,
    };

    private static string HashOf(Answered answer) => Convert.ToHexStringLower(SHA256.HashData(answer.Body));

    private sealed record Answered(int Status, byte[] Body);
}
