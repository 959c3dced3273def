using OrderToCash.Local.Servers;

namespace OrderToCash.TestKit;

/// <summary>A virtual host of RabbitMQ that is deleted at the end with all queues and messages in it.</summary>
public sealed class TestVirtualHost : IAsyncDisposable
{
    private readonly RabbitServer _server;

    private TestVirtualHost(RabbitServer server, string name, Uri uri) => (_server, Name, Uri) = (server, name, uri);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its address with user and password.</summary>
    public Uri Uri { get; }

    /// <summary>Names of the queues in it.</summary>
    public Task<IReadOnlyList<string>> QueuesAsync() => _server.QueuesAsync(Name);

    /// <summary>As a broker that has lost its disk: all in it is gone, and everybody is thrown out.</summary>
    public async Task ForgetAllAsync()
    {
        await _server.DeleteVirtualHostAsync(Name);
        await _server.CreateVirtualHostAsync(Name);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _server.DeleteVirtualHostAsync(Name);

    internal static async Task<TestVirtualHost> CreateAsync(RabbitServer server, string name) =>
        new(server, name, await server.CreateVirtualHostAsync(name));
}
