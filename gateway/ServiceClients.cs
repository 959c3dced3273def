using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderToCash.ServiceDefaults;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Yarp.ReverseProxy;

namespace OrderToCash.Gateway;

/// <summary>What a service answered a read.</summary>
/// <param name="Service">The service.</param>
/// <param name="Status">Null when it was away or broken.</param>
/// <param name="Body">The JSON of its answer; a problem where it is no good one.</param>
internal sealed record ServiceAnswer(string Service, HttpStatusCode? Status, JsonNode? Body)
{
    public bool IsAway => Status is null;

    public bool IsGood => Status is >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous;

    /// <summary>The caller's scopes do not reach it.</summary>
    public bool IsDenied => Status is HttpStatusCode.Forbidden;

    /// <summary>
    /// What was asked for is there and is not in the answer, whatever the reason; it is none that it is not there.
    /// </summary>
    public bool IsMissing => !IsGood && !IsDenied && Status is not HttpStatusCode.NotFound;

    /// <summary>The code of a problem.</summary>
    public string? Code => Body is JsonObject problem ? problem["code"]?.GetValue<string>() : null;

    /// <summary>The same answer, for the caller.</summary>
    public IResult AsResult() => Results.Text(
        Body?.ToJsonString() ?? "", IsGood ? "application/json" : Problem.MediaType, statusCode: (int)Status!);
}

/// <summary>
/// Clients for reads the gateway composes itself: same addresses as the routes, caller's own token, bounded in time.
/// </summary>
internal static class ServiceClients
{
    public static readonly IReadOnlyList<string> Services = ["invoicing", "cash-application", "credit", "collections"];

    public static void AddServiceClients(this WebApplicationBuilder builder)
    {
        foreach (var service in Services)
        {
            // One pipeline per service: it holds the state of that service's circuit breaker.
            var pipeline = HttpResilience.ForService();
            builder.Services.AddHttpClient(service, client =>
                {
                    client.Timeout = Timeout.InfiniteTimeSpan;
                    // The instance is chosen for each attempt.
                    client.BaseAddress = new Uri($"http://{service}");
                })
                .AddHttpMessageHandler(() => new HttpResilience(pipeline))
                .AddHttpMessageHandler(services =>
                    new InstanceChoice(service, services.GetRequiredService<IProxyStateLookup>()))
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                {
                    UseCookies = false,
                    AllowAutoRedirect = false,
                });
        }
    }

    /// <summary>The same GET to every service at once.</summary>
    public static async Task<IReadOnlyList<ServiceAnswer>> ReadAllAsync(
        this IHttpClientFactory clients, string path, HttpRequest caller, CancellationToken cancellation) =>
        await Task.WhenAll(Services.Select(service => clients.ReadAsync(service, path, caller, cancellation)));

    /// <summary>A GET to a service as the caller; a service that fails counts as away.</summary>
    public static async Task<ServiceAnswer> ReadAsync(
        this IHttpClientFactory clients, string service, string path, HttpRequest caller,
        CancellationToken cancellation)
    {
        try
        {
            using var answer = await clients.GetAsync(service, path, caller, cancellation);
            return answer.StatusCode >= HttpStatusCode.InternalServerError
                ? new ServiceAnswer(service, null, null)
                : new ServiceAnswer(service, answer.StatusCode, await JsonNode.ParseAsync(
                    await answer.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation));
        }
        catch (Exception away) when (away is HttpRequestException or TimeoutRejectedException or BrokenCircuitException
            or IOException or JsonException)
        {
            return new ServiceAnswer(service, null, null);
        }
    }

    /// <summary>
    /// A GET to a service as the caller. Throws <see cref="HttpRequestException"/> when it has no address.
    /// </summary>
    public static Task<HttpResponseMessage> GetAsync(
        this IHttpClientFactory clients, string service, string path, HttpRequest caller,
        CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (AuthenticationHeaderValue.TryParse(caller.Headers.Authorization, out var token))
            request.Headers.Authorization = token;
        if (caller.Headers.TryGetValue("X-Correlation-Id", out var correlation))
            request.Headers.TryAddWithoutValidation("X-Correlation-Id", correlation.ToString());
        return clients.CreateClient(service).SendAsync(request, cancellation);
    }

    /// <summary>
    /// Sends each attempt to the service's next address, so that an instance that is away costs a retry and no more.
    /// </summary>
    private sealed class InstanceChoice(string service, IProxyStateLookup proxy) : DelegatingHandler
    {
        private static readonly HttpRequestOptionsKey<uint> Last = new("otc.instance");
        private static uint _turn;

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!proxy.TryGetCluster(service, out var cluster) || cluster.DestinationsState.AllDestinations is not
                { Count: > 0 } instances)
            {
                throw new HttpRequestException($"No address is configured for {service}.");
            }

            var turn = request.Options.TryGetValue(Last, out var last) ? last + 1 : Interlocked.Increment(ref _turn);
            request.Options.Set(Last, turn);
            request.RequestUri = new Uri(
                new Uri(instances[(int)(turn % (uint)instances.Count)].Model.Config.Address),
                request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
