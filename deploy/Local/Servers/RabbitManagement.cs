using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace OrderToCash.Local.Servers;

/// <summary>The few calls of RabbitMQ's management API that are needed here.</summary>
internal sealed class RabbitManagement : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _user;

    public RabbitManagement(RabbitAddress address)
    {
        var given = address.Amqp.UserInfo;
        var credentials = Uri.UnescapeDataString(given.Length > 0 ? given : "guest:guest");
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
        _user = credentials.Split(':', 2)[0];
        _http = new HttpClient
        {
            BaseAddress = address.Management ?? throw new ServerException(
                "Virtual hosts are made over RabbitMQ's management API: " +
                "set OTC_RABBITMQ_MANAGEMENT to its address, e.g. http://localhost:15672."),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", token) },
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    /// <summary>Throws when the API does not know this user.</summary>
    public Task WhoAmIAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "api/whoami", null, cancellation);

    /// <summary>Makes a virtual host in which the user may do everything.</summary>
    public async Task CreateVirtualHostAsync(string name, CancellationToken cancellation)
    {
        await SendAsync(HttpMethod.Put, $"api/vhosts/{Uri.EscapeDataString(name)}", new { }, cancellation);
        await SendAsync(HttpMethod.Put, $"api/permissions/{Uri.EscapeDataString(name)}/{Uri.EscapeDataString(_user)}",
            new { configure = ".*", write = ".*", read = ".*" }, cancellation);
        await KeepReturnsAsync(name, cancellation);
    }

    /// <summary>
    /// Lets messages come back any number of times. RabbitMQ 4 deletes one at the twentieth time where nothing is said,
    /// as when its consumer died with it; what cannot be handled is set aside by the consumer.
    /// </summary>
    public Task KeepReturnsAsync(string virtualHost, CancellationToken cancellation)
    {
        var definition = new Dictionary<string, int>(StringComparer.Ordinal) { ["delivery-limit"] = 1_000_000 };
        return SendAsync(
            HttpMethod.Put, $"api/policies/{Uri.EscapeDataString(virtualHost)}/ordertocash-returns",
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["pattern"] = ".*",
                ["definition"] = definition,
                ["apply-to"] = "queues",
            }, cancellation);
    }

    /// <summary>Deletes a virtual host with all it holds; one that is not there is no error.</summary>
    public Task DeleteVirtualHostAsync(string name, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, $"api/vhosts/{Uri.EscapeDataString(name)}", null, cancellation);

    /// <summary>Names of all queues of a virtual host.</summary>
    public async Task<IReadOnlyList<string>> QueuesAsync(string virtualHost, CancellationToken cancellation)
    {
        var path = new Uri($"api/queues/{Uri.EscapeDataString(virtualHost)}?columns=name", UriKind.Relative);
        var queues = await _http.GetFromJsonAsync<Queue[]>(path, cancellation);
        return [.. queues!.Select(queue => queue.Name)];
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await _http.SendAsync(request, cancellation);
        if (method == HttpMethod.Delete && response.StatusCode == HttpStatusCode.NotFound)
            return;
        if (!response.IsSuccessStatusCode)
        {
            var text = await response.Content.ReadAsStringAsync(cancellation);
            throw new ServerException($"RabbitMQ answered {(int)response.StatusCode} to {method} {path}: {text}");
        }
    }

    private sealed record Queue(string Name);
}
