using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderToCash.ServiceDefaults;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

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

/// <summary>How long the gateway waits for what it reads itself (<c>ComposedReads</c>).</summary>
public sealed record ComposedReadOptions
{
    /// <summary>Most that one attempt takes, its answer read to the end.</summary>
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most that all attempts take, pauses included.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most that a report over a whole ledger takes.</summary>
    public TimeSpan Report { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>
/// Clients for reads the gateway composes itself: same addresses as the routes, caller's own token, bounded in time.
/// </summary>
internal static class ServiceClients
{
    public static readonly IReadOnlyList<string> Services = ["invoicing", "cash-application", "credit", "collections"];

    public static void AddServiceClients(this WebApplicationBuilder builder)
    {
        var bounds = builder.Configuration.GetSection("ComposedReads").Get<ComposedReadOptions>()
            ?? new ComposedReadOptions();
        var reads = HttpResilience.Repeating(bounds.Total, retries: 2);
        var reports = HttpResilience.Repeating(bounds.Report, retries: 2);
        foreach (var service in Services)
        {
            // Handlers are made anew now and then; whose turn it is outlives them.
            var turns = new Turns();
            Add(service, reads, (proxy, health) =>
                new InstanceChoice(service, turns, bounds.Attempt, proxy, health));

            // A report that is given up goes on being made, and counts among those of its caller: asked for again it
            // would be made twice. So one attempt has all the time; that it is slow says nothing of the instance.
            Add(ReportsOf(service), reports, (proxy, health) =>
                new InstanceChoice(service, turns, limit: null, proxy, health));

            void Add(
                string name, ResiliencePipeline<HttpResponseMessage> pipeline,
                Func<IProxyStateLookup, InstanceHealth, InstanceChoice> choice) =>
                builder.Services.AddHttpClient(name, client =>
                    {
                        // The pipeline ends every read, bodies included.
                        client.Timeout = Timeout.InfiniteTimeSpan;
                        // The instance is chosen for each attempt.
                        client.BaseAddress = new Uri($"http://{service}");
                    })
                    .AddHttpMessageHandler(() => new HttpResilience(pipeline))
                    .AddHttpMessageHandler(services => choice(
                        services.GetRequiredService<IProxyStateLookup>(),
                        services.GetRequiredService<InstanceHealth>()))
                    .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                    {
                        UseCookies = false,
                        AllowAutoRedirect = false,
                    });
        }
    }

    private static string ReportsOf(string service) => $"{service} reports";

    /// <summary>The same GET to every service at once.</summary>
    public static async Task<IReadOnlyList<ServiceAnswer>> ReadAllAsync(
        this IHttpClientFactory clients, string path, HttpRequest caller, CancellationToken cancellation) =>
        await Task.WhenAll(Services.Select(service => clients.ReadAsync(service, path, caller, cancellation)));

    /// <summary>A GET to a service as the caller; a service that fails counts as away.</summary>
    public static Task<ServiceAnswer> ReadAsync(
        this IHttpClientFactory clients, string service, string path, HttpRequest caller,
        CancellationToken cancellation) =>
        clients.CreateClient(service).ReadAsync(service, path, caller, cancellation);

    /// <summary>
    /// The same of a report over a whole ledger: it may take long, and an instance that works on one is well.
    /// </summary>
    public static Task<ServiceAnswer> ReadReportAsync(
        this IHttpClientFactory clients, string service, string path, HttpRequest caller,
        CancellationToken cancellation) =>
        clients.CreateClient(ReportsOf(service)).ReadAsync(service, path, caller, cancellation);

    private static async Task<ServiceAnswer> ReadAsync(
        this HttpClient client, string service, string path, HttpRequest caller, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsCallerAsync(path, caller, cancellation);
            return answer.StatusCode >= HttpStatusCode.InternalServerError
                ? new ServiceAnswer(service, null, null)
                : new ServiceAnswer(service, answer.StatusCode, await JsonNode.ParseAsync(
                    await answer.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation));
        }
        catch (Exception away) when (
            away is HttpRequestException or ExecutionRejectedException or IOException or JsonException)
        {
            return new ServiceAnswer(service, null, null);
        }
    }

    /// <summary>
    /// A GET to a service as the caller; its answer is read to the end. Throws <see cref="HttpRequestException"/> when
    /// it has no address or cannot be reached, <see cref="ExecutionRejectedException"/> when it is too slow or spared.
    /// </summary>
    public static Task<HttpResponseMessage> GetAsync(
        this IHttpClientFactory clients, string service, string path, HttpRequest caller,
        CancellationToken cancellation) =>
        clients.CreateClient(service).GetAsCallerAsync(path, caller, cancellation);

    private static Task<HttpResponseMessage> GetAsCallerAsync(
        this HttpClient client, string path, HttpRequest caller, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (AuthenticationHeaderValue.TryParse(caller.Headers.Authorization, out var token))
            request.Headers.Authorization = token;
        if (caller.Headers.TryGetValue("X-Correlation-Id", out var correlation))
            request.Headers.TryAddWithoutValidation("X-Correlation-Id", correlation.ToString());
        return client.SendAsync(request, cancellation);
    }

    /// <summary>Whose turn it is among the instances of one service.</summary>
    private sealed class Turns
    {
        private uint _last;

        public uint Next() => Interlocked.Increment(ref _last);
    }

    /// <summary>
    /// Sends each attempt to the service's next instance that is well, so that one that is away costs a retry and no
    /// more. A service without any is spared until one is tried again.
    /// </summary>
    private sealed class InstanceChoice(
        string service, Turns turns, TimeSpan? limit, IProxyStateLookup proxy, InstanceHealth health)
        : DelegatingHandler
    {
        private static readonly HttpRequestOptionsKey<uint> Last = new("otc.instance");

        private readonly ResiliencePipeline _attempt = limit is { } most
            ? new ResiliencePipelineBuilder().AddTimeout(most).Build()
            : ResiliencePipeline.Empty;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!proxy.TryGetCluster(service, out var cluster))
                throw new HttpRequestException($"No address is configured for {service}.");
            var instance = Next(request, cluster);
            request.RequestUri = new Uri(
                new Uri(instance.Model.Config.Address), request.RequestUri!.PathAndQuery);
            try
            {
                var answer = await _attempt.ExecuteAsync(
                    async attempt => await SendWholeAsync(request, attempt), cancellationToken);
                health.Tell(cluster, instance, isWell: !InstanceHealth.IsNoAnswer(answer.StatusCode));
                return answer;
            }
            catch (Exception away) when (!cancellationToken.IsCancellationRequested
                && (away is HttpRequestException or IOException or TimeoutRejectedException))
            {
                health.Tell(cluster, instance, isWell: false);
                throw;
            }
        }

        private DestinationState Next(HttpRequestMessage request, ClusterState cluster)
        {
            // Where none is well, the proxy offers them all.
            var well = cluster.DestinationsState.AvailableDestinations
                .Where(instance => instance.Health.Passive != DestinationHealth.Unhealthy).ToList();
            if (well.Count == 0)
                throw new BrokenCircuitException($"{service} has no instance that is well.");
            var turn = request.Options.TryGetValue(Last, out var last) ? last + 1 : turns.Next();
            request.Options.Set(Last, turn);
            return well[(int)(turn % (uint)well.Count)];
        }

        /// <summary>The body belongs to the attempt: an instance may stand still after its headers.</summary>
        private async Task<HttpResponseMessage> SendWholeAsync(HttpRequestMessage request, CancellationToken attempt)
        {
            var answer = await base.SendAsync(request, attempt);
            try
            {
                await answer.Content.LoadIntoBufferAsync(attempt);
                return answer;
            }
            catch
            {
                answer.Dispose();
                throw;
            }
        }
    }
}
