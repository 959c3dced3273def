using System.Net.Http.Headers;
using OrderToCash.ServiceDefaults;
using Yarp.ReverseProxy;

namespace OrderToCash.Gateway;

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
            builder.Services.AddHttpClient(service, client => client.Timeout = Timeout.InfiniteTimeSpan)
                .AddHttpMessageHandler(() => new HttpResilience(pipeline))
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                {
                    UseCookies = false,
                    AllowAutoRedirect = false,
                });
        }
    }

    /// <summary>
    /// A GET to a service as the caller. Throws <see cref="HttpRequestException"/> when it has no address.
    /// </summary>
    public static Task<HttpResponseMessage> GetAsync(
        this IHttpClientFactory clients, IProxyStateLookup proxy, string service, string path, HttpRequest caller,
        CancellationToken cancellation)
    {
        var address = proxy.TryGetCluster(service, out var cluster)
            && cluster.DestinationsState.AllDestinations is [var first, ..]
            ? first.Model.Config.Address
            : null;
        if (address is null)
            throw new HttpRequestException($"No address is configured for {service}.");
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(address), path));
        if (AuthenticationHeaderValue.TryParse(caller.Headers.Authorization, out var token))
            request.Headers.Authorization = token;
        if (caller.Headers.TryGetValue("X-Correlation-Id", out var correlation))
            request.Headers.TryAddWithoutValidation("X-Correlation-Id", correlation.ToString());
        return clients.CreateClient(service).SendAsync(request, cancellation);
    }
}
